import { type Html, html } from '../dashboard-widget/html.ts'
import { accountLabel } from './account-label.ts'
import type { AccountStack } from './account-state.ts'
import { SILENT_AFTER } from './silence.ts'
import type { Sweep } from './sweep.ts'

/** Of an account. */
const MOST_ROLES = 3

const HOUR = 60 * 60_000

/**
 * What the table says of one stack of one account.
 *
 * @param now in milliseconds since the epoch
 */
export function renderRow({ entry, time, sweep, states }: AccountStack, now: number): Html {
  const about = [entry.stack, sweep?.productVersion, sweep?.mode === 'report' ? 'report mode' : undefined]
  return html`<tr><td>${entry.account}<div class="ort-path">${about.filter((part) => part !== undefined).join(' · ')}</div></td><td>${states.map((state) => html`<div>${accountLabel(state)}</div>`)}</td><td>${ageText(now - time)}<div class="ort-path">${timeText(time)}</div></td><td>${renderRemarks(sweep, now - time)}</td></tr>
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

function ageText(age: number): string {
  const hours = Math.max(0, age) / HOUR
  if (hours < 1) return '< 1 h ago'
  return hours < 48 ? `${Math.floor(hours)} h ago` : `${Math.floor(hours / 24)} days ago`
}

/** @param time in milliseconds since the epoch */
export function timeText(time: number): string {
  return `${new Date(time).toISOString().slice(0, 16).replace('T', ' ')} UTC`
}
