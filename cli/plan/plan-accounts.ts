import { version } from '../../package.json'
import { ConfigurationError } from '../../src/errors.ts'
import { countsOf, type VersionedReport } from '../../src/sweep/report.ts'
import type { Looked } from '../accounts/account.ts'
import type { AccountsRequest } from '../accounts/accounts-options.ts'
import { type AccountRow, formatAccounts } from '../accounts/format-accounts.ts'
import { jsonAnswer } from '../accounts/json-answer.ts'
import { lookAcross } from '../accounts/look-across.ts'
import { formatTotals } from '../format-role.ts'
import { countOf } from '../session/count-of.ts'
import type { Session } from '../session/session.ts'
import { ExclusionTotals } from './exclusion-matches.ts'
import { countUnknown, makePlan, printExclusions } from './make-plan.ts'

/** The worst first. */
const ORDER = ['unreached', 'failed', 'blocked', 'planned', 'unchanged']

/**
 * What would change in several accounts, a line each or as JSON.
 *
 * @returns the exit code
 */
export async function planAccounts(
  session: Session,
  request: AccountsRequest,
  { pathPrefix, json }: { readonly pathPrefix: string | undefined; readonly json: true | undefined },
): Promise<number> {
  const answer = json && jsonAnswer(session.terminal.stdout, 'accounts')
  const rows: AccountRow[] = []
  const exclusions = new ExclusionTotals()
  const totals = { accounts: 0, reached: 0, scanned: 0, inScope: 0, counts: { ...countsOf([]) } }
  let unknown = 0
  await lookAcross(session, request, {
    look: async (member): Promise<VersionedReport> => {
      await refuseWithoutStack(member)
      const plan = await makePlan(member, { roles: undefined, pathPrefix })
      exclusions.add(plan.exclusions)
      return { version, ...plan.report }
    },
    onLooked: async (looked) => {
      totals.accounts += 1
      if ('report' in looked) {
        const { report } = looked
        totals.reached += 1
        totals.scanned += report.scanned
        totals.inScope += report.inScope
        for (const kind of kindsOf(totals.counts)) totals.counts[kind] += report.counts[kind]
        unknown += countUnknown(report)
      }
      if (answer === undefined) rows.push(rowOf(looked))
      else await answer.add(looked)
    },
  })
  printExclusions(session, exclusions.messages())
  const { accounts, reached, counts } = totals
  if (answer === undefined) {
    const isSettled = reached === accounts && unknown === 0 && counts.planned === 0
    session.out.printAll([
      ...formatAccounts(rows, ORDER, session.out.paint),
      `  ${countOf(accounts, 'account')}, ${reached} reached;${formatTotals(totals).slice(1)}${isSettled ? '; nothing is due' : ''}`,
    ])
  } else {
    await answer.end({ totals })
  }
  if (reached < accounts || unknown > 0) return 1
  return counts.planned > 0 ? 2 : 0
}

/** The defaults may be those of nobody there: a look with them would promise what no stack does. */
async function refuseWithoutStack(session: Session): Promise<void> {
  if (!(await session.settings()).isFallback) return
  const { region } = await session.caller()
  throw new ConfigurationError(
    `no stack ${session.stackName} is deployed in ${region}: deploy it there, give its --stage, or --no-stack to plan without it; --except leaves the account out`,
  )
}

function rowOf(looked: Looked<VersionedReport>): AccountRow {
  const { accountId, name } = looked
  if ('error' in looked) return { accountId, name, kind: 'unreached', weight: 0, text: looked.error }
  const { counts } = looked.report
  const unknown = countUnknown(looked.report)
  const kind = unknown > 0 ? 'failed' : counts.blocked > 0 ? 'blocked' : counts.planned > 0 ? 'planned' : 'unchanged'
  return { accountId, name, kind, weight: counts[kind], text: formatTotals(looked.report).trim() }
}

function kindsOf(counts: VersionedReport['counts']) {
  return Object.keys(counts).filter((kind): kind is keyof typeof counts => Object.hasOwn(counts, kind))
}
