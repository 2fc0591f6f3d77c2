import { judgeCondition } from './condition.ts'
import type { JsonObject } from './json.ts'
import { coversAction, namesProvider, stopsProvider } from './statement.ts'
import { SIGN_IN, type WantedAccess } from './wanted-access.ts'

/** Something in a role's trust policy that its owner or an auditor should know, and that is left as it is. */
export type Note =
  /** An Allow lets the provider in with any audience (rule 3.3). */
  | 'no-audience-condition'
  /** The owner ties the provider's access to more than the audience; it is never widened (rule 3.2). */
  | 'restricted-by-owner'
  /** A Deny may stop some sign-ins, depending on the request (rule 3.4). */
  | 'conditional-deny'

/** One wanted sign-in call: a provider calls an action with an audience. */
interface Call {
  readonly provider: string
  readonly action: string
  readonly audience: string
}

/** What foreign statements already say about the wanted access. */
export interface ExistingAccess {
  /** Wanted providers whose sign-in an owner restricted on purpose: they count as having all of the access. */
  readonly restricted: readonly string[]
  /** Wanted actions beside the sign-in that an owner restricted for some provider: they count as given to it. */
  readonly restrictedActions: readonly string[]
  /** Whether all of the wanted access is given or restricted. */
  readonly complete: boolean
  readonly notes: readonly Note[]
}

/**
 * Reads what the given statements grant of the wanted access, whatever their form (rules 3.1 to 3.3).
 *
 * A provider whose sign-in is restricted is restricted as a whole: granting it another action or audience beside the
 * owner's condition would let in whom the condition keeps out.
 */
export function existingAccess(statements: readonly JsonObject[], wanted: WantedAccess): ExistingAccess {
  const allows = statements.filter((statement) => statement.Effect === 'Allow')
  const notes = new Set<Note>()
  const restricted = new Set<string>()
  const restrictedActions = new Set<string>()
  const given = new Set<Call>()
  const calls = callsOf(wanted)
  for (const statement of allows) {
    for (const call of calls) {
      if (!namesProvider(statement, call.provider) || !coversAction(statement, call.action)) continue
      const verdict = judgeCondition(statement.Condition, call.audience)
      if (!verdict.namesAudience) notes.add('no-audience-condition')
      if (verdict.namesOtherKeys || verdict.audience === 'unknown') {
        notes.add('restricted-by-owner')
        given.add(call)
        if (call.action === SIGN_IN) restricted.add(call.provider)
        else restrictedActions.add(call.action)
      } else if (verdict.audience === 'holds') {
        given.add(call)
      }
    }
  }
  return {
    restricted: [...restricted],
    restrictedActions: [...restrictedActions],
    complete: calls.every((call) => restricted.has(call.provider) || given.has(call)),
    notes: [...notes].sort(),
  }
}

/** What the Deny statements of a document do to the wanted access. */
export interface Denial {
  /** A sentence that names the statement and what it stops, where one surely stops a wanted sign-in. */
  readonly certain: string | undefined
  readonly notes: readonly Note[]
}

/**
 * Looks for a Deny that surely stops a plain Okta sign-in: its principals include the provider, it covers the action,
 * and nothing but SAML:aud, which holds, limits it. An explicit Deny always wins, so no Allow could help (rule 3.4).
 */
export function denialOf(statements: readonly JsonObject[], wanted: WantedAccess): Denial {
  let conditional = false
  for (const [index, statement] of statements.entries()) {
    if (statement.Effect !== 'Deny') continue
    for (const call of callsOf(wanted)) {
      if (!stopsProvider(statement, call.provider) || !coversAction(statement, call.action)) continue
      const verdict = judgeCondition(statement.Condition, call.audience)
      if (verdict.audience === 'fails') continue
      if (!verdict.namesOtherKeys && verdict.audience === 'holds') {
        const certain = `Statement[${index}] denies ${call.action} to ${call.provider} with the audience ${call.audience}; Okta cannot sign in until that Deny is narrowed`
        return { certain, notes: [] }
      }
      conditional = true
    }
  }
  return { certain: undefined, notes: conditional ? ['conditional-deny'] : [] }
}

function callsOf({ providers, actions, audiences }: WantedAccess): readonly Call[] {
  return providers.flatMap((provider) =>
    actions.flatMap((action) => audiences.map((audience) => ({ provider, action, audience }))),
  )
}
