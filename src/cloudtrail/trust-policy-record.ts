import * as z from 'zod/mini'
import { readInput } from '../input.ts'
import { roleKey } from '../role/role.ts'
import { Call, type RoleCall, readRoleCall, TRUST_POLICY_WRITE } from './role-call.ts'

/** The calls that make, replace or end a role's trust policy. */
const TrustPolicyCall = z.enum(['CreateRole', TRUST_POLICY_WRITE, 'DeleteRole'])

/** A successful call of these, as CloudTrail recorded it. */
export interface TrustPolicyEvent extends Pick<RoleCall, 'eventId' | 'roleName' | 'time' | 'actor' | 'callerRole'> {
  readonly call: z.output<typeof TrustPolicyCall>
  /** The trust policy as the caller sent it; undefined after DeleteRole, and where the record lacks it. */
  readonly document: string | undefined
}

/** What a CloudTrail record says about trust policies. */
export type ReadRecord =
  | { readonly kind: 'event'; readonly event: TrustPolicyEvent }
  | { readonly kind: 'failed'; readonly name: string; readonly errorCode: string }
  | { readonly kind: 'other'; readonly name: string }
  | { readonly kind: 'unreadable' }

const Source = z.object({ eventSource: z.string() })

/** CreateRole and UpdateAssumeRolePolicy name it differently; CloudTrail has it as plain JSON text. */
const Documents = z.object({
  requestParameters: z.object({
    assumeRolePolicyDocument: z.nullish(z.string()),
    policyDocument: z.nullish(z.string()),
  }),
})

/**
 * Reads a CloudTrail record, as JSON text. Never throws. A failed call is `failed` only where it is one of those that
 * bear on a trust policy.
 */
export function readRecord(text: string): ReadRecord {
  try {
    const record: unknown = JSON.parse(text)
    const { eventName, errorCode } = readInput(Call, record, 'record')
    const { eventSource } = readInput(Source, record, 'record')
    const call = z.safeParse(TrustPolicyCall, eventName).data
    if (call === undefined || eventSource !== 'iam.amazonaws.com') return { kind: 'other', name: eventName }
    if (errorCode) return { kind: 'failed', name: eventName, errorCode }
    const { eventId, roleName, time, actor, callerRole } = readRoleCall(record, 'record')
    const { assumeRolePolicyDocument, policyDocument } = readInput(Documents, record, 'record').requestParameters
    const document = (call === 'CreateRole' ? assumeRolePolicyDocument : policyDocument) ?? undefined
    return { kind: 'event', event: { call, eventId, roleName, time, actor, callerRole, document } }
  } catch {
    return { kind: 'unreadable' }
  }
}

export function isOfRole({ roleName }: Pick<TrustPolicyEvent, 'roleName'>, name: string): boolean {
  return roleKey(roleName) === roleKey(name)
}
