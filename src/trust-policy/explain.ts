import { existingAccess, isRestricted } from './access.ts'
import {
  AUDIENCE_KEY,
  conditionTerms,
  judgeCondition,
  judgeTerms,
  labelOf,
  type Term,
  type Truth,
} from './condition.ts'
import { denialOf } from './denial.ts'
import { readDocument, type TrustDocument } from './document.ts'
import type { Json, JsonObject } from './json.ts'
import { managedGrantOf } from './managed-statement.ts'
import { staleProviders } from './stale-provider.ts'
import { coversAction, effectOf, namesProvider, stopsProvider } from './statement.ts'
import { type Access, type Call, callsOf, type WantedAccess } from './wanted-access.ts'

/** What a statement does to one wanted call. */
export type CallEffect =
  | 'gives'
  /** Gives it under a condition of the owner's own (rule 3.2). */
  | 'restricts'
  /** Would give it so with another audience. */
  | 'restricts-other-audience'
  /** Would give it so under a condition that holds for no sign-in through Okta. */
  | 'restricts-impossibly'
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
  /** A condition on another key that holds for no sign-in through Okta. */
  | 'impossible-condition'

/** One statement of a trust policy, and what it does to each wanted call. */
export interface ExplainedStatement {
  readonly statement: JsonObject
  readonly managed: boolean
  /** Where it is managed: whom it lets in though they are no longer wanted (rule 4.10). */
  readonly staleProviders: readonly string[]
  readonly calls: readonly (Call & { readonly effect: CallEffect })[]
  readonly namesAudience: boolean
  /** Its conditions beside those on SAML:aud, each as operator and key, as the document writes them. */
  readonly otherConditions: readonly string[]
  /** Of its conditions, in the same form, those that only a request can tell. */
  readonly openConditions: readonly string[]
  /** Of its conditions on other keys, in the same form, those that hold for no sign-in through Okta. */
  readonly impossibleConditions: readonly string[]
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
  const { statements, root } = read.document
  const { Version: version } = root
  const { restrictions } = existingAccess(statements, wanted, version)
  return {
    kind: 'document',
    wanted: calls,
    statements: statements.map((statement) => explainStatement(statement, read.document, wanted)),
    missing: calls.filter(
      (call) => !isRestricted(restrictions, call) && !existingAccess(statements, only(call), version).complete,
    ),
  }
}

function explainStatement(statement: JsonObject, document: TrustDocument, wanted: WantedAccess): ExplainedStatement {
  const calls = callsOf(wanted)
  const { Version: version } = document.root
  const terms = conditionTerms(statement.Condition)
  const others = terms.filter(({ key }) => key !== AUDIENCE_KEY)
  const judged = calls.flatMap(({ audience }) => judgeTerms(statement.Condition, audience, version))
  return {
    statement,
    managed: managedGrantOf(statement, wanted.sid) !== undefined,
    staleProviders: staleProviders(statement, document, wanted),
    calls: calls.map((call) => ({ ...call, effect: effectOn(statement, call, version) })),
    namesAudience: others.length < terms.length,
    otherConditions: labelsOf(others),
    openConditions: labelsOf(judged.filter(({ truth }) => truth === 'unknown')),
    impossibleConditions: labelsOf(judged.filter(({ key, truth }) => key !== AUDIENCE_KEY && truth === 'fails')),
  }
}

function labelsOf(terms: readonly Term[]): readonly string[] {
  return [...new Set(terms.map(labelOf))]
}

function effectOn(statement: JsonObject, call: Call, version: Json | undefined): CallEffect {
  const denial = denialOf([statement], only(call), version)
  if (denial.certain !== undefined) return 'stops'
  if (denial.notes.length > 0) return isUnclear(statement, call) ? 'unclear' : 'may-stop'
  const { audience, others } = judgeCondition(statement.Condition, call.audience, version)
  const access = existingAccess([statement], only(call), version)
  if (access.notes.includes('restricted-by-owner')) {
    if (audience === 'fails') return 'restricts-other-audience'
    return others === 'fails' ? 'restricts-impossibly' : 'restricts'
  }
  return access.complete ? 'gives' : whyNone(statement, call, audience)
}

function isUnclear(statement: JsonObject, { provider, action }: Call): boolean {
  return stopsProvider(statement, provider) === 'unknown' || coversAction(statement, action) === 'unknown'
}

function whyNone(statement: JsonObject, { provider, action }: Call, audience: Truth): CallEffect {
  const effect = effectOf(statement)
  if (effect === undefined) return 'neither-allows-nor-denies'
  const reaches = stopsProvider(statement, provider)
  if (effect === 'Allow' ? !namesProvider(statement, provider) : reaches === 'fails') {
    return reaches === 'holds' ? 'wildcard-principal' : 'other-principal'
  }
  if (coversAction(statement, action) !== 'holds') return 'other-action'
  return audience === 'fails' ? 'other-audience' : 'impossible-condition'
}

function only({ provider, action, audience }: Call): Access {
  return { providers: [provider], actions: [action], audiences: [audience] }
}
