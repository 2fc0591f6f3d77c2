import { load } from 'cheerio'
import type { Paint } from '../../cli/session/paint.ts'

/** A row of the hub's table. */
export interface ShownAccount {
  readonly accountId: string
  readonly states: readonly string[]
  /** Stack, version, and whether it only reports. */
  readonly about: string
  readonly lastSweep: string
  readonly remarks: readonly string[]
}

/** What a person reads on the hub's page, the worst account first. */
export function readAccounts(html: string): readonly ShownAccount[] {
  const $ = load(html)
  return $('tbody tr')
    .toArray()
    .map((row) => {
      const [account, states, lastSweep, remarks] = $(row).children('td').toArray()
      const partsOf = (cell: typeof account) =>
        $(cell)
          .children('div')
          .toArray()
          .map((part) => $(part).text().trim())
      const ownTextOf = (cell: typeof account) => $(cell).contents().first().text().trim()
      return {
        accountId: ownTextOf(account),
        states: partsOf(states),
        about: partsOf(account).join(' '),
        lastSweep: ownTextOf(lastSweep),
        remarks: partsOf(remarks),
      }
    })
}

/** The table for a terminal. */
export function formatAccounts(accounts: readonly ShownAccount[], paint: Paint): readonly string[] {
  const cells = accounts.map(({ accountId, states, about, lastSweep }) => [
    accountId,
    states.join(', '),
    lastSweep,
    about,
  ])
  const widths = [0, 1, 2, 3].map((column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)))
  return accounts.flatMap(({ states, remarks }, index) => {
    const [accountId, ...others] = (cells[index] ?? []).map((cell, column) => cell.padEnd(widths[column] ?? 0))
    const row = `  ${paint('bold', accountId ?? '')}  ${others.join('  ')}`
    if (states.includes('Right') && states.length === 1) return [row.trimEnd()]
    return [row.trimEnd(), ...remarks.map((remark) => paint('dim', `                ${remark}`))]
  })
}
