import { framed, type Theme } from '../dashboard-widget/frame.ts'
import { type Html, html } from '../dashboard-widget/html.ts'
import { type Look, lookOf, stateLabel } from '../dashboard-widget/state.ts'
import { ACCOUNT_STATES, type AccountStack, type AccountState } from './account-state.ts'
import { SILENT_AFTER } from './silence.ts'
import type { Sweep } from './sweep.ts'

/** More than anybody reads. */
const MOST_ROWS = 200
/** Of an account. */
const MOST_ROLES = 3
/** Of versions, and of modes. */
const MOST_VALUES = 5

const HOUR = 60 * 60_000

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
    count: new Set(stacks.filter((stack) => worstOf(stack) === state).map(({ entry }) => entry.account)).size,
  }))
    .filter(({ state, count }) => count > 0 || state === 'Right')
    .map(({ state, count }) => html`<div><div class="ort-number">${count}</div>${label(state)}</div>`)
}

function renderFacts(stacks: readonly AccountStack[], now: number): readonly Html[] {
  const of = (read: (sweep: Sweep) => string) => commonest(stacks.flatMap(({ sweep }) => (sweep ? [read(sweep)] : [])))
  const finished = stacks.flatMap(({ sweep }) => (sweep?.kind === 'finished' ? [sweep] : []))
  const inScope = finished.reduce((sum, sweep) => sum + sweep.inScope, 0)
  const scanned = finished.reduce((sum, sweep) => sum + sweep.scanned, 0)
  const facts: readonly (readonly [string, readonly string[]])[] = [
    ['Accounts', [`${new Set(stacks.map(({ entry }) => entry.account)).size}`]],
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

function renderRow({ entry, time, sweep, states }: AccountStack, now: number): Html {
  const about = [entry.stack, sweep?.productVersion, sweep?.mode === 'report' ? 'report mode' : undefined]
  return html`<tr><td>${entry.account}<div class="ort-path">${about.filter((part) => part !== undefined).join(' · ')}</div></td><td>${states.map((state) => html`<div>${label(state)}</div>`)}</td><td>${ageText(now - time)}<div class="ort-path">${timeText(time)}</div></td><td>${renderRemarks(sweep, now - time)}</td></tr>
`
}

function renderRemarks(sweep: Sweep | undefined, age: number): readonly Html[] {
  const silent = age > SILENT_AFTER ? [html`<div>Nothing has been heard since; below is what was told last.</div>`] : []
  if (sweep === undefined)
    return [...silent, html`<div>What it told last cannot be read: it is of another version of the hub.</div>`]
  if (sweep.kind === 'failed') {
    return [...silent, html`<div><span class="ort-code">sweep failed</span> ${sweep.detail}</div>`]
  }
  return [...silent, renderCounts(sweep), ...renderRoles(sweep)]
}

type Finished = Extract<Sweep, { kind: 'finished' }>

function renderCounts({ inScope, counts, heldBack, due, orphaned, deadLetters }: Finished): Html {
  const numbers: readonly (readonly [number, string])[] = [
    [counts.failed, 'failed'],
    [counts.blocked, 'blocked'],
    [heldBack, 'held back over the cap'],
    [due - heldBack, 'due'],
    [counts.deferred, 'deferred'],
    [orphaned, 'orphaned'],
  ]
  const parts = numbers.filter(([number]) => number > 0).map(([number, what]) => `${number} ${what}`)
  const roles = parts.length === 0 ? `${inScope} in scope` : `${inScope} in scope: ${parts.join(', ')}`
  return html`<div>${roles}${(deadLetters ?? 0) > 0 ? `; ${deadLetters} in the dead-letter queue` : ''}</div>`
}

function renderRoles({ roles, counts, due, orphaned }: Finished): readonly Html[] {
  const shown = roles
    .slice(0, MOST_ROLES)
    .map(
      ({ roleName, outcome, reason, detail }) =>
        html`<div><span class="ort-code">${roleName}</span> ${[outcome, reason].filter((part) => part !== undefined).join(', ')}${detail === undefined ? '' : `: ${detail}`}</div>`,
    )
  const more = counts.failed + counts.blocked + counts.deferred + due + orphaned - shown.length
  return more > 0 && shown.length > 0 ? [...shown, html`<div class="ort-quiet">and ${more} more</div>`] : shown
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

function ageText(age: number): string {
  const hours = Math.max(0, age) / HOUR
  if (hours < 1) return '< 1 h ago'
  return hours < 48 ? `${Math.floor(hours)} h ago` : `${Math.floor(hours / 24)} days ago`
}

function timeText(time: number): string {
  return `${new Date(time).toISOString().slice(0, 16).replace('T', ' ')} UTC`
}

/** Signs mean the same here as in the table of roles. */
const LOOKS: Readonly<Record<AccountState, Look>> = {
  Silent: { tone: 'error', sign: html`<path d="M2.5 6.5v3h2.5l3.5 3v-9L5 6.5zm8.5 0 3 3m0-3-3 3" />` },
  Failed: lookOf('Failed'),
  Blocked: lookOf('Blocked'),
  'Over cap': { tone: 'warning', sign: html`<path d="M3 2.5h10M8 13.5v-8m-3.5 3L8 5l3.5 3.5" />` },
  'Dead letters': { tone: 'warning', sign: html`<path d="M2 4h12v8.5H2zm0 0 6 5 6-5" />` },
  Due: lookOf('Due'),
  Orphaned: lookOf('Orphaned'),
  Right: lookOf('Trusts Okta'),
}

const label = (state: AccountState): Html => stateLabel(state, LOOKS[state])
