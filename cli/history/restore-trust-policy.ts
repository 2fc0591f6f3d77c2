import type { EventHistory } from '../../src/cloudtrail/role-history.ts'
import { isOfRole, readRecord } from '../../src/cloudtrail/trust-policy-record.ts'
import { ConfigurationError } from '../../src/errors.ts'
import { decideRole, type Rules } from '../../src/role/decide-role.ts'
import { assumption, LEAST_QUOTA, type Quota } from '../../src/role/quota.ts'
import type { RoleAccess } from '../../src/role/remediate-role.ts'
import type { RoleSnapshot } from '../../src/role/role.ts'
import { isTagged, protectionOf } from '../../src/role/scope.ts'
import { isSamePolicy } from '../../src/trust-policy/same-policy.ts'
import { writeProblem } from '../../src/trust-policy/write-problem.ts'
import { errorMessageOf } from '../error-message.ts'
import { awsCommand, ownCommand, type Scope } from '../session/commands.ts'

/**
 * The trust policy of a role after an event, to the letter, where it can be put back.
 *
 * @throws ConfigurationError that says why it cannot: a role that must not be changed, an event that CloudTrail does not
 *   show, that is not of this role or left no trust policy, or a document that IAM would refuse
 */
export async function restorableDocument(
  role: RoleSnapshot,
  eventId: string,
  history: Pick<EventHistory, 'readEvent'>,
  readQuota: () => Promise<Quota>,
  scope: Scope,
): Promise<string> {
  // Exclusions bind this system, not a person who decides about one role.
  const protection = protectionOf(role, [])
  if (protection !== undefined) throw refusal(role, protection)
  const document = documentOf(role, eventId, await history.readEvent(eventId), scope)
  const problem = await problemOf(document, readQuota)
  if (problem === undefined) return document
  throw refusal(role, `IAM would refuse its trust policy after event ${eventId}: ${problem}`)
}

/** Why IAM would refuse a document; the account is asked for its quota only where nothing else is in the way. */
async function problemOf(document: string, readQuota: () => Promise<Quota>): Promise<string | undefined> {
  const problem = writeProblem(document, LEAST_QUOTA)
  if (problem === undefined || writeProblem(document, Number.POSITIVE_INFINITY) !== undefined) return problem
  const quota = await readQuota()
  const inAccount = writeProblem(document, quota.characters)
  return inAccount && `${inAccount}${assumption(quota)}`
}

function documentOf(role: RoleSnapshot, eventId: string, text: string | undefined, scope: Scope): string {
  const { roleName } = role
  const remedy = `take one that \`${ownCommand(scope, 'history', roleName)}\` shows`
  const no = (why: string) => refusal(role, `${why}; ${remedy}`)
  if (text === undefined) {
    throw no(`CloudTrail shows no event ${eventId}: it keeps one for 90 days, and shows it up to 15 minutes late`)
  }
  const record = readRecord(text)
  switch (record.kind) {
    case 'unreadable':
      throw no(`the record of event ${eventId} cannot be read`)
    case 'other':
      throw no(`event ${eventId} is ${record.name}, which changes no trust policy`)
    case 'failed':
      throw no(`event ${eventId} is a call of ${record.name} that failed (${record.errorCode}) and changed nothing`)
    case 'event': {
      const { event } = record
      if (!isOfRole(event, roleName)) throw no(`event ${eventId} is of the role ${event.roleName}`)
      if (event.call === 'DeleteRole') throw no(`event ${eventId} deleted the role, and left no trust policy`)
      if (event.document === undefined) throw no(`the record of event ${eventId} holds no trust policy`)
      return event.document
    }
  }
}

/** What this system will make of the restored trust policy, and how to prevent that; undefined where it leaves it. */
export async function reactionTo(
  document: string,
  role: RoleSnapshot,
  rules: Rules,
  readQuota: () => Promise<Quota>,
  scope: Scope,
): Promise<string | undefined> {
  const { outcome } = await decideRole({ ...role, document }, rules, readQuota)
  if (outcome.kind !== 'planned') return undefined
  const { roleName } = role
  if (rules.mode === 'report') {
    return `this trust policy is not as it should be for ${roleName} (${outcome.reason}): the stack only reports (mode: report), so it tells of that and leaves it. In enforce mode it would be changed again`
  }
  const tag = role.tags.find((one) => isTagged([one], rules.tag))
  if (tag === undefined) {
    return `this system takes its statement out of ${roleName} again, because the role has lost its tag and onUntag is revoke. To prevent that, set the tag first`
  }
  const untag = awsCommand(scope, 'iam untag-role', '--role-name', roleName, '--tag-keys', tag.key)
  return `${roleName} has the tag ${tag.key}=${tag.value}, and this trust policy is not as it should be then (${outcome.reason}): this system patches it again as soon as it sees the write. To prevent that, remove the tag first: \`${untag}\``
}

/**
 * Writes a trust policy in place of the one that was shown. One read right before it, one write, and after a write that
 * IAM did not answer another read.
 *
 * @param shown the role as it was shown
 * @throws ConfigurationError where the document is not in force in the end, or that cannot be told; whatever else a call throws
 */
export async function writeInPlaceOf(shown: RoleSnapshot, document: string, iam: RoleAccess): Promise<void> {
  const again = await iam.readRole(shown.roleName)
  if (again?.arn !== shown.arn || again.document !== shown.document) {
    throw refusal(shown, 'its trust policy is no longer the one that was shown, and nothing was written; run it again')
  }
  const result = await iam.writeTrustPolicy(shown.roleName, document)
  switch (result.kind) {
    case 'written':
      return
    case 'gone':
      throw refusal(shown, 'the role was deleted meanwhile, and nothing was written')
    case 'conflict':
      throw refusal(shown, 'somebody else is changing it at this moment, and nothing was written; run it again')
    case 'refused':
    case 'unknown-principal':
      throw refusal(shown, `IAM refuses the trust policy, and nothing was written (${result.message})`)
    case 'unclear':
      return checkInForce(shown, document, iam, result.error)
  }
}

/** Returns where a write that IAM did not answer is in force. */
async function checkInForce(shown: RoleSnapshot, document: string, iam: RoleAccess, error: Error): Promise<void> {
  const sent = `the change was sent, and IAM did not confirm it (${errorMessageOf(error)})`
  const now = await iam.readRole(shown.roleName).catch((fault: unknown) => {
    throw refusal(shown, `${sent}. What is in force is unknown: the role cannot be read (${errorMessageOf(fault)})`)
  })
  if (now === undefined) throw refusal(shown, `${sent}. The role is gone`)
  if (isSamePolicy(now.document, document)) return
  const found = isSamePolicy(now.document, shown.document)
    ? 'The trust policy from before is in force as far as IAM shows; the change may still arrive'
    : 'In force is neither the trust policy from before nor the restored one'
  throw refusal(shown, `${sent}. ${found}: look at the role in a minute`)
}

function refusal({ roleName }: RoleSnapshot, why: string): ConfigurationError {
  return new ConfigurationError(`role ${roleName}: ${why}`)
}
