import type { Looked } from '../accounts/account.ts'
import type { AccountsRequest } from '../accounts/accounts-options.ts'
import { type AccountRow, formatAccounts } from '../accounts/format-accounts.ts'
import { jsonAnswer } from '../accounts/json-answer.ts'
import { lookAcross } from '../accounts/look-across.ts'
import { countOf } from '../session/count-of.ts'
import type { Paint } from '../session/paint.ts'
import type { Session } from '../session/session.ts'
import { type Diagnosis, diagnose } from './diagnose.ts'
import { countFindings, formatFindings, totalsOf } from './format-findings.ts'

/** The worst first. */
const ORDER = ['unreached', 'failure', 'warning', 'ok']

/**
 * The checks in several accounts: a line each with what is not well below it, or as JSON.
 *
 * @returns the exit code
 */
export async function doctorAccounts(
  session: Session,
  request: AccountsRequest,
  { stack, json }: { readonly stack: boolean; readonly json: true | undefined },
): Promise<number> {
  const answer = json && jsonAnswer(session.terminal.stdout, 'accounts')
  const rows: AccountRow[] = []
  const totals = { accounts: 0, reached: 0, counts: countFindings([]) }
  await lookAcross(session, request, {
    look: (member) => diagnose(member, stack),
    onLooked: async (looked) => {
      totals.accounts += 1
      if ('report' in looked) {
        totals.reached += 1
        const { ok, warning, failure } = countFindings(looked.report.checks)
        totals.counts.ok += ok
        totals.counts.warning += warning
        totals.counts.failure += failure
      }
      if (answer === undefined) rows.push(rowOf(looked, session.out.paint))
      else await answer.add(looked)
    },
  })
  const { accounts, reached, counts } = totals
  if (answer === undefined) {
    session.out.printAll([
      ...formatAccounts(rows, ORDER, session.out.paint),
      `  ${countOf(accounts, 'account')}, ${reached} reached; ${totalsOf(counts)}`,
    ])
  } else {
    await answer.end({ totals })
  }
  return reached < accounts || counts.failure > 0 ? 1 : 0
}

function rowOf(looked: Looked<Diagnosis>, paint: Paint): AccountRow {
  const { accountId, name } = looked
  if ('error' in looked) return { accountId, name, kind: 'unreached', weight: 0, text: looked.error }
  const { checks } = looked.report
  const counts = countFindings(checks)
  const kind = counts.failure > 0 ? 'failure' : counts.warning > 0 ? 'warning' : 'ok'
  const ill = checks.filter(({ level }) => level !== 'ok')
  const more = formatFindings(ill, paint).map((line) => `  ${line}`)
  return { accountId, name, kind, weight: counts[kind], text: totalsOf(counts), more }
}
