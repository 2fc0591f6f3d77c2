import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Account, createAccount } from '../../fake-aws/account.ts'
import { contextOf } from '../../fake-aws/invocation.ts'
import { addRealisticRoles } from '../../fake-aws/realistic-roles.ts'
import { captureLogs, coldStart } from '../functions.ts'
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

/** The example in CloudWatch's documentation, half of a wide dashboard, and all of one. In CSS pixels. */
const WIDTHS = [588, 900, 1400]

const LONGEST_NAME = 'a'.repeat(64)

let browser: Browser
let account: Account

beforeAll(async () => {
  browser = await startChromium()
}, 60_000)

beforeEach(() => {
  captureLogs()
  account = addRealisticRoles(createAccount().attach())
})

afterEach(async () => {
  account.detach()
  for (const context of browser.contexts()) await context.close()
})

afterAll(async () => {
  await browser?.close()
})

async function open(box: WidgetBox) {
  const { dashboardWidget } = await coldStart()
  return openDashboard(browser, await dashboardWidget({ widgetContext: { theme: box.theme } }, contextOf()), box)
}

describe('the widget is readable', () => {
  test.each(BACKGROUNDS)('in the %s theme on %s, every text', async (theme, background) => {
    const { page } = await open({ theme, background, width: 900 })
    const widget = page.locator('.ort')
    const seen = await widget.evaluate(seenTexts)
    expect(seen.length).toBeGreaterThan(50)
    expect(seen.filter(({ contrast }) => contrast < 4.5)).toEqual([])
  })

  test.each(['light', 'dark'] as const)('in the %s theme under the pointer', async (theme) => {
    const { page } = await open({ theme, width: 900 })
    for (const name of ['vault-unsealer', 'data-analyst', 'contractor-sandbox', 'AWSServiceRoleForAutoScaling']) {
      const row = page.getByRole('row', { name })
      const before = await row
        .locator('td')
        .first()
        .evaluate((cell) => getComputedStyle(cell).backgroundColor)
      await row.hover()
      expect(
        await row
          .locator('td')
          .first()
          .evaluate((cell) => getComputedStyle(cell).backgroundColor),
      ).not.toBe(before)
      expect((await row.evaluate(seenTexts)).filter(({ contrast }) => contrast < 4.5)).toEqual([])
    }
  })

  test.each(['light', 'dark'] as const)('in the %s theme where it tells what is wrong', async (theme) => {
    account.putParameter('/okta/saml-provider-arn', 'a secret by mistake')
    const { page } = await open({ theme, width: 588 })
    const seen = await page.locator('.ort').evaluate(seenTexts)
    expect(seen.map(({ text }) => text)).toEqual([
      'The configuration is wrong, so no role was looked at.',
      expect.stringMatching(/^SSM parameter \/okta\/saml-provider-arn: found a text of 19 characters, expected /),
    ])
    expect(seen.filter(({ contrast }) => contrast < 4.5)).toEqual([])
    expect(await page.locator('.content').evaluate(overflowing)).toEqual([])
  })

  test.each(WIDTHS)('%i pixels wide without scrolling to the side, also with the longest name', async (width) => {
    account.addRole({ name: LONGEST_NAME, path: `/${'b'.repeat(500)}/`, tags: { 'okta-sso': 'true' }, document: '{}' })
    const { page } = await open({ theme: 'light', width })
    expect(await page.getByRole('link', { name: LONGEST_NAME }).count()).toBe(1)
    expect(await page.locator('.content').evaluate(overflowing)).toEqual([])
  })

  test('a role in one line where there is room', async () => {
    const { page } = await open({ theme: 'light', width: 1400 })
    const heights = await page.locator('tbody tr').evaluateAll((rows) => rows.map((row) => row.clientHeight))
    expect(heights.filter((height) => height > 60)).toEqual([])
  })

  test('as a table with headings, by word and not by colour alone', async () => {
    const { page } = await open({ theme: 'dark', width: 900 })
    expect(await page.getByRole('columnheader').allTextContents()).toEqual(['Role', 'State', 'Reason and notes'])
    expect(await page.getByRole('row', { name: 'vault-unsealer' }).getByRole('cell').nth(1).textContent()).toBe(
      'Blocked',
    )
    expect(await page.getByRole('row', { name: 'prod-readonly' }).getByRole('cell').nth(1).textContent()).toBe(
      'Trusts Okta',
    )
  })
})

test('each role leads to its trust policy in the IAM console', async () => {
  const { page } = await open({ theme: 'light', width: 900 })
  const links = await page
    .getByRole('link')
    .evaluateAll((found) =>
      found.map((link) => (link instanceof HTMLAnchorElement ? [link.textContent, link.href, link.target] : [])),
    )
  expect(links).toHaveLength(13)
  for (const [name, href, target] of links) {
    expect(href).toBe(
      `https://us-east-1.console.aws.amazon.com/iam/home?region=us-east-1#/roles/details/${name}?section=trust_relationships`,
    )
    expect(target).toBe('_blank')
  }
})

test('markup in names, paths, tags and trust policies is shown as it is written, and does nothing', async () => {
  const markup = `"'><img src=https://evil.example/x onerror=window.ran=1><script>window.ran=1</script><style>*{display:none}</style>`
  const trust = { Version: '2012-10-17', Statement: [{ Effect: markup, Principal: { AWS: markup }, Action: markup }] }
  account.addRole({
    name: markup,
    path: `/${markup}/`,
    tags: { 'okta-sso': 'true', [markup]: markup },
    document: { ...trust, [markup]: markup },
  })
  account.addRole({ name: 'unparsed', tags: { 'okta-sso': 'true' }, document: markup })
  const { page, requests } = await open({ theme: 'light', width: 900 })
  await page.getByRole('row', { name: 'onerror' }).first().hover()

  expect(await page.locator('td:first-child', { hasText: 'onerror' }).textContent()).toBe(`${markup}/${markup}/`)
  expect(await page.getByText(`/${markup}/`).isVisible()).toBe(true)
  expect(await page.getByRole('row', { name: 'unparsed' }).isVisible()).toBe(true)
  expect(await page.getByRole('cell', { name: 'malformed' }).allTextContents()).toContainEqual(
    expect.stringContaining('<img src=https://evil.example/x onerror='),
  )
  expect(await page.evaluate('window.ran')).toBeUndefined()
  expect(await page.locator('.ort :is(img, script, style ~ style)').count()).toBe(0)
  expect(requests).toEqual([])
})
