import { type AccountTable, toldText } from './account-table.ts'
import type { Heartbeat } from './heartbeat.ts'
import { keptText } from './sweep.ts'

/** What became of a heartbeat. */
export type Recorded = 'recorded' | 'not-newer' | 'too-many-stacks'

/** An account has one stack, or one for each identity provider. Without a limit, one account could fill the table. */
const MOST_STACKS = 10

/**
 * Keeps a heartbeat if it is the newest of its stack. In whatever order heartbeats come, and however often, the same is
 * kept in the end.
 *
 * @throws whatever keeps the table from being read or written: the heartbeat has to be recorded again
 */
export async function recordHeartbeat(heartbeat: Heartbeat, table: AccountTable): Promise<Recorded> {
  const { account, stack, time, id, sweep } = heartbeat
  const entry = { account, stack, told: toldText(time, id), sweep: keptText(sweep) }
  const first = await table.replaceOlder(entry)
  if (first !== 'unknown') return first === 'replaced' ? 'recorded' : 'not-newer'
  if ((await table.countStacks(account)) >= MOST_STACKS) return 'too-many-stacks'
  if (await table.add(entry)) return 'recorded'
  // Another heartbeat of the same stack was first.
  return (await table.replaceOlder(entry)) === 'replaced' ? 'recorded' : 'not-newer'
}
