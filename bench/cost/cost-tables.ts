import { formatTable } from './format-table.ts'
import { type Measured, monthlyUsage, type Scenario, type Usage } from './monthly-usage.ts'
import { type Item, isItem, PRICES, type Price } from './prices.ts'
import type { StackCounts } from './read-stack.ts'

const PATCHES = 1000

const SCENARIOS: readonly Scenario[] = [
  { roles: 0, patches: 0 },
  { roles: 1000, patches: PATCHES },
]

const ITEMS = Object.keys(PRICES).filter(isItem)

/**
 * How often what is charged for comes up in a month, what that costs, and where the prices are from, in Markdown.
 *
 * @param lean the stack without the account's telemetry
 */
export function costTables(stack: StackCounts, lean: StackCounts, measured: Measured): string {
  const usages = [stack, lean].flatMap((each) => SCENARIOS.map((scenario) => monthlyUsage(each, measured, scenario)))
  const titles = ['idle', '1,000 roles', 'idle, no telemetry', '1,000 roles, no telemetry']
  const prices = ITEMS.map((item) => [PRICES[item].what, ...priceCells(PRICES[item])])
  return [
    usageTable(titles, usages),
    '',
    formatTable([['', 'price', 'page', 'read in'], ...prices]),
    '',
    `Add ${dollarsOf(secondOfWaiting(stack))} for each second that every invocation for the 1,000 roles waits for AWS.`,
  ].join('\n')
}

/** A row for each item that comes up in any of the usages, two columns for each of these, and what each costs in all. */
export function usageTable(titles: readonly string[], usages: readonly Usage[]): string {
  const rows = ITEMS.filter((item) => usages.some((usage) => usage[item] > 0)).map((item) => [
    PRICES[item].what,
    ...usages.flatMap((usage) => [countOf(usage[item]), dollarsOf(costOf(usage, item))]),
  ])
  const total = ['**in all**', ...usages.flatMap((usage) => ['', `**${dollarsOf(sumOf(usage))}**`])]
  return formatTable([['', ...titles.flatMap((title) => [title, '$'])], ...rows, total])
}

/** In dollars. */
export function sumOf(usage: Usage): number {
  return ITEMS.reduce((sum, item) => sum + costOf(usage, item), 0)
}

export function dollarsOf(dollars: number): string {
  if (dollars === 0) return '0'
  return dollars < 0.005
    ? '< 0.01'
    : dollars.toLocaleString('en', { minimumFractionDigits: 2, maximumFractionDigits: 2 })
}

function costOf(usage: Usage, item: Item): number {
  return (usage[item] * PRICES[item].dollars) / PRICES[item].per
}

function secondOfWaiting({ sweepsAMonth, gigabytes }: StackCounts): number {
  return (sweepsAMonth + PATCHES) * gigabytes * PRICES.lambdaGbSecond.dollars
}

function priceCells({ dollars, per, unit, page, read }: Price): readonly string[] {
  const digits = dollars < 0.001 ? 10 : Number.isInteger(Number((dollars * 100).toFixed(6))) && dollars >= 0.1 ? 2 : 3
  return [`$${dollars.toFixed(digits)} for ${per === 1 ? 'a' : per.toLocaleString('en')} ${unit}`, `<${page}>`, read]
}

function countOf(count: number): string {
  if (count === 0) return '0'
  // What is so small costs nothing that anybody would see.
  return count.toLocaleString('en', count < 1 ? { maximumSignificantDigits: 1 } : { maximumFractionDigits: 0 })
}
