import { type Expectation, NOTHING_EXPECTED } from '../role/remediate-role.ts'
import { roleKey } from '../role/role.ts'
import type { RoleEvent } from './read-event.ts'

/**
 * How long after a call IAM may not show yet what it did, in milliseconds (rule 5.5). Clocks may differ by as much: a
 * time further ahead counts as none.
 */
const YOUNG = 5 * 60_000

/** One look at one role, however many events asked for it. */
export interface RoleTask {
  readonly roleName: string
  readonly expected: Expectation
  /** The latest of the events, which the log names as the cause. */
  readonly cause: RoleEvent
}

/**
 * Merges events into one task for each role: the state is read from IAM in any case, so one look answers them all. What
 * recent events say of existence and tag, in the order of their times, is what IAM must show.
 */
export function tasksOf(events: readonly RoleEvent[], now: number): readonly RoleTask[] {
  const tasks = new Map<string, RoleTask>()
  const timeOf = ({ time }: RoleEvent) => (time !== undefined && time - now < YOUNG ? time : undefined)
  for (const cause of events.toSorted((one, other) => byTime(one, other, timeOf))) {
    const { roleName, showsTag, takesTag } = cause
    const time = timeOf(cause)
    const known = tasks.get(roleKey(roleName))?.expected ?? NOTHING_EXPECTED
    const young = time !== undefined && now - time < YOUNG
    const expected = {
      exists: known.exists || young,
      principals: known.principals || young,
      tagged: young && (showsTag || (known.tagged && !takesTag)),
      mayWithdraw: !young || takesTag,
    }
    tasks.set(roleKey(roleName), { roleName, expected, cause })
  }
  return [...tasks.values()]
}

/** CloudTrail's times are whole seconds: of events in the same one, that which may have taken the tag goes first. */
function byTime(one: RoleEvent, other: RoleEvent, timeOf: (event: RoleEvent) => number | undefined): number {
  return (timeOf(one) ?? 0) - (timeOf(other) ?? 0) || Number(other.takesTag) - Number(one.takesTag)
}
