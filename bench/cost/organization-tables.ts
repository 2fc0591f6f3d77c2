import { dollarsOf, sumOf, usageTable } from './cost-tables.ts'
import { formatTable } from './format-table.ts'
import { type HubCounts, hubUsage } from './hub-usage.ts'
import { type Measured, monthlyUsage, type Scenario, type Usage } from './monthly-usage.ts'
import type { StackCounts } from './read-stack.ts'

/** As accounts of an organization are, on average. */
const ORDINARY: Scenario = { roles: 100, patches: 100 }
const SIZES = [150, 5000]

/**
 * What an account of an organization and its hub cost in a month, in Markdown.
 *
 * @param member the stack without the account's telemetry, and with a hub
 */
export function organizationTables(member: StackCounts, hub: HubCounts, measured: Measured): string {
  const ordinary = memberUsage(member, measured, ORDINARY)
  const members = [memberUsage(member, measured, { roles: 0, patches: 0 }), ordinary]
  const hubs = SIZES.map((accounts) =>
    hubUsage(hub, measured, { accounts, sweeps: member.sweepsAMonth, patches: ORDINARY.patches }),
  )
  const rows = hubs.map((usage, index) => {
    const accounts = SIZES[index] ?? 0
    const share = sumOf(usage) / accounts
    const each = sumOf(ordinary) + share
    return [accounts.toLocaleString('en'), ...[sumOf(ordinary), share, each, each * accounts].map(dollarsOf)]
  })
  const names = SIZES.map((accounts) => `hub of ${accounts.toLocaleString('en')} accounts`)
  return [
    formatTable([['accounts', 'account, $', "its share of the hub's, $", 'in all, $', 'the organization, $'], ...rows]),
    '',
    usageTable(['account, idle', 'account, 100 roles', ...names], [...members, ...hubs]),
  ].join('\n')
}

/** The zips lie in one bucket for all. */
export function memberUsage(member: StackCounts, measured: Measured, scenario: Scenario): Usage {
  return { ...monthlyUsage(member, measured, scenario), s3Stored: 0 }
}
