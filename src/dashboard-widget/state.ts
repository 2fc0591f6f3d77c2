import type { RoleResult } from '../role/outcome.ts'
import { type Html, html } from './html.ts'

/** How a role stands. */
export type State = 'Failed' | 'Blocked' | 'Due' | 'Orphaned' | 'Trusts Okta' | 'Skipped'

/** In the order in which they ask for attention. */
export const STATES: readonly State[] = ['Failed', 'Blocked', 'Due', 'Orphaned', 'Trusts Okta', 'Skipped']

/** Nothing is written here, so what a sweep would change is `planned`; the other kinds are those of a sweep. */
export function stateOf({ kind }: RoleResult): State {
  switch (kind) {
    case 'failed':
      return 'Failed'
    case 'blocked':
      return 'Blocked'
    case 'planned':
    case 'deferred':
      return 'Due'
    case 'unchanged':
    case 'patched':
      return 'Trusts Okta'
    case 'withdrawn':
    case 'skipped':
      return 'Skipped'
  }
}

/** How a state is shown: in which of the colours of src/dashboard-widget/frame.ts, and with what inside of its sign. */
export interface Look {
  readonly tone: 'error' | 'warning' | 'info' | 'success' | 'quiet'
  readonly sign: Html
}

export function lookOf(state: State): Look {
  return LOOKS[state]
}

/** The state as a word with a sign: colour alone would not reach everybody. */
export function stateLabel(state: string, { tone, sign }: Look): Html {
  return html`<span class="ort-state ort-${tone}"><svg class="ort-sign" viewBox="0 0 16 16" aria-hidden="true">${sign}</svg>${state}</span>`
}

const LOOKS: Readonly<Record<State, Look>> = {
  Failed: { tone: 'error', sign: html`<circle cx="8" cy="8" r="6.5" /><path d="m5.5 5.5 5 5m0-5-5 5" />` },
  Blocked: { tone: 'error', sign: html`<circle cx="8" cy="8" r="6.5" /><path d="m3.5 3.5 9 9" />` },
  Due: { tone: 'info', sign: html`<circle cx="8" cy="8" r="6.5" /><path d="M8 4.5V8l2.5 2" />` },
  Orphaned: { tone: 'warning', sign: html`<path d="M8 2 14.5 14h-13zM8 6.5v3.5M8 11.2v1.3" />` },
  'Trusts Okta': { tone: 'success', sign: html`<circle cx="8" cy="8" r="6.5" /><path d="m5 8 2.2 2.2L11 6" />` },
  Skipped: { tone: 'quiet', sign: html`<circle cx="8" cy="8" r="6.5" /><path d="M5 8h6" />` },
}
