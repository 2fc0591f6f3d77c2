import { cached } from '../src/cached.ts'
import { readWidgetRequest } from '../src/dashboard-widget/request.ts'
import { formatError } from '../src/errors.ts'
import { accountStackOf } from '../src/hub/account-state.ts'
import { DOCUMENTATION } from '../src/hub/documentation.ts'
import { renderAccounts, renderUnreadable } from '../src/hub/render-accounts.ts'
import { wireHub } from './hub-wiring.ts'

const { table, logger } = wireHub(process.env)

/** A dashboard may refresh every 10 seconds, for several people. In milliseconds. */
const LOOK_AGE = 30_000

const keptEntries = cached(() => table.readAll(), Date.now)

/**
 * For a custom widget of CloudWatch's dashboards: reads the hub's table, and returns the page as HTML, or the widget's
 * documentation as Markdown. A fault becomes a page too.
 */
export const handler = async (event: unknown): Promise<string> => {
  const { describe, theme } = readWidgetRequest(event)
  if (describe) return DOCUMENTATION
  try {
    const now = Date.now()
    const stacks = (await keptEntries(LOOK_AGE)).map((entry) => accountStackOf(entry, now))
    return renderAccounts(stacks, now, theme).toString()
  } catch (error) {
    logger.error('the dashboard shows no accounts, because they could not be read', { error })
    return renderUnreadable(formatError(error), theme).toString()
  }
}
