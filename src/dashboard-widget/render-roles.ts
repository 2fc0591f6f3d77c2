import type { AwsAccount } from '../aws-account.ts'
import type { Config } from '../config/read-config.ts'
import { ANSWER_BYTES } from '../sweep/report.ts'
import type { Survey } from '../sweep/survey-roles.ts'
import type { WantedAccess } from '../trust-policy/wanted-access.ts'
import { framed, type Theme } from './frame.ts'
import { type Html, html } from './html.ts'
import { roleConsoleUrl } from './role-console-url.ts'
import { type RoleRow, renderRow, rowsOf } from './role-row.ts'
import { lookOf, STATES, stateLabel } from './state.ts'

/** What the account's roles were at one time, and what was wanted of them. */
export interface Snapshot {
  readonly survey: Survey
  readonly wanted: WantedAccess
  /** What else there is to know about the wanted access, as sentences. */
  readonly warnings: readonly string[]
  readonly time: Date
}

/** The account that was looked at, and by which parameters. */
export interface Surroundings extends Pick<Config, 'tag' | 'maxChanges' | 'mode'> {
  readonly awsAccount: AwsAccount | undefined
  readonly theme: Theme
}

/**
 * The table of all roles in scope, with what asks for attention first. Where not all fit, those that ask for the least
 * are left out, and a line says how many; the totals are always of all.
 *
 * @param maxBytes what the rows may take as JSON: CloudWatch documents no smaller limit than Lambda's
 */
export function renderRoles(
  snapshot: Snapshot,
  { tag, maxChanges, mode, awsAccount, theme }: Surroundings,
  maxBytes = ANSWER_BYTES,
): Html {
  const rows = rowsOf(snapshot.survey)
  const shown = renderFirst(rows, awsAccount, maxBytes)
  const none = html`<tr><td colspan="3">No role has the tag ${tag.key}=${tag.value}.</td></tr>`
  const warnings = [
    ...snapshot.warnings,
    ...(mode === 'report' ? [ONLY_REPORTS] : overCap(snapshot.survey.due.length, maxChanges)),
  ]
  return framed(
    theme,
    html`<div class="ort-totals">${renderTotals(rows)}</div>
<dl class="ort-facts">${renderFacts(snapshot, tag, mode)}</dl>
${warnings.map((warning) => html`<p class="ort-alert">${warning}</p>`)}
<table>
<thead><tr><th scope="col">Role</th><th scope="col">State</th><th scope="col">Reason and notes</th></tr></thead>
<tbody>
${rows.length === 0 ? none : shown}</tbody>
</table>
${leftOut(rows.length - shown.length)}`,
  )
}

function renderTotals(rows: readonly RoleRow[]): readonly Html[] {
  return STATES.map((state) => ({ state, count: rows.filter((row) => row.state === state).length }))
    .filter(({ state, count }) => count > 0 || state === 'Trusts Okta')
    .map(
      ({ state, count }) => html`<div><div class="ort-number">${count}</div>${stateLabel(state, lookOf(state))}</div>`,
    )
}

const ONLY_REPORTS =
  'The stack is in report mode: it tells what is due, and writes nothing. To have it write, deploy it with the setting mode: enforce.'

function renderFacts({ survey, wanted, time }: Snapshot, tag: Config['tag'], mode: Config['mode']): readonly Html[] {
  const facts: readonly (readonly [string, readonly string[]])[] = [
    ['In scope', [`${survey.inScope} of ${survey.scanned} roles`]],
    ['Tag', [`${tag.key}=${tag.value}`]],
    ['Mode', [mode]],
    ['SAML provider', wanted.providers],
    ['Audience', wanted.audiences],
    ['As of', [`${time.toISOString().slice(0, 19).replace('T', ' ')} UTC`]],
  ]
  return facts.map(
    ([name, values]) => html`<div><dt>${name}</dt>${values.map((value) => html`<dd>${value}</dd>`)}</div>`,
  )
}

function overCap(due: number, maxChanges: number): readonly string[] {
  if (due <= maxChanges) return []
  return [
    `${due} roles are due, and a sweep may change at most ${maxChanges} (maxChanges): it will change none. If that is intended, invoke the backfill with a higher maxChanges.`,
  ]
}

function leftOut(count: number): Html {
  if (count === 0) return html``
  return html`<p>${count} more roles do not fit here. Invoke the backfill with {"dryRun": true} for the whole report.</p>`
}

/** As many of the first rows as take no more bytes than that. */
function renderFirst(rows: readonly RoleRow[], awsAccount: AwsAccount | undefined, maxBytes: number): readonly Html[] {
  const rendered: Html[] = []
  let room = maxBytes
  for (const row of rows) {
    const html = renderRow(row, roleConsoleUrl(row.roleName, awsAccount))
    room -= Buffer.byteLength(JSON.stringify(html.toString()))
    if (room < 0) break
    rendered.push(html)
  }
  return rendered
}
