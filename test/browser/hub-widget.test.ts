import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { heartbeatEvent, QUIET_SWEEP, realisticHeartbeats } from '../../fake-aws/heartbeats.ts'
import { captureLogs } from '../functions.ts'
import { emptyHub } from '../hub/hub-functions.ts'
import { startChromium } from './chromium.ts'
import { openDashboard, type WidgetBox } from './cloudwatch-page.ts'
import { overflowing, seenTexts } from './measure.ts'

/** What lies behind a custom widget, today and in the console's earlier designs. */
const BACKGROUNDS = [
  ['light', '#ffffff'],
  ['light', '#fafafa'],
  ['dark', '#161d26'],
  ['dark', '#0f1b2a'],
  ['dark', '#2a2e33'],
] as const

const LONGEST = {
  roleName: 'a'.repeat(64),
  outcome: 'failed',
  reason: 'b'.repeat(64),
  detail: 'c'.repeat(400),
}

let browser: Browser
let hub: Awaited<ReturnType<typeof emptyHub>>

beforeAll(async () => {
  browser = await startChromium()
}, 60_000)

beforeEach(async () => {
  captureLogs()
  hub = await emptyHub()
})

afterEach(async () => {
  hub.detach()
  for (const context of browser.contexts()) await context.close()
})

afterAll(async () => {
  await browser?.close()
})

async function open(box: WidgetBox) {
  return openDashboard(browser, await hub.widget({ widgetContext: { theme: box.theme } }), box)
}

describe('the table of accounts is readable', () => {
  test.each(BACKGROUNDS)('in the %s theme on %s, every text', async (theme, background) => {
    await hub.record(realisticHeartbeats(new Date(), 5))
    const { page } = await open({ theme, background, width: 900 })
    const seen = await page.locator('.ort').evaluate(seenTexts)
    expect(seen.length).toBeGreaterThan(60)
    expect(seen.filter(({ contrast }) => contrast < 4.5)).toEqual([])
  })

  test.each(['light', 'dark'] as const)('in the %s theme under the pointer', async (theme) => {
    await hub.record(realisticHeartbeats(new Date(), 5))
    const { page } = await open({ theme, width: 900 })
    const row = page.getByRole('row', { name: '456789012345' })
    await row.hover()
    expect((await row.evaluate(seenTexts)).filter(({ contrast }) => contrast < 4.5)).toEqual([])
  })

  test.each([588, 900, 1400])(
    '%i pixels wide without scrolling to the side, also with the longest words',
    async (width) => {
      await hub.record(realisticHeartbeats(new Date(), 5))
      const counts = { ...QUIET_SWEEP.counts, failed: 1_000_000 }
      await hub.record([heartbeatEvent({ detail: { stack: `s${'d'.repeat(63)}`, roles: [LONGEST], counts } })])
      const { page } = await open({ theme: 'light', width })
      expect(await page.getByRole('row', { name: '111122223333' }).count()).toBe(1)
      expect(await page.locator('.content').evaluate(overflowing)).toEqual([])
    },
  )

  test('with 5,000 accounts: the worst 200 and a line that tells how many there are more', async () => {
    const counts = { ...QUIET_SWEEP.counts, blocked: 1 }
    await hub.record(
      Array.from({ length: 5_000 }, (_, index) =>
        heartbeatEvent({ account: `${100_000_000_000 + index}`, detail: index % 50 === 0 ? { counts } : {} }),
      ),
    )
    const { page } = await open({ theme: 'light', width: 900 })
    expect(await page.locator('tbody tr').count()).toBe(200)
    expect(await page.locator('tbody tr').nth(99).textContent()).toContain('Blocked')
    expect(await page.locator('tbody tr').nth(100).textContent()).toContain('Right')
    expect(await page.getByText('4800 more are not shown. All of them are right.').isVisible()).toBe(true)
    expect(await page.locator('.content').evaluate(overflowing)).toEqual([])
  }, 120_000)

  test('as a table with headings, by word and not by colour alone', async () => {
    await hub.record(realisticHeartbeats(new Date(), 5))
    const { page } = await open({ theme: 'dark', width: 900 })
    expect(await page.getByRole('columnheader').allTextContents()).toEqual([
      'Account',
      'State',
      'Last sweep',
      'What asks for attention',
    ])
    const state = page.getByRole('row', { name: '567890123456' }).getByRole('cell').nth(1)
    expect(await state.textContent()).toBe('Over capDue')
  })
})

test('markup in what accounts tell is shown as it is written, and does nothing', async () => {
  const markup = `"'><img src=https://evil.example/x onerror=window.ran=1><script>window.ran=1</script><style>*{display:none}</style>`
  const roles = [{ roleName: markup.slice(0, 60), outcome: 'failed', reason: markup.slice(0, 60), detail: markup }]
  await hub.record([
    heartbeatEvent({ detail: { roles, counts: { ...QUIET_SWEEP.counts, failed: 1 } } }),
    heartbeatEvent({ account: '444455556666', type: 'Sweep Failed', detail: { detail: markup } }),
  ])
  const { page, requests } = await open({ theme: 'light', width: 900 })
  await page.getByRole('row', { name: 'onerror' }).first().hover()
  expect(await page.getByText(markup).count()).toBe(2)
  expect(await page.evaluate('window.ran')).toBeUndefined()
  expect(await page.locator('.ort :is(img, script, style ~ style)').count()).toBe(0)
  expect(requests).toEqual([])
})
