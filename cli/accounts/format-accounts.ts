import type { Colour, Paint } from '../session/paint.ts'
import { safeText } from '../session/safe-text.ts'
import type { Account } from './account.ts'

/** An account in the table. */
export interface AccountRow extends Account {
  /** One of the kinds of the table. */
  readonly kind: string
  /** How many there are of that kind: the more, the worse. */
  readonly weight: number
  /** The rest of the line. */
  readonly text: string
  /** Lines below it. */
  readonly more?: readonly string[]
}

const COLOURS: Readonly<Record<string, Colour>> = {
  unreached: 'red',
  failed: 'red',
  failure: 'red',
  differs: 'red',
  blocked: 'yellow',
  warning: 'yellow',
  silent: 'yellow',
  planned: 'cyan',
  ok: 'green',
}

/** Longer names are not lined up. */
const WIDEST_NAME = 32

/**
 * One line an account, the worst first.
 *
 * @param order of the kinds, the worst one first
 */
export function formatAccounts(rows: readonly AccountRow[], order: readonly string[], paint: Paint): readonly string[] {
  const widest = rows.reduce((width, { name }) => Math.max(width, safeText(name).length), 0)
  const width = Math.min(WIDEST_NAME, widest)
  return rows
    .toSorted(
      (one, other) =>
        order.indexOf(one.kind) - order.indexOf(other.kind) ||
        other.weight - one.weight ||
        (one.accountId < other.accountId ? -1 : 1),
    )
    .flatMap(({ kind, accountId, name, text, more = [] }) => [
      `  ${paint(COLOURS[kind] ?? 'dim', kind.padEnd(10))} ${paint('bold', accountId)}  ${safeText(name).padEnd(width)}  ${text}`.trimEnd(),
      ...more,
    ])
}
