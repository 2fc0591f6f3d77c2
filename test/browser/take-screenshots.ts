import '../../demo/environment.ts'
import { mkdirSync } from 'node:fs'
import { mock } from 'node:test'
import { fileURLToPath } from 'node:url'
import { createAccount } from '../../fake-aws/account.ts'
import { realisticHeartbeats } from '../../fake-aws/heartbeats.ts'
import { createHubTable } from '../../fake-aws/hub-table.ts'
import { batchOf, contextOf } from '../../fake-aws/invocation.ts'
import { addRealisticRoles } from '../../fake-aws/realistic-roles.ts'
import { handler } from '../../handlers/dashboard-widget.ts'
import { handler as recorder } from '../../handlers/hub-recorder.ts'
import { handler as hubWidget } from '../../handlers/hub-widget.ts'
import { startChromium } from './chromium.ts'
import { openDashboard } from './cloudwatch-page.ts'

// The pictures of docs/dashboard.md and docs/organization.md: the widget as it shows the account of the demo, and that of
// the hub with an organization in which something of everything is the matter. The same on every run.

const FOLDER = fileURLToPath(new URL('../../docs/images', import.meta.url))

const NOW = new Date('2026-11-24T09:41:00Z')
mock.timers.enable({ apis: ['Date'], now: NOW })
mkdirSync(FOLDER, { recursive: true })
const account = addRealisticRoles(createAccount().attach())
const hub = createHubTable().attach()
await recorder(batchOf(...realisticHeartbeats(NOW, 5)))
const browser = await startChromium()
try {
  for (const theme of ['light', 'dark'] as const) {
    const widget = await handler({ widgetContext: { theme } }, contextOf())
    const { page } = await openDashboard(browser, widget, { theme, width: 1000, scale: 1.5 })
    await page.locator('.box').screenshot({ path: `${FOLDER}/dashboard-widget-${theme}.png` })
    const title = 'Accounts whose roles should trust Okta'
    const accounts = await hubWidget({ widgetContext: { theme } })
    const { page: hubPage } = await openDashboard(browser, accounts, { theme, width: 1000, scale: 1.5, title })
    await hubPage.locator('.box').screenshot({ path: `${FOLDER}/hub-widget-${theme}.png` })
  }
} finally {
  await browser.close()
  account.detach()
  hub.detach()
}
