import { denialOf, existingAccess, isRestricted } from './access.ts'
import { conditionTerms } from './condition.ts'
import { readDocument } from './document.ts'
import type { JsonObject } from './json.ts'
import { managedGrantOf } from './managed-statement.ts'
import { coversAction, namesProvider, stopsProvider } from './statement.ts'
import { type Call, callsOf, type WantedAccess } from './wanted-access.ts'

/** What a statement does to one wanted call. */
export type CallEffect =
  | 'gives'
  /** Gives it under a condition of the owner's own (rule 3.2). */
  | 'restricts'
  | 'stops'
  /** Denies it, depending on the request (rule 3.4). */
  | 'may-stop'
  /** Denies it perhaps: whether its principals or its actions include the call is not certain (rule 3.4). */
  | 'unclear'
  /** Nothing, and the first thing that keeps it from bearing on the call. */
  | 'neither-allows-nor-denies'
  | 'other-principal'
  /** Its `*` may mean anybody, and access must not rest on it (rule 3.1). */
  | 'wildcard-principal'
  | 'other-action'
  | 'other-audience'

/** One statement of a trust policy, and what it does to each wanted call. */
export interface ExplainedStatement {
  readonly statement: JsonObject
  readonly managed: boolean
  readonly calls: readonly (Call & { readonly effect: CallEffect })[]
  readonly namesAudience: boolean
  /** Its conditions beside those on SAML:aud, each as operator and key; keys in lower case. */
  readonly otherConditions: readonly string[]
}

export type Explanation = { readonly wanted: readonly Call[] } & (
  | {
      readonly kind: 'document'
      readonly statements: readonly ExplainedStatement[]
      /** The wanted calls that no statement gives or restricts, Denies left aside. */
      readonly missing: readonly Call[]
    }
  | { readonly kind: 'malformed'; readonly detail: string }
)

/**
 * Says of each statement what it does to the wanted access. It decides nothing: the answers are those of the functions
 * that plan, asked about one statement and one call at a time. Never throws.
 *
 * @param text the trust policy as plain JSON text, undefined where there is none
 */
export function explainDocument(text: string | undefined, wanted: WantedAccess): Explanation {
  const read = readDocument(text)
  const calls = callsOf(wanted)
  if (read.kind === 'malformed') return { ...read, wanted: calls }
  const { statements } = read.document
  const { restrictions } = existingAccess(statements, wanted)
  return {
    kind: 'document',
    wanted: calls,
    statements: statements.map((statement) => explainStatement(statement, calls)),
    missing: calls.filter(
      (call) => !isRestricted(restrictions, call) && !existingAccess(statements, only(call)).complete,
    ),
  }
}

function explainStatement(statement: JsonObject, calls: readonly Call[]): ExplainedStatement {
  const terms = conditionTerms(statement.Condition)
  const others = terms.filter(({ key }) => key !== 'saml:aud')
  return {
    statement,
    managed: managedGrantOf(statement) !== undefined,
    calls: calls.map((call) => ({ ...call, effect: effectOn(statement, call) })),
    namesAudience: others.length < terms.length,
    otherConditions: others.map(({ operator, key }) => `${operator} ${key}`.trim()),
  }
}

function effectOn(statement: JsonObject, call: Call): CallEffect {
  const denial = denialOf([statement], only(call))
  if (denial.certain !== undefined) return 'stops'
  if (denial.notes.length > 0) return isUnclear(statement, call) ? 'unclear' : 'may-stop'
  const access = existingAccess([statement], only(call))
  if (access.notes.includes('restricted-by-owner')) return 'restricts'
  return access.complete ? 'gives' : whyNone(statement, call)
}

function isUnclear(statement: JsonObject, { provider, action }: Call): boolean {
  return stopsProvider(statement, provider) === 'unknown' || coversAction(statement, action) === 'unknown'
}

function whyNone(statement: JsonObject, { provider, action }: Call): CallEffect {
  const { Effect: effect } = statement
  if (effect !== 'Allow' && effect !== 'Deny') return 'neither-allows-nor-denies'
  const reaches = stopsProvider(statement, provider)
  if (effect === 'Allow' ? !namesProvider(statement, provider) : reaches === 'fails') {
    return reaches === 'holds' ? 'wildcard-principal' : 'other-principal'
  }
  return coversAction(statement, action) === 'holds' ? 'other-audience' : 'other-action'
}

function only({ provider, action, audience }: Call): WantedAccess {
  return { providers: [provider], actions: [action], audiences: [audience] }
}
