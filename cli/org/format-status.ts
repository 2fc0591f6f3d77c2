import type { StackInstance } from '../../src/aws/stack-sets.ts'
import type { Account } from '../accounts/account.ts'
import { formatAccounts } from '../accounts/format-accounts.ts'
import type { Paint } from '../session/paint.ts'
import type { AccountStatus } from './account-status.ts'
import { countAccounts } from './count-accounts.ts'
import { isInOrder, stateOf } from './format-instances.ts'

/** An account with what CloudFormation says of its stack, and what was found there, or why nothing was. */
export interface StatusLine extends Account {
  readonly instance: StackInstance | undefined
  readonly report?: AccountStatus
  readonly error?: string
}

/** Worst first. */
const ORDER = ['failed', 'unreached', 'differs', 'silent', 'suspended', 'ok']

/** What is wrong with an account, in a word; `ok` where nothing is. */
function kindOf({ instance, report, error }: StatusLine, version: string | undefined): string {
  if (instance === undefined || !isInOrder(instance)) return 'failed'
  if (stateOf(instance) === 'suspended') return 'suspended'
  if (report === undefined || error !== undefined) return 'unreached'
  const isOther = version !== undefined && report.version !== version
  if (isOther || report.differs.length > 0 || (report.otherCode ?? []).length > 0) return 'differs'
  return report.lastSweep === null ? 'silent' : 'ok'
}

export function isFine(line: StatusLine, version: string | undefined): boolean {
  return ['ok', 'suspended'].includes(kindOf(line, version))
}

export function formatStatus(
  lines: readonly StatusLine[],
  version: string | undefined,
  paint: Paint,
): readonly string[] {
  const rows = lines.map((line) => ({
    accountId: line.accountId,
    name: line.name,
    kind: kindOf(line, version),
    weight: 0,
    text: textOf(line),
  }))
  return [
    ...formatAccounts(rows, ORDER, paint),
    `  ${countAccounts(
      rows.map(({ kind }) => kind),
      ORDER,
    )}`,
  ]
}

export function statusTotals(lines: readonly StatusLine[]) {
  return {
    accounts: lines.length,
    current: lines.filter(({ instance }) => instance !== undefined && stateOf(instance) === 'current').length,
    reached: lines.filter(({ report }) => report !== undefined).length,
    enforcing: lines.filter(({ report }) => report?.mode === 'enforce').length,
  }
}

function textOf({ instance, report, error }: StatusLine): string {
  const stack =
    instance === undefined
      ? 'no stack: it was never deployed here, or the account just joined'
      : `stack ${stateOf(instance)}${instance.reason === '' || isInOrder(instance) ? '' : ` (${instance.reason})`}`
  if (report === undefined) {
    // Nobody looks at one that is closed, or that Organizations does not list below the units.
    if (error !== undefined) return `${stack}; ${error}`
    return instance !== undefined && stateOf(instance) === 'suspended'
      ? stack
      : `${stack}; not looked at: it is closed, in none of the units, or they cannot be listed`
  }
  const { version = 'of no known version', mode, differs, otherCode = [] } = report
  const others = otherCode.length === 0 ? [] : [`other code than the release: ${otherCode.join(', ')}`]
  return [stack, `${version}, ${mode}`, ...differs, ...others, sweepText(report)].join('; ')
}

function sweepText({ lastSweep }: AccountStatus): string {
  if (lastSweep === undefined) return 'last sweep unknown: the log may not be read (logs:FilterLogEvents)'
  if (lastSweep === null) return 'no sweep has finished for 26 hours (docs/operating.md, "No sweep has finished")'
  const { finishedAt, inScope, counts } = lastSweep
  const kinds = Object.entries(counts).filter(([kind, count]) => count > 0 && kind !== 'unchanged')
  const shown = kinds.map(([kind, count]) => `${count} ${kind}`)
  return `swept ${finishedAt.slice(0, 16).replace('T', ' ')} UTC: ${[`${inScope} in scope`, ...shown].join(', ')}`
}
