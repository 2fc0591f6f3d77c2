import { setMaxListeners } from 'node:events'
import pMap from 'p-map'
import { ConfigurationError } from '../../src/errors.ts'
import { errorMessageOf } from '../error-message.ts'
import { startProgress } from '../session/progress.ts'
import type { Session } from '../session/session.ts'
import type { Account, Looked } from './account.ts'
import type { AccountsRequest } from './accounts-options.ts'
import { chooseAccounts } from './choose-accounts.ts'
import { accountOpener, NoCredentialsError } from './open-accounts.ts'

/** The longest look at one account, in milliseconds: the largest take some pages of roles, and each a few seconds. */
const ACCOUNT_TIME = 3 * 60_000

/** How a command looks at one account. */
export interface Look<Report> {
  /** @throws what keeps the account from being looked at */
  readonly look: (session: Session) => Promise<Report>
  /** Called with each account as soon as it is looked at; the next one waits for it. */
  readonly onLooked: (looked: Looked<Report>) => Promise<void>
}

/**
 * Looks at several accounts, some of them at once: at the caller's own by the credentials that it has, at each other by a
 * role of that account. One that cannot be reached, or does not answer in time, never stops the others. Ctrl-C ends what is
 * under way; what was not looked at by then is told as such.
 *
 * @throws what keeps the accounts from being listed
 */
export async function lookAcross<Report>(
  session: Session,
  request: AccountsRequest,
  { look, onLooked }: Look<Report>,
): Promise<void> {
  const accounts = await chooseAccounts(session, request)
  const openIn = accountOpener(session, await session.caller(), request)
  const underWay = new Set<AbortController>()
  let stopped: Error | undefined
  const stop = (reason: Error) => {
    stopped ??= reason
    for (const controller of underWay) controller.abort(stopped)
  }
  const takeBack = session.terminal.onInterrupt(() => stop(new ConfigurationError(INTERRUPTED)))
  const progress = startProgress(session.terminal, 'looking at accounts', accounts.length)
  const warn = ({ accountId }: Account, warning: string) =>
    progress.aside(() => session.err.print(session.err.paint('yellow', `Warning: account ${accountId}: ${warning}`)))

  const lookAt = async (account: Account): Promise<Looked<Report>> => {
    const controller = new AbortController()
    // Each call that is under way in the account listens, and Node would take some thirty for a leak.
    setMaxListeners(0, controller.signal)
    if (stopped !== undefined) controller.abort(stopped)
    underWay.add(controller)
    const timer = setTimeout(() => controller.abort(new ConfigurationError(TOO_LONG)), ACCOUNT_TIME)
    try {
      const { signal } = controller
      const report = await untilAborted(signal, async () =>
        look(await openIn(account, signal, (warning) => warn(account, warning))),
      )
      return { ...account, report }
    } catch (error) {
      if (error instanceof NoCredentialsError) stop(error)
      return { ...account, error: errorMessageOf(error, session.scope) }
    } finally {
      clearTimeout(timer)
      underWay.delete(controller)
    }
  }
  try {
    await pMap(
      accounts,
      async (account) => {
        const looked = await lookAt(account)
        progress.advance()
        await onLooked(looked)
      },
      { concurrency: request.concurrency },
    )
  } finally {
    takeBack()
    progress.end()
  }
}

const INTERRUPTED = 'it was not looked at, since the command was interrupted: run it again'
const TOO_LONG = `it did not answer within ${ACCOUNT_TIME / 60_000} minutes: run the command again, or leave it out with --except`

/** What some work returns, or throws the signal's reason as soon as that is aborted, whatever the work does then. */
async function untilAborted<Value>(signal: AbortSignal, work: () => Promise<Value>): Promise<Value> {
  signal.throwIfAborted()
  let onAbort = () => {}
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason)
  })
  signal.addEventListener('abort', onAbort)
  try {
    return await Promise.race([work(), aborted])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}
