import type { OutcomeNote, RoleResult } from '../role/outcome.ts'
import type { Survey } from '../sweep/survey-roles.ts'
import type { ChangeReason } from '../trust-policy/plan.ts'
import { type Html, html } from './html.ts'
import { lookOf, STATES, type State, stateLabel, stateOf } from './state.ts'

/** What the table says of one role. */
export interface RoleRow {
  readonly roleName: string
  /** Undefined where only the name is known. */
  readonly path: string | undefined
  readonly state: State
  readonly remarks: readonly Remark[]
}

/** Something about a role: a word to look up in the documentation, and a sentence that says what it means. */
interface Remark {
  readonly code: string | undefined
  readonly message: string
}

const CHANGES: Readonly<Record<ChangeReason, string>> = {
  'no-statements': 'the trust policy has no statement; one will be added',
  'access-missing': 'no statement gives Okta the wanted access; one will be added',
  'managed-statement-differs': 'the managed statement differs from the wanted one and will be replaced',
  withdrawal: 'the role lost its tag; the managed statement will be removed',
}

const NOTES: Readonly<Record<OutcomeNote, string>> = {
  'no-audience-condition': 'an Allow lets Okta in with any audience',
  'restricted-by-owner': "the owner ties Okta's access to more than the audience",
  'conditional-deny': 'a Deny may stop some sign-ins',
  'stale-provider': 'a provider that is no longer wanted can still sign in',
  flapping: 'somebody keeps undoing what this system writes',
}

/** A row for each role in scope, each orphaned one, and each that is tagged in vain; what asks for attention first. */
export function rowsOf({ due, notDue, orphaned }: Survey): readonly RoleRow[] {
  const rows = [...due, ...notDue].map(rowOf)
  const named = new Set(rows.map(({ roleName }) => roleName))
  return [...rows, ...orphaned.filter((roleName) => !named.has(roleName)).map(orphanedRow)].sort(
    (one, other) =>
      STATES.indexOf(one.state) - STATES.indexOf(other.state) ||
      Number(one.remarks.length === 0) - Number(other.remarks.length === 0) ||
      (one.roleName < other.roleName ? -1 : 1),
  )
}

function rowOf(result: RoleResult): RoleRow {
  const { roleName, arn, notes } = result
  return {
    roleName,
    path: arn?.slice(arn.indexOf(':role/') + ':role'.length, -roleName.length),
    state: stateOf(result),
    remarks: [...reasonOf(result), ...notes.map((note) => ({ code: note, message: NOTES[note] }))],
  }
}

/** A role that lost its tag and keeps a managed statement (rule 4.9). */
function orphanedRow(roleName: string): RoleRow {
  const message = 'the role lost its tag and keeps the managed statement'
  return { roleName, path: undefined, state: 'Orphaned', remarks: [{ code: undefined, message }] }
}

function reasonOf(result: RoleResult): readonly Remark[] {
  switch (result.kind) {
    case 'unchanged':
      return []
    case 'planned':
    case 'patched':
    case 'withdrawn':
      return [{ code: result.reason, message: CHANGES[result.reason] }]
    case 'blocked':
    case 'skipped':
      return [{ code: result.reason, message: result.detail }]
    case 'failed':
    case 'deferred':
      return [{ code: undefined, message: result.detail }]
  }
}

/** @param url the role's page in the console, if there is one */
export function renderRow({ roleName, path, state, remarks }: RoleRow, url: string | undefined): Html {
  const name =
    url === undefined ? html`${roleName}` : html`<a href="${url}" target="_blank" rel="noopener">${roleName}</a>`
  const below = path === undefined || path === '/' ? '' : html`<div class="ort-path">${path}</div>`
  return html`<tr><td>${name}${below}</td><td>${stateLabel(state, lookOf(state))}</td><td>${remarks.map(renderRemark)}</td></tr>
`
}

function renderRemark({ code, message }: Remark): Html {
  return html`<div>${code === undefined ? '' : html`<span class="ort-code">${code}</span> `}${message}</div>`
}
