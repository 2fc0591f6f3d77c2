import { judgeCondition } from './condition.ts'
import type { Json, JsonObject } from './json.ts'
import { coversAction, effectOf, namesProvider } from './statement.ts'
import { type Access, type Call, callsOf, SIGN_IN } from './wanted-access.ts'

/** Something in a role's trust policy that its owner or an auditor should know, and that is left as it is. */
export type Note =
  /** An Allow lets the provider in with any audience (rule 3.3). */
  | 'no-audience-condition'
  /** The owner ties the provider's access to more than the audience; it is never widened (rule 3.2). */
  | 'restricted-by-owner'
  /** A Deny may stop some sign-ins, depending on the request (rule 3.4). */
  | 'conditional-deny'
  /** The role is blocked, and a provider that is no longer wanted can still sign in (rule 4.10). */
  | 'stale-provider'

/** A wanted action that an owner ties to more than the audience, for one provider. */
export interface Restriction {
  readonly provider: string
  readonly action: string
}

/** What foreign statements already say about the wanted access. */
export interface ExistingAccess {
  readonly restrictions: readonly Restriction[]
  /** Whether all of the wanted access is given or restricted. */
  readonly complete: boolean
  readonly notes: readonly Note[]
}

/**
 * Reads what the given statements grant of the wanted access, whatever their form (rules 3.1 to 3.3).
 *
 * @param version the document's, undefined where it has none
 */
export function existingAccess(
  statements: readonly JsonObject[],
  wanted: Access,
  version: Json | undefined,
): ExistingAccess {
  const allows = statements.filter((statement) => effectOf(statement) === 'Allow')
  const notes = new Set<Note>()
  const restrictions: Restriction[] = []
  const given = new Set<Call>()
  const calls = callsOf(wanted)
  for (const statement of allows) {
    for (const call of calls) {
      if (!namesProvider(statement, call.provider) || coversAction(statement, call.action) !== 'holds') continue
      const verdict = judgeCondition(statement.Condition, call.audience, version)
      if (!verdict.namesAudience) notes.add('no-audience-condition')
      if (verdict.namesOtherKeys || verdict.audience === 'unknown') {
        notes.add('restricted-by-owner')
        restrictions.push(call)
      } else if (verdict.audience === 'holds') {
        given.add(call)
      }
    }
  }
  return {
    restrictions,
    complete: calls.every((call) => given.has(call) || isRestricted(restrictions, call)),
    notes: [...notes].sort(),
  }
}

/**
 * Whether a call is an owner's to allow. A provider whose sign-in is restricted is so as a whole: granting it another
 * action or audience beside the owner's condition would let in whom the condition keeps out (rule 3.2).
 */
export function isRestricted(restrictions: readonly Restriction[], { provider, action }: Call): boolean {
  return restrictions.some((one) => one.provider === provider && (one.action === SIGN_IN || one.action === action))
}
