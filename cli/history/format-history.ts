import { MAX_RECORDS } from '../../src/aws/cloudtrail.ts'
import { type Installation, isOwnRole } from '../../src/cloudtrail/own-roles.ts'
import { type Change, documentAfter, type Known, type RoleHistory } from '../../src/cloudtrail/role-history.ts'
import type { RoleSnapshot } from '../../src/role/role.ts'
import { isSamePolicy } from '../../src/trust-policy/same-policy.ts'
import { arnText } from '../session/named-role.ts'
import type { Paint } from '../session/paint.ts'
import { jsonOf } from '../session/parse-json.ts'
import { trustPolicyDiff } from '../trust-policy-diff.ts'

/** A role's history, and the role as it is now: undefined where it is gone. */
export interface ShownHistory extends RoleHistory {
  readonly roleName: string
  readonly role: RoleSnapshot | undefined
  /** From when on it was asked for, in milliseconds since the epoch. */
  readonly since: number
  /** Whose writes are those of this system. */
  readonly here: Installation
  /** Whose CloudTrail was asked. */
  readonly region: string
}

/** The changes in lines, the earliest first, and last what CloudTrail does not show yet. */
export function formatHistory(history: ShownHistory, paint: Paint): readonly string[] {
  const { roleName, role, since, region, changes, here } = history
  const unseen = unseenChange(history)
  return [
    `Role ${roleName} (${role === undefined ? 'it is gone' : arnText(role)}), by CloudTrail in ${region} since ${timeText(since)}`,
    ...formatGaps(history).map((line) => `  ${paint('yellow', line)}`),
    ...(changes.length === 0 ? ['  CloudTrail shows no change of its trust policy.'] : []),
    ...changes.flatMap((change) => formatChange(change, here, paint)),
    ...(unseen === undefined ? [] : formatUnseen(unseen, role, paint)),
  ]
}

/** The same for a program: documents as JSON, null where there is none, and left out where it is unknown. */
export function historyJson(history: ShownHistory) {
  const { roleName, role, since, completeSince, unreadable, region, changes, here } = history
  const isShown = leftByLast(history)?.kind === 'known' && unseenChange(history) === undefined
  return {
    roleName,
    arn: role?.arn ?? null,
    region,
    since: timeText(since),
    completeSince: timeText(completeSince),
    unreadable,
    changes: changes.map((change) => ({
      eventId: change.eventId,
      time: timeText(change.time),
      call: change.call,
      actor: change.actor,
      isOwn: isOwnRole(change.callerRole, here),
      before: knownJson(change.before),
      after: knownJson(documentAfter(change)),
    })),
    now: { after: jsonOf(role?.document) ?? null, isShown },
  }
}

function formatChange(change: Change, here: Installation, paint: Paint): readonly string[] {
  const { time, call, callerRole, actor, eventId } = change
  const who = isOwnRole(callerRole, here) ? paint('green', 'this system') : paint('yellow', 'somebody else')
  return [
    '',
    `  ${paint('bold', timeText(time))}  ${call} by ${who}`,
    `      by     ${actor}`,
    `      event  ${eventId}`,
    ...formatDocuments(change.before, documentAfter(change), paint),
  ]
}

function formatDocuments(before: Known, after: Known, paint: Paint): readonly string[] {
  if (after.kind === 'unknown') return ['      What it wrote is unknown: its record holds no trust policy.']
  if (before.kind === 'known') {
    const diff = trustPolicyDiff(jsonOf(before.document), jsonOf(after.document), paint)
    return diff.length === 0 ? ['      The trust policy stayed the same.'] : diff
  }
  if (after.document === undefined) return []
  return [
    '      What was there before is unknown: CloudTrail does not show it. It wrote:',
    ...JSON.stringify(jsonOf(after.document), null, 2)
      .split('\n')
      .map((line) => `       ${line}`),
  ]
}

/** What is in force and not what the last change left, or undefined. */
function unseenChange(history: ShownHistory): { readonly before: string | undefined } | undefined {
  const { role } = history
  const left = leftByLast(history)
  if (left === undefined || left.kind === 'unknown') return undefined
  const isGone = role === undefined
  const isSame = isGone ? left.document === undefined : isSamePolicy(left.document, role.document)
  return isSame ? undefined : { before: left.document }
}

/** What the last change left; undefined where none is shown. */
function leftByLast({ changes }: ShownHistory): Known | undefined {
  const last = changes.at(-1)
  return last && documentAfter(last)
}

function formatUnseen(
  { before }: { readonly before: string | undefined },
  role: RoleSnapshot | undefined,
  paint: Paint,
): readonly string[] {
  const title = ['', `  ${paint('bold', 'now')}  changed by a call that CloudTrail does not show yet`]
  if (role === undefined) return [...title, '      The role is gone.']
  return [
    ...title,
    '      It shows a call up to 15 minutes late. Deleting a user or role is no such call: IAM then shows its unique id.',
    ...trustPolicyDiff(jsonOf(before), jsonOf(role.document), paint),
  ]
}

/** Why the history may miss a change. */
function formatGaps({ completeSince, since, unreadable }: ShownHistory): readonly string[] {
  const early = `Not complete before ${timeText(completeSince)}: CloudTrail has more than ${MAX_RECORDS} matching records, and the rest was not read.`
  const odd = `Records that could not be read, and may be about this role: ${unreadable}.`
  return [...(completeSince > since ? [early] : []), ...(unreadable > 0 ? [odd] : [])]
}

function knownJson(known: Known): unknown {
  return known.kind === 'known' ? (jsonOf(known.document) ?? null) : undefined
}

function timeText(time: number): string {
  return new Date(time).toISOString().replace(/\.\d+/, '')
}
