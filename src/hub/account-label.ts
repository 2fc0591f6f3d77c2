import { type Html, html } from '../dashboard-widget/html.ts'
import { type Look, lookOf, stateLabel } from '../dashboard-widget/state.ts'
import type { AccountState } from './account-state.ts'

/** A state of an account as a word with a sign. */
export function accountLabel(state: AccountState): Html {
  return stateLabel(state, LOOKS[state])
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
