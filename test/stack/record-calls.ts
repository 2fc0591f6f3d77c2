import { vi } from 'vitest'
import type { CallName } from '../../fake-aws/api-calls.ts'
import { batchOf, contextOf, sample } from '../../fake-aws/invocation.ts'
import { accountWithOkta, captureLogs, coldStart, ec2, policy, TAGGED } from '../functions.ts'

type Handlers = Awaited<ReturnType<typeof coldStart>>

/**
 * What a function asks of AWS, once each, when two roles are due, with trust policies longer than every account allows,
 * and time runs out after the first: the account in memory knows no other calls than those that it has to answer then.
 */
const INVOCATIONS = {
  'role-event': ({ roleEvent }: Handlers) =>
    roleEvent(batchOf(sample('tag-role'), sample('update-assume-role-policy')), contextOf()),
  'scheduled-sweep': ({ scheduledSweep }: Handlers) => scheduledSweep({}, contextOf(timeForOne())),
  backfill: ({ backfill }: Handlers) => backfill({}, contextOf(timeForOne())),
  'dashboard-widget': ({ dashboardWidget }: Handlers) => dashboardWidget({}, contextOf()),
} as const

const LONG = { ...ec2, Condition: { StringEquals: { 'aws:SourceAccount': 'x'.repeat(2048) } } }

export async function recordCalls(name: keyof typeof INVOCATIONS): Promise<ReadonlySet<CallName>> {
  const account = accountWithOkta({ quota: 4096 })
  captureLogs()
  try {
    for (const roleName of ['support-readonly', 'data-analyst']) {
      account.addRole({ name: roleName, tags: TAGGED, document: policy(LONG) })
    }
    await INVOCATIONS[name](await coldStart())
    return new Set(account.calls.map((call) => call.name))
  } finally {
    account.detach()
    vi.restoreAllMocks()
    vi.unstubAllEnvs()
  }
}

function timeForOne(): () => number {
  // The first look sets the deadline of the calls.
  const looks = [600_000, 600_000]
  return () => looks.shift() ?? 50_000
}
