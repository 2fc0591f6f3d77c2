import fc from 'fast-check'
import {
  AUDIENCE,
  ENTRA,
  OKTA,
  OKTA_EU,
  OTHER_SIDS,
  OWN_PAGE,
  REGIONAL,
  SET_SOURCE,
  SID,
  SIGN_IN,
  TAG_SESSION,
  weighted,
} from './names.ts'

/** A list without repeats, most often of its first member alone. */
function listOf(first: string, ...others: string[]) {
  return fc.oneof(
    weighted(2, fc.constant([first])),
    weighted(1, fc.uniqueArray(fc.constantFrom(first, ...others), { minLength: 1 })),
  )
}

const lists = fc.record({
  providers: listOf(OKTA, OKTA_EU, ENTRA),
  audiences: listOf(AUDIENCE, REGIONAL, OWN_PAGE),
  actions: fc.constantFrom([SIGN_IN], [SIGN_IN], [SIGN_IN, TAG_SESSION], [SIGN_IN, TAG_SESSION, SET_SOURCE]),
})

/** What roles should give, frozen all through: an engine that changes its input throws. */
export const wantedAccess = lists.map(({ providers, audiences, actions }) =>
  Object.freeze({
    providers: Object.freeze(providers),
    audiences: Object.freeze(audiences),
    actions: Object.freeze([...actions]),
    sid: SID,
  }),
)

/** What another stack in the account wants of the same role. */
export const accessOfAnotherStack = fc
  .tuple(wantedAccess, fc.constantFrom(...OTHER_SIDS))
  .map(([wanted, sid]) => Object.freeze({ ...wanted, sid }))
