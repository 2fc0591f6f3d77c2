import { framed, type Theme } from '../dashboard-widget/frame.ts'
import { type Html, html } from '../dashboard-widget/html.ts'
import { accountLabel } from './account-label.ts'
import { renderRow, timeText } from './account-row.ts'
import { ACCOUNT_STATES, type AccountStack, type AccountState } from './account-state.ts'
import { accountsIn } from './count-accounts.ts'
import type { Sweep } from './sweep.ts'

/** More than anybody reads. */
const MOST_ROWS = 200
/** Of versions, and of modes. */
const MOST_VALUES = 5

/**
 * The table of the accounts, with what asks for attention first. Where there are many, a line says how many are left out;
 * the totals are always of all.
 *
 * @param now in milliseconds since the epoch
 */
export function renderAccounts(stacks: readonly AccountStack[], now: number, theme: Theme): Html {
  const sorted = stacks.toSorted(compareStacks)
  const rows = sorted.slice(0, MOST_ROWS).map((stack) => renderRow(stack, now))
  const none = html`<tr><td colspan="4">No account has told of a sweep yet.</td></tr>`
  return framed(
    theme,
    html`<div class="ort-totals">${renderTotals(stacks)}</div>
<dl class="ort-facts">${renderFacts(stacks, now)}</dl>
<table>
<thead><tr><th scope="col">Account</th><th scope="col">State</th><th scope="col">Last sweep</th><th scope="col">What asks for attention</th></tr></thead>
<tbody>
${rows.length === 0 ? none : rows}</tbody>
</table>
${leftOut(sorted.slice(MOST_ROWS))}`,
  )
}

/** What a person reads instead of the table where it could not be read. */
export function renderUnreadable(reason: string, theme: Theme): Html {
  return framed(
    theme,
    html`<div class="ort-alert"><strong>The accounts could not be read. If this persists, read the log of hub-widget.</strong><div>${reason}</div></div>`,
  )
}

const worstOf = ({ states }: AccountStack): AccountState => states[0] ?? 'Right'
const rankOf = (stack: AccountStack) => ACCOUNT_STATES.indexOf(worstOf(stack))

/** The worst first, then who has the most of it. */
function compareStacks(one: AccountStack, other: AccountStack): number {
  return (
    rankOf(one) - rankOf(other) ||
    other.states.length - one.states.length ||
    badRoles(other.sweep) - badRoles(one.sweep) ||
    (keyOf(one) < keyOf(other) ? -1 : 1)
  )
}

const keyOf = ({ entry }: AccountStack) => `${entry.account} ${entry.stack}`

function badRoles(sweep: Sweep | undefined): number {
  return sweep?.kind === 'finished' ? sweep.counts.failed + sweep.counts.blocked + sweep.heldBack : 0
}

function renderTotals(stacks: readonly AccountStack[]): readonly Html[] {
  return ACCOUNT_STATES.map((state) => ({
    state,
    count: accountsIn(stacks.filter((stack) => worstOf(stack) === state)).length,
  }))
    .filter(({ state, count }) => count > 0 || state === 'Right')
    .map(({ state, count }) => html`<div><div class="ort-number">${count}</div>${accountLabel(state)}</div>`)
}

function renderFacts(stacks: readonly AccountStack[], now: number): readonly Html[] {
  const of = (read: (sweep: Sweep) => string) => commonest(stacks.flatMap(({ sweep }) => (sweep ? [read(sweep)] : [])))
  const finished = stacks.flatMap(({ sweep }) => (sweep?.kind === 'finished' ? [sweep] : []))
  const inScope = finished.reduce((sum, sweep) => sum + sweep.inScope, 0)
  const scanned = finished.reduce((sum, sweep) => sum + sweep.scanned, 0)
  const facts: readonly (readonly [string, readonly string[]])[] = [
    ['Accounts', [`${accountsIn(stacks).length}`]],
    ['In scope', [`${inScope} of ${scanned} roles`]],
    ['Mode', of(({ mode }) => mode)],
    ['Version', of(({ productVersion }) => productVersion)],
    ['As of', [timeText(now)]],
  ]
  return facts.map(
    ([name, values]) => html`<div><dt>${name}</dt>${values.map((value) => html`<dd>${value}</dd>`)}</div>`,
  )
}

/** Each value with its number where there are several, the commonest first. */
function commonest(values: readonly string[]): readonly string[] {
  const counts = new Map<string, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  if (counts.size <= 1) return [...counts.keys()]
  const sorted = [...counts].toSorted(([, one], [, other]) => other - one)
  const more = sorted.length - MOST_VALUES
  return [
    ...sorted.slice(0, MOST_VALUES).map(([value, count]) => `${value}: ${count}`),
    ...(more > 0 ? [`and ${more} more`] : []),
  ]
}

function leftOut(stacks: readonly AccountStack[]): Html {
  if (stacks.length === 0) return html``
  const [next] = stacks
  const worst =
    next === undefined || worstOf(next) === 'Right'
      ? 'All of them are right.'
      : `The worst of them: ${worstOf(next).toLowerCase()}.`
  return html`<p>${stacks.length} more are not shown. ${worst} The log group of the hub has what each account told.</p>`
}
