import '../../demo/environment.ts'
import { mkdirSync } from 'node:fs'
import { mock } from 'node:test'
import { fileURLToPath } from 'node:url'
import { createAccount } from '../../fake-aws/account.ts'
import { contextOf } from '../../fake-aws/invocation.ts'
import { addRealisticRoles } from '../../fake-aws/realistic-roles.ts'
import { handler } from '../../handlers/dashboard-widget.ts'
import { startChromium } from './chromium.ts'
import { openDashboard } from './cloudwatch-page.ts'

// The pictures of docs/dashboard.md: the widget as it shows the account of the demo. The same on every run.

const FOLDER = fileURLToPath(new URL('../../docs/images', import.meta.url))

mock.timers.enable({ apis: ['Date'], now: new Date('2026-11-24T09:41:00Z') })
mkdirSync(FOLDER, { recursive: true })
const account = addRealisticRoles(createAccount().attach())
const browser = await startChromium()
try {
  for (const theme of ['light', 'dark'] as const) {
    const widget = await handler({ widgetContext: { theme } }, contextOf())
    const { page } = await openDashboard(browser, widget, { theme, width: 1000, scale: 1.5 })
    await page.locator('.box').screenshot({ path: `${FOLDER}/dashboard-widget-${theme}.png` })
  }
} finally {
  await browser.close()
  account.detach()
}
