import timers from 'node:timers/promises'
import { collectEvents, type DeliveredEvent } from '../sandbox/collect-events.ts'
import type { Ledger } from './ledger.ts'
import type { Scene } from './scene.ts'

/** For how long to wait for an outcome event where none is there, in seconds: the longest that SQS waits. */
const WAIT = { real: 20, local: 0 }

/**
 * Lays a rule for the outcome events of the run's own stack.
 *
 * @returns takes all that have come, once none has for a while
 */
export async function listenForOutcomes(
  { run, account, clients, signal }: Scene,
  ledger: Ledger,
): Promise<() => Promise<readonly DeliveredEvent[]>> {
  const take = await ledger.step('listen for outcome events', 'made', async () => {
    const owned = { name: `${run.name}-outcomes`, tags: run.tags }
    const pattern = { source: ['okta-role-trust'], account: [account.account], detail: { stack: [run.name] } }
    const value = await collectEvents(clients, account, pattern, owned, account.isLocal ? WAIT.local : WAIT.real)
    return { seen: 'made', value }
  })
  return async () => {
    const all: DeliveredEvent[] = []
    for (let misses = 0; misses < 2; ) {
      signal.throwIfAborted()
      const taken = await take()
      all.push(...taken)
      misses = taken.length === 0 ? misses + 1 : 0
      await timers.setTimeout(200)
    }
    return all
  }
}
