import { TRUST_POLICY_WRITE } from './role-call.ts'
import { isOfRole, readRecord, type TrustPolicyEvent } from './trust-policy-record.ts'

/** What CloudTrail shows of its event history for one attribute. */
export interface Lookup {
  /** Each as JSON text, the latest first. */
  readonly records: readonly string[]
  /** No record since then is missing (milliseconds since the epoch); later than asked for if there were too many. */
  readonly completeSince: number
}

/** CloudTrail's event history. */
export interface EventHistory {
  lookUp(attribute: 'ResourceName' | 'EventName', value: string, since: number, onPage: () => void): Promise<Lookup>
  /** The record of one event as JSON text, or undefined where CloudTrail shows none. */
  readEvent(eventId: string): Promise<string | undefined>
}

/** What happened to a role's trust policy. */
export interface RoleHistory {
  /** The earliest first. */
  readonly changes: readonly Change[]
  /** None since then is missing, in milliseconds since the epoch; of earlier ones some may be. */
  readonly completeSince: number
  /** Records that could not be read, and may be of the role. */
  readonly unreadable: number
}

export interface Change extends TrustPolicyEvent {
  readonly before: Known
}

/** A trust policy as far as it is known: `document` undefined is none, as before a role is created. */
export type Known = { readonly kind: 'known'; readonly document: string | undefined } | { readonly kind: 'unknown' }

/**
 * Finds what happened to a role's trust policy since then. Which resources CloudTrail lists for UpdateAssumeRolePolicy
 * is documented nowhere: a lookup by the role finds its creation and its deletion, and maybe its writes. Where it finds
 * no write, or cannot be read to its end, the writes of all roles are looked through as well.
 *
 * @param since in milliseconds since the epoch
 * @throws whatever the lookups throw
 */
export async function loadRoleHistory(
  { lookUp }: Pick<EventHistory, 'lookUp'>,
  roleName: string,
  since: number,
  onPage: () => void,
): Promise<RoleHistory> {
  const byRole = await lookUp('ResourceName', roleName, since, onPage)
  const ofRole = read(byRole.records, roleName)
  const showsWrites = ofRole.events.some(({ call }) => call === TRUST_POLICY_WRITE)
  if (showsWrites && byRole.completeSince <= since) return historyOf(ofRole, since)

  const byCall = await lookUp('EventName', TRUST_POLICY_WRITE, since, onPage)
  const completeSince = showsWrites ? byRole.completeSince : Math.max(byRole.completeSince, byCall.completeSince)
  return historyOf(read([...byCall.records, ...byRole.records], roleName), completeSince)
}

interface Read {
  readonly events: readonly TrustPolicyEvent[]
  readonly unreadable: number
}

/** The role's events, of records the latest first, some maybe twice: in one second they keep CloudTrail's order. */
function read(records: readonly string[], roleName: string): Read {
  const all = [...new Set(records)].map(readRecord).reverse()
  const ofRole = all.flatMap((record) =>
    record.kind === 'event' && isOfRole(record.event, roleName) ? [record.event] : [],
  )
  return {
    events: ofRole.toSorted((one, other) => one.time - other.time),
    unreadable: all.filter(({ kind }) => kind === 'unreadable').length,
  }
}

function historyOf({ events, unreadable }: Read, completeSince: number): RoleHistory {
  const changes = events.map((event, index) => ({ ...event, before: before(event, events[index - 1], completeSince) }))
  return { changes, completeSince, unreadable }
}

function before(event: TrustPolicyEvent, previous: TrustPolicyEvent | undefined, completeSince: number): Known {
  if (event.call === 'CreateRole') return { kind: 'known', document: undefined }
  // Between an event that old and the next there may be one that was not read.
  return previous === undefined || previous.time <= completeSince ? { kind: 'unknown' } : documentAfter(previous)
}

/** The trust policy after an event: a record may lack it. */
export function documentAfter({ call, document }: TrustPolicyEvent): Known {
  return document === undefined && call !== 'DeleteRole' ? { kind: 'unknown' } : { kind: 'known', document }
}
