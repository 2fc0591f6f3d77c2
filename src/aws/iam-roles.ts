import {
  GetAccountAuthorizationDetailsCommand,
  type GetAccountAuthorizationDetailsResponse,
  GetRoleCommand,
  type IAMClient,
  IAMServiceException,
  NoSuchEntityException,
  type Role,
  type RoleDetail,
  UpdateAssumeRolePolicyCommand,
} from '@aws-sdk/client-iam'
import { formatError, MalformedResponseError, OutOfTimeError } from '../errors.ts'
import { type RoleResult, unfinishedRole } from '../role/outcome.ts'
import type { RoleAccess, WriteResult } from '../role/remediate-role.ts'
import type { RoleSnapshot } from '../role/role.ts'
import type { RoleReader } from '../sweep/survey-roles.ts'
import { asOutOfTime } from './as-out-of-time.ts'
import { PATIENT } from './clients.ts'
import { isThrottling, whileThrottled } from './throttling.ts'

const SCAN = 'GetAccountAuthorizationDetails'

/** The most that GetAccountAuthorizationDetails takes (IAM API reference). */
const PAGE_SIZE = 1000

/** With these IAM refuses the document or the role itself. */
const REFUSALS = [
  'MalformedPolicyDocumentException',
  'LimitExceededException',
  'UnmodifiableEntityException',
  // Not in IAM's model: a document with characters that its pattern does not have.
  'ValidationError',
]

/**
 * IAM's calls that read roles. A scan costs one call for up to 1,000 roles, tags and trust policies included, where
 * ListRoles and GetRole would take one for each role.
 *
 * @param deadline where there is one, no call outlasts it, and none is sent after it
 * @throws MalformedResponseError where an answer lacks what the API promises; OutOfTimeError at the deadline; whatever
 *   else the SDK throws goes through.
 */
export function iamRoleReader(client: IAMClient, deadline?: AbortSignal): Omit<RoleReader, 'readQuota'> {
  const options = optionsOf(deadline)
  return {
    async readRole(roleName) {
      try {
        const { Role: role } = await client.send(new GetRoleCommand({ RoleName: roleName }), options)
        return snapshotOf('GetRole', role)
      } catch (error) {
        if (error instanceof NoSuchEntityException) return undefined
        throw asOutOfTime('GetRole', error)
      }
    },

    async *scanRoles() {
      let marker: string | undefined
      do {
        const command = new GetAccountAuthorizationDetailsCommand({
          Filter: ['Role'],
          MaxItems: PAGE_SIZE,
          Marker: marker,
        })
        const page = await whileThrottled(SCAN, deadline, () => client.send(command, { ...options, ...PATIENT }))
        const roles = rolesOf(page)
        marker = page.Marker
        // Else it stays until the next one has come, and two of them would be half of what is in memory.
        delete page.RoleDetailList
        yield roles
      } while (marker)
    },
  }
}

/**
 * The reading calls, and the one that writes a trust policy.
 *
 * @param writeClient one that sends a write only once
 * @param deadline as for the reading ones
 */
export function iamRoles(
  client: IAMClient,
  writeClient: IAMClient,
  deadline?: AbortSignal,
): Omit<RoleAccess & RoleReader, 'readQuota'> {
  return {
    ...iamRoleReader(client, deadline),

    async writeTrustPolicy(roleName, document) {
      const command = new UpdateAssumeRolePolicyCommand({ RoleName: roleName, PolicyDocument: document })
      try {
        await writeClient.send(command, { ...optionsOf(deadline), ...PATIENT })
        return { kind: 'written' }
      } catch (error) {
        return writeFailure(asOutOfTime('UpdateAssumeRolePolicy', error))
      }
    },
  }
}

function optionsOf(deadline: AbortSignal | undefined) {
  return deadline === undefined ? {} : { abortSignal: deadline }
}

function writeFailure(error: unknown): WriteResult {
  if (!(error instanceof Error)) throw error
  if (error instanceof NoSuchEntityException) return { kind: 'gone' }
  if (error.name.startsWith('ConcurrentModification')) return { kind: 'conflict' }
  const message = formatError(error)
  if (error.name.startsWith('MalformedPolicyDocument') && /invalid principal/i.test(error.message)) {
    return { kind: 'unknown-principal', message }
  }
  if (REFUSALS.includes(error.name) || isExplicitDeny(error)) return { kind: 'refused', message }
  if (error instanceof OutOfTimeError || isOurFault(error)) throw error
  return { kind: 'unclear', error }
}

/**
 * A service control policy, a permissions boundary or another policy forbids the write of this role, on purpose and for
 * good. Only then IAM says so: an allowance that is missing reads "because no … policy allows" (IAM User Guide,
 * "Troubleshoot access denied error messages").
 */
function isExplicitDeny({ name, message }: Error): boolean {
  return name.startsWith('AccessDenied') && /explicit deny/i.test(message)
}

/** Whether IAM answered that the call itself is wrong, as with AccessDenied: no later attempt would do better. */
function isOurFault(error: Error): boolean {
  if (!(error instanceof IAMServiceException) || isThrottling(error)) return false
  const { httpStatusCode = 500 } = error.$metadata
  return httpStatusCode < 500
}

/** The roles of one page; those that cannot be read are `failed`, and cost the others nothing. */
function rolesOf(page: GetAccountAuthorizationDetailsResponse): readonly (RoleSnapshot | RoleResult)[] {
  const { RoleDetailList: list, IsTruncated: isTruncated, Marker: marker } = page
  // The SDK takes any answer without a marker for the last page.
  if (list === undefined && isTruncated === undefined) {
    throw new MalformedResponseError(`${SCAN}: found neither roles nor whether more follow`)
  }
  if (isTruncated === true && !marker) {
    throw new MalformedResponseError(`${SCAN}: found that more roles follow, and no marker to ask for them`)
  }
  return (list ?? []).map((role) => {
    try {
      return snapshotOf(SCAN, role)
    } catch (error) {
      const { RoleName: roleName, Arn: id } = role
      const arn = id === undefined ? null : arnIn(id)
      return unfinishedRole('failed', { roleName: roleName ?? arn ?? '(no name)', arn }, formatError(error))
    }
  })
}

function snapshotOf(call: string, role: Role | RoleDetail | undefined): RoleSnapshot {
  const { RoleName: roleName, Arn: arn, Path: path, Tags: tags = [], AssumeRolePolicyDocument: encoded } = role ?? {}
  if (roleName === undefined || arn === undefined || path === undefined) {
    throw new MalformedResponseError(`${call}: found a role without its name, ARN or path: ${JSON.stringify(role)}`)
  }
  const document = decoded(encoded ?? '')
  if (NO_DOCUMENT.test(document)) {
    throw new MalformedResponseError(
      `${call}: found role ${roleName} without its trust policy, and IAM knows no role without one; look at it with \`aws iam get-role --role-name ${roleName}\``,
    )
  }
  return {
    roleName,
    arn: arnIn(arn),
    path,
    tags: tags.map(({ Key: key = '', Value: value = '' }) => ({ key, value })),
    document,
  }
}

/**
 * CreateRole and UpdateAssumeRolePolicy require a trust policy (IAM API reference). So an answer without one has lost
 * it, and a write on top of that would drop whatever the role really holds.
 */
const NO_DOCUMENT = /^\s*(null)?\s*$/

/** Just after a role was created, its unique id can stand in the place of its ARN. */
function arnIn(text: string): string | null {
  return /^arn:[\w-]+:iam::\d{12}:role\//.test(text) ? text : null
}

/** IAM answers with the document URL-encoded (RFC 3986), and the SDK leaves it so. */
function decoded(document: string): string {
  try {
    return decodeURIComponent(document)
  } catch {
    // Not what IAM promises; the engine says what is wrong with the text.
    return document
  }
}
