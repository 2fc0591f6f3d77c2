import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics'
import { accountStackOf, isGone } from '../src/hub/account-state.ts'
import { accountsIn, countAccounts } from '../src/hub/count-accounts.ts'
import { wireHub } from './hub-wiring.ts'

const { table, logger, version } = wireHub(process.env)
const metrics = new Metrics()

/** How many silent accounts are named in the log: where the hub itself is cut off, all are silent. */
const MOST_NAMED = 100

/** Every hour: counts the accounts by how they stand, which the alarms look at, and forgets those that are gone. */
export const handler = async (): Promise<void> => {
  const now = Date.now()
  const stacks = (await table.readAll()).map((entry) => accountStackOf(entry, now))
  let gone = 0
  for (const stack of stacks.filter((one) => isGone(one, now))) {
    if (!(await table.remove(stack.entry))) continue
    gone += 1
    const { account, stack: stackName } = stack.entry
    logger.warn(
      `account ${account} has told of no sweep of ${stackName} since ${new Date(stack.time).toISOString()}, and counts as gone: the hub forgets it until it tells of one again`,
      { account },
    )
  }
  const known = stacks.filter((one) => !isGone(one, now))
  const silent = accountsIn(known.filter(({ states }) => states.includes('Silent')))
  if (silent.length > 0) {
    const more = silent.length - MOST_NAMED
    logger.warn(
      `${silent.length} accounts are silent: ${silent.slice(0, MOST_NAMED).join(', ')}${more > 0 ? ` and ${more} more` : ''}`,
    )
  }
  const counts = countAccounts(known)
  const values = {
    Accounts: counts.accounts,
    SilentAccounts: counts.silent,
    FailingAccounts: counts.failing,
    BlockedAccounts: counts.blocked,
    AccountsOverCap: counts.overCap,
    AccountsWithDeadLetters: counts.deadLetters,
    AccountsGone: gone,
  }
  for (const [name, value] of Object.entries(values)) metrics.addMetric(name, MetricUnit.Count, value)
  metrics.addMetadata('version', version)
  metrics.publishStoredMetrics()
}
