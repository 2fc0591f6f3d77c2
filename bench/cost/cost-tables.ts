import { type Measured, monthlyUsage, type Scenario } from './monthly-usage.ts'
import { isItem, PRICES, type Price } from './prices.ts'
import type { StackCounts } from './read-stack.ts'

const PATCHES = 1000

const SCENARIOS: readonly Scenario[] = [
  { roles: 0, patches: 0 },
  { roles: 1000, patches: PATCHES },
]

/**
 * How often what is charged for comes up in a month, what that costs, and where the prices are from, in Markdown.
 *
 * @param lean the stack without the account's telemetry
 */
export function costTables(stack: StackCounts, lean: StackCounts, measured: Measured): string {
  const usages = [stack, lean].flatMap((each) => SCENARIOS.map((scenario) => monthlyUsage(each, measured, scenario)))
  const items = Object.keys(PRICES).filter(isItem)
  const costs = usages.map((usage) => items.map((item) => (usage[item] * PRICES[item].dollars) / PRICES[item].per))
  const rows = items.map((item, index) => [
    PRICES[item].what,
    ...usages.flatMap((usage, scenario) => [countOf(usage[item]), dollarsOf(costs[scenario]?.[index] ?? 0)]),
  ])
  const sums = costs.map((cost) => cost.reduce((sum, dollars) => sum + dollars, 0))
  const total = ['**in all**', ...sums.flatMap((sum) => ['', `**${dollarsOf(sum)}**`])]
  const head = ['', 'idle', '$', '1,000 roles', '$', 'idle, no telemetry', '$', '1,000 roles, no telemetry', '$']
  const prices = items.map((item) => [PRICES[item].what, ...priceCells(PRICES[item])])
  return [
    table([head, ...rows, total]),
    '',
    table([['', 'price', 'page', 'read in'], ...prices]),
    '',
    `Add ${dollarsOf(secondOfWaiting(stack))} for each second that every invocation for the 1,000 roles waits for AWS.`,
  ].join('\n')
}

function secondOfWaiting({ sweepsAMonth, gigabytes }: StackCounts): number {
  return (sweepsAMonth + PATCHES) * gigabytes * PRICES.lambdaGbSecond.dollars
}

function priceCells({ dollars, per, unit, page, read }: Price): readonly string[] {
  const amount = dollars < 0.001 ? dollars.toFixed(10) : dollars.toFixed(dollars < 0.1 ? 3 : 2)
  return [`$${amount} for ${per === 1 ? 'a' : per.toLocaleString('en')} ${unit}`, `<${page}>`, read]
}

function countOf(count: number): string {
  if (count === 0) return '0'
  // What is so small costs nothing that anybody would see.
  return count.toLocaleString('en', count < 1 ? { maximumSignificantDigits: 1 } : { maximumFractionDigits: 0 })
}

function dollarsOf(dollars: number): string {
  if (dollars === 0) return '0'
  return dollars < 0.005 ? '< 0.01' : dollars.toFixed(2)
}

/** As Markdown, each column as wide as its widest cell. */
function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]?.map((_, column) => Math.max(3, ...rows.map((row) => row[column]?.length ?? 0))) ?? []
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`
  const [head = [], ...body] = rows
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...body.map(line)].join('\n')
}
