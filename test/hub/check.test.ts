import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { heartbeatEvent, QUIET_SWEEP, realisticHeartbeats } from '../../fake-aws/heartbeats.ts'
import { metricsOf } from '../functions.ts'
import { emptyHubAt } from './hub-functions.ts'

const NOW = new Date('2026-11-26T12:00:00Z')
const HOUR = 60 * 60_000

let hub: Awaited<ReturnType<typeof emptyHubAt>>['hub']
let logs: Record<string, unknown>[]

beforeEach(async () => {
  ;({ hub, logs } = await emptyHubAt(NOW))
})

afterEach(() => {
  hub.detach()
  vi.useRealTimers()
})

const warnings = () => logs.filter(({ level }) => level === 'WARN').map(({ message }) => message)

/** What the check measures so many hours later. */
async function metricsAfter(hours: number) {
  vi.setSystemTime(NOW.getTime() + hours * HOUR)
  await hub.check()
  return metricsOf(logs)
}

describe('an account that tells nothing', () => {
  beforeEach(() => hub.record([heartbeatEvent(), heartbeatEvent({ account: '444455556666' })]))

  test('is silent after 26 hours, and named', async () => {
    expect(await metricsAfter(25.9)).toMatchObject({ Accounts: 2, SilentAccounts: 0 })
    expect(warnings()).toEqual([])
    expect(await metricsAfter(26.1)).toMatchObject({ Accounts: 2, SilentAccounts: 2 })
    expect(warnings()).toEqual(['2 accounts are silent: 111122223333, 444455556666'])
  })

  test('is silent for 7 days, then gone, which is said once', async () => {
    expect(await metricsAfter(26 + 7 * 24 - 0.1)).toMatchObject({ SilentAccounts: 2, AccountsGone: 0 })
    await hub.record([heartbeatEvent({ account: '444455556666' })])
    expect(await metricsAfter(26 + 7 * 24 + 0.1)).toMatchObject({ Accounts: 1, SilentAccounts: 0, AccountsGone: 1 })
    expect(hub.items()).toMatchObject([{ account: '444455556666' }])
    expect(warnings().at(-1)).toBe(
      'account 111122223333 has told of no sweep of okta-role-trust-prod since 2026-11-26T12:00:00.000Z, and counts as gone: the hub forgets it until it tells of one again',
    )
    expect(await metricsAfter(26 + 7 * 24 + 1)).toMatchObject({ Accounts: 1, AccountsGone: 0 })
  })

  test('is back with its next heartbeat', async () => {
    await metricsAfter(300)
    expect(hub.items()).toEqual([])
    await hub.record([heartbeatEvent()])
    expect(await metricsAfter(301)).toMatchObject({ Accounts: 1, SilentAccounts: 0 })
  })

  test('is not forgotten where it tells of a sweep while the check is at work', async () => {
    vi.setSystemTime(NOW.getTime() + 300 * HOUR)
    const checking = hub.check()
    await Promise.all([checking, hub.record([heartbeatEvent(), heartbeatEvent({ account: '444455556666' })])])
    expect(hub.items().map(({ told = '' }) => told.slice(0, 10))).toEqual(['2026-12-09', '2026-12-09'])
  })
})

test('each account counts once, by each state of each of its stacks', async () => {
  await hub.record(realisticHeartbeats(NOW, 20))
  const counts = { ...QUIET_SWEEP.counts, failed: 1 }
  await hub.record([heartbeatEvent({ account: '456789012345', detail: { stack: 'okta-role-trust-entra', counts } })])
  expect(await metricsAfter(0)).toMatchObject({
    Accounts: 27,
    SilentAccounts: 1,
    FailingAccounts: 2,
    BlockedAccounts: 1,
    AccountsOverCap: 1,
    AccountsWithDeadLetters: 1,
    AccountsGone: 0,
    service: 'okta-role-trust-hub',
    version: '9.9.9',
  })
})

test('an hour in which nothing was told is measured too', async () => {
  expect(await metricsAfter(0)).toMatchObject({ Accounts: 0, SilentAccounts: 0 })
})

test('where all are silent, the log names some of them', async () => {
  await hub.record(Array.from({ length: 300 }, (_, index) => heartbeatEvent({ account: `${100_000_000_000 + index}` })))
  await metricsAfter(30)
  expect(warnings()).toEqual([
    expect.stringMatching(/^300 accounts are silent: 100000000000, .*, 100000000099 and 200 more$/),
  ])
})
