import { denialOf, existingAccess } from './access.ts'
import { conditionTerms } from './condition.ts'
import { readDocument } from './document.ts'
import type { JsonObject } from './json.ts'
import { managedGrantOf } from './managed-statement.ts'
import { coversAction, namesProvider, stopsProvider } from './statement.ts'
import type { WantedAccess } from './wanted-access.ts'

/** One wanted sign-in call: a provider calls an action with an audience. */
export interface WantedCall {
  readonly provider: string
  readonly action: string
  readonly audience: string
}

/** What a statement does to one wanted call. */
export type CallEffect =
  | 'gives'
  /** Gives it under a condition of the owner's own (rule 3.2). */
  | 'restricts'
  | 'stops'
  /** Denies it, depending on the request (rule 3.4). */
  | 'may-stop'
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
  readonly calls: readonly (WantedCall & { readonly effect: CallEffect })[]
  readonly namesAudience: boolean
  /** Its conditions beside those on SAML:aud, each as operator and key; keys in lower case. */
  readonly otherConditions: readonly string[]
}

export type Explanation = { readonly wanted: readonly WantedCall[] } & (
  | {
      readonly kind: 'document'
      readonly statements: readonly ExplainedStatement[]
      /** The wanted calls that no statement gives or restricts, Denies left aside. */
      readonly missing: readonly WantedCall[]
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
  const { restricted } = existingAccess(statements, wanted)
  return {
    kind: 'document',
    wanted: calls,
    statements: statements.map((statement) => explainStatement(statement, calls)),
    missing: calls.filter(
      (call) => !restricted.includes(call.provider) && !existingAccess(statements, only(call)).complete,
    ),
  }
}

function explainStatement(statement: JsonObject, calls: readonly WantedCall[]): ExplainedStatement {
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

function effectOn(statement: JsonObject, call: WantedCall): CallEffect {
  const denial = denialOf([statement], only(call))
  if (denial.certain !== undefined) return 'stops'
  if (denial.notes.length > 0) return 'may-stop'
  const access = existingAccess([statement], only(call))
  if (access.notes.includes('restricted-by-owner')) return 'restricts'
  return access.complete ? 'gives' : whyNone(statement, call)
}

function whyNone(statement: JsonObject, { provider, action }: WantedCall): CallEffect {
  const { Effect: effect } = statement
  if (effect !== 'Allow' && effect !== 'Deny') return 'neither-allows-nor-denies'
  const includes = effect === 'Allow' ? namesProvider : stopsProvider
  if (!includes(statement, provider)) {
    return stopsProvider(statement, provider) ? 'wildcard-principal' : 'other-principal'
  }
  return coversAction(statement, action) ? 'other-audience' : 'other-action'
}

function only({ provider, action, audience }: WantedCall): WantedAccess {
  return { providers: [provider], actions: [action], audiences: [audience] }
}

function callsOf({ providers, actions, audiences }: WantedAccess): readonly WantedCall[] {
  return providers.flatMap((provider) =>
    actions.flatMap((action) => audiences.map((audience) => ({ provider, action, audience }))),
  )
}
