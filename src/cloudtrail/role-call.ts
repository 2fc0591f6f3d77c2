import * as z from 'zod/mini'
import { readInput } from '../input.ts'
import { ROLE_NAME, type RoleSnapshot } from '../role/role.ts'

/** The call of IAM that writes a role's trust policy. */
export const TRUST_POLICY_WRITE = 'UpdateAssumeRolePolicy'

/** The calls of IAM after which a role may have to be remediated (rule 6.1): those that infra/rule.yml lets through. */
export const ROLE_CALLS: readonly string[] = ['CreateRole', 'TagRole', 'UntagRole', TRUST_POLICY_WRITE]

/** What CloudTrail recorded of a call about one role. */
export interface RoleCall {
  readonly eventId: string
  readonly roleName: string
  /** When the call was made, in milliseconds since the epoch. */
  readonly time: number
  /** The ARN of whoever made the call, or whatever else is known about them. */
  readonly actor: string
  /** The ARN of the role in whose session it was made; undefined for a user, and where the record does not say. */
  readonly callerRole: string | undefined
  /** The tags that the call sets. */
  readonly tags: RoleSnapshot['tags']
  /** Keys of the tags that the call takes away, where the record lists them in a way that is known. */
  readonly tagKeys: readonly string[] | undefined
}

const text = z.string('a string')

export const roleName = text.check(z.regex(ROLE_NAME, 'the name of an IAM role'))

/** The parts of a CloudTrail record that say whether it matters. Optional ones are absent, or null after a failure. */
export const Call = z.object({
  eventName: text,
  errorCode: z.nullish(text),
})

const CallOnRole = z.object({
  eventID: text,
  eventTime: z.iso.datetime({ offset: true, error: 'an ISO 8601 time' }),
  userIdentity: z.object(
    {
      type: z.nullish(text),
      arn: z.nullish(text),
      invokedBy: z.nullish(text),
      sessionContext: z.nullish(
        z.object({ sessionIssuer: z.nullish(z.object({ arn: z.nullish(text) }, 'an object')) }, 'an object'),
      ),
    },
    'an object',
  ),
  requestParameters: z.object(
    {
      roleName,
      tags: z.nullish(z.array(z.object({ key: text, value: z.nullish(text) }, 'a tag'), 'a list of tags')),
      tagKeys: z.optional(z.unknown()),
    },
    'an object',
  ),
})

/** No source says how CloudTrail lists the keys of UntagRole: in any other form they are not read. */
const TagKeys = z.array(z.string())

/**
 * Reads the CloudTrail record of a successful call about one role.
 *
 * @param label what the record is, for the message
 * @throws InvalidInputError that says what is wrong with it
 */
export function readRoleCall(record: unknown, label: string): RoleCall {
  const { eventID, eventTime, userIdentity, requestParameters } = readInput(CallOnRole, record, label)
  const { arn, invokedBy, type, sessionContext } = userIdentity
  return {
    eventId: eventID,
    roleName: requestParameters.roleName,
    time: Date.parse(eventTime),
    actor: arn ?? invokedBy ?? type ?? 'unknown',
    callerRole: sessionContext?.sessionIssuer?.arn ?? undefined,
    tags: (requestParameters.tags ?? []).map(({ key, value }) => ({ key, value: value ?? '' })),
    tagKeys: z.safeParse(TagKeys, requestParameters.tagKeys).data,
  }
}
