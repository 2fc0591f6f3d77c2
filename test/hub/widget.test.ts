import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { heartbeatEvent, QUIET_SWEEP, realisticHeartbeats } from '../../fake-aws/heartbeats.ts'
import { DOCUMENTATION } from '../../src/hub/documentation.ts'
import { readPage } from '../dashboard-widget/read-page.ts'
import { emptyHubAt } from './hub-functions.ts'

const NOW = new Date('2026-11-26T12:00:00Z')

let hub: Awaited<ReturnType<typeof emptyHubAt>>['hub']
let logs: Record<string, unknown>[]

beforeEach(async () => {
  ;({ hub, logs } = await emptyHubAt(NOW))
})

afterEach(() => {
  hub.detach()
  vi.useRealTimers()
})

const page = async (event: unknown = {}) => readPage(await hub.widget(event))
/** Account, states and remarks of each row, as a person reads them. */
const rows = async () => (await page()).rows.map(({ role = '', state }) => `${role.slice(0, 12)} ${state}`)

describe('the table of accounts', () => {
  test('has the worst first, and all totals', async () => {
    await hub.record(realisticHeartbeats(NOW, 3))
    expect(await rows()).toEqual([
      '210987654321 Silent',
      '345678901234 Failed',
      '456789012345 Blocked',
      '567890123456 Over capDue',
      '678901234567 Dead letters',
      '789012345678 Due',
      '890123456789 Orphaned',
      '100000000000 Right',
      '100000007919 Right',
      '100000015838 Right',
    ])
    const { totals, facts, below } = await page()
    expect(totals).toEqual({
      Silent: 1,
      Failed: 1,
      Blocked: 1,
      'Over cap': 1,
      'Dead letters': 1,
      Due: 1,
      Orphaned: 1,
      Right: 3,
    })
    expect(facts).toMatchObject({
      Accounts: ['10'],
      Mode: ['enforce: 9', 'report: 1'],
      'As of': ['2026-11-26 12:00 UTC'],
    })
    expect(below).toEqual([])
  })

  test('says of an account its stack, its version, its last sweep, and its worst roles with the reason', async () => {
    const roles = Array.from({ length: 5 }, (_, index) => ({
      roleName: `vault-${index}`,
      outcome: 'blocked',
      reason: 'malformed',
      detail: 'the trust policy is no JSON',
    }))
    const counts = { ...QUIET_SWEEP.counts, blocked: 8 }
    const time = new Date('2026-11-26T09:30:00Z')
    await hub.record([heartbeatEvent({ time, detail: { mode: 'report', roles, counts, deadLetters: 2 } })])
    const [row] = (await page()).rows
    expect(row?.role).toBe('111122223333okta-role-trust-prod · 0.1.0 · report mode')
    expect(await hub.widget({})).toContain('2 h ago<div class="ort-path">2026-11-26 09:30 UTC</div>')
    const html = await hub.widget({})
    expect(html).toContain('12 in scope: 8 blocked; 2 in the dead-letter queue')
    for (const index of [0, 1, 2])
      expect(html).toContain(`<span class="ort-code">vault-${index}</span> blocked, malformed: the trust`)
    expect(html).not.toContain('vault-3')
    expect(html).toContain('and 5 more')
  })

  test('says of a sweep that failed why, and of a silent account what it told last', async () => {
    const failed = { type: 'Sweep Failed', detail: { detail: 'OutOfTimeError: time ran short before the last page' } }
    await hub.record([heartbeatEvent({ time: new Date('2026-11-25T09:00:00Z'), ...failed })])
    const html = await hub.widget({})
    expect(html).toContain('Nothing has been heard since; below is what was told last.')
    expect(html).toContain('OutOfTimeError: time ran short before the last page')
    expect((await page()).rows[0]?.state).toBe('SilentFailed')
  })

  test('stays readable with 5,000 accounts: the worst 200, and how many are left out', async () => {
    const counts = { ...QUIET_SWEEP.counts, blocked: 1 }
    await hub.record([
      ...Array.from({ length: 4_700 }, (_, index) => heartbeatEvent({ account: `${100_000_000_000 + index}` })),
      ...Array.from({ length: 300 }, (_, index) =>
        heartbeatEvent({ account: `${300_000_000_000 + index}`, detail: { counts } }),
      ),
    ])
    const { rows: shown, totals, below } = await page()
    expect(shown).toHaveLength(200)
    expect(new Set(shown.map(({ state }) => state))).toEqual(new Set(['Blocked']))
    expect(totals).toEqual({ Blocked: 300, Right: 4_700 })
    expect(below).toEqual([
      '4800 more are not shown. The worst of them: blocked. The log group of the hub has what each account told.',
    ])
    expect((await hub.widget({})).length).toBeLessThan(400_000)
  }, 60_000)

  test('shows markup in what accounts tell as it is written', async () => {
    const markup = `"'><img src=x onerror=alert(1)><script>alert(1)</script>`
    const roles = [{ roleName: markup, outcome: markup.slice(0, 30), reason: markup, detail: markup }]
    await hub.record([
      heartbeatEvent({ detail: { roles, counts: { ...QUIET_SWEEP.counts, failed: 1 } } }),
      heartbeatEvent({ account: '444455556666', type: 'Sweep Failed', detail: { detail: markup } }),
    ])
    const { elements, attributes, rows: shown } = await page()
    expect(shown.map(({ role }) => role?.slice(0, 12))).toEqual(['111122223333', '444455556666'])
    expect(elements).not.toContain('img')
    expect(elements).not.toContain('script')
    expect(attributes.filter((name) => name.startsWith('on'))).toEqual([])
    expect(await hub.widget({})).toContain('&#60;img src=x onerror=alert(1)&#62;')
  })

  test('is empty where nobody has told anything', async () => {
    expect((await page()).rows).toMatchObject([{ role: 'No account has told of a sweep yet.' }])
  })

  test('is in the theme of the dashboard', async () => {
    expect((await page({ widgetContext: { theme: 'dark' } })).theme).toBe('dark')
    expect((await page({ widgetContext: { theme: '"><b>' } })).theme).toBe('light')
  })

  test('is read anew after 30 seconds, and not before', async () => {
    await page()
    await hub.record([heartbeatEvent()])
    vi.setSystemTime(NOW.getTime() + 29_000)
    expect((await page()).totals).toEqual({ Right: 0 })
    vi.setSystemTime(NOW.getTime() + 31_000)
    expect((await page()).totals).toEqual({ Right: 1 })
  })
})

test('where the table cannot be read, the page says so, and the log has the reason', async () => {
  hub.refuseReads(new Error('AccessDeniedException: no dynamodb:Scan'))
  expect((await page()).alerts).toEqual([
    'The accounts could not be read. If this persists, read the log of hub-widget.Error: AccessDeniedException: no dynamodb:Scan',
  ])
  expect(logs.filter(({ level }) => level === 'ERROR')).toHaveLength(1)
})

test('an entry that another version of the hub kept is shown as one that cannot be read', async () => {
  await hub.record([heartbeatEvent()])
  hub.overwrite((sweep) => sweep.replace('"finished"', '"unheard of"'))
  const [row] = (await page()).rows
  expect(row?.state).toBe('Failed')
})

test('the widget describes itself', async () => {
  expect(await hub.widget({ describe: true })).toBe(DOCUMENTATION)
  expect(hub.calls()).toBe(0)
})
