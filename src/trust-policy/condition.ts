import { isJsonObject, type Json, type JsonObject } from './json.ts'
import { matchesWildcard } from './wildcard.ts'

/** Whether a part of a statement applies to a sign-in: `unknown` where only a real request, or IAM itself, could tell. */
export type Truth = 'holds' | 'fails' | 'unknown'

/** What a statement's Condition says of a plain Okta sign-in with one audience. */
export interface ConditionVerdict {
  /** All conditions on SAML:aud together. `holds` where there are none. */
  readonly audience: Truth
  /** Whether SAML:aud is mentioned at all. */
  readonly namesAudience: boolean
  /** Whether any other key is mentioned: the owner ties the statement to something beyond the audience. */
  readonly namesOtherKeys: boolean
}

const STRING_OPERATORS = new Map<string, (pattern: string, text: string) => boolean>([
  ['stringequals', (pattern, text) => pattern === text],
  ['stringequalsignorecase', (pattern, text) => pattern.toLowerCase() === text.toLowerCase()],
  ['stringlike', matchesWildcard],
])

/**
 * Evaluates a Condition for a request that carries `SAML:aud = audience` and nothing else that is known (rule 3.2).
 *
 * AWS's rules behind it: operators and keys are joined by AND, values by OR, and by NOR for the Not forms; key names are
 * case-insensitive; SAML:aud has a single value and is always there, so IfExists, ForAnyValue and ForAllValues change
 * nothing (IAM User Guide, "Conditions with multiple context keys or values").
 *
 * @param condition the statement's Condition, whatever it holds
 */
export function judgeCondition(condition: Json | undefined, audience: string): ConditionVerdict {
  const terms = conditionTerms(condition)
  const onAudience = terms.filter(({ key }) => key === 'saml:aud')
  const truths = onAudience.map(({ operator, value }) => judgeTerm(operator, value, audience))
  return {
    audience: truths.includes('fails') ? 'fails' : truths.includes('unknown') ? 'unknown' : 'holds',
    namesAudience: onAudience.length > 0,
    namesOtherKeys: terms.length > onAudience.length,
  }
}

/** One key of a Condition under one operator. */
interface Term {
  readonly operator: string
  /** In lower case: keys of conditions are case-insensitive. */
  readonly key: string
  readonly value: Json
}

/**
 * A Condition as a flat list of terms, all of which must hold. What has no shape that IAM knows becomes a term without a
 * key: nobody can say that it holds.
 */
export function conditionTerms(condition: Json | undefined): readonly Term[] {
  if (condition === undefined) return []
  if (!isJsonObject(condition)) return [{ operator: '', key: '', value: condition }]
  return Object.entries(condition).flatMap(([operator, keys]) =>
    isJsonObject(keys) ? keysOf(operator, keys) : [{ operator, key: '', value: keys }],
  )
}

function keysOf(operator: string, keys: JsonObject): readonly Term[] {
  return Object.entries(keys).map(([key, value]) => ({ operator, key: key.toLowerCase(), value }))
}

function judgeTerm(operator: string, value: Json, audience: string): Truth {
  const list: readonly Json[] = Array.isArray(value) ? value : [value]
  if (list.some((item) => typeof item === 'object')) return 'unknown'
  const values = list.map(String)
  const operation = operator.toLowerCase().replace(/^for(anyvalue|allvalues):/, '')
  // Null asks whether the key is missing, and SAML:aud never is. IAM knows no IfExists of it.
  if (operation === 'null') return values.some((item) => item.toLowerCase() === 'false') ? 'holds' : 'fails'
  const name = operation.replace(/ifexists$/, '')
  const negated = name.startsWith('stringnot')
  const matches = STRING_OPERATORS.get(negated ? name.replace('stringnot', 'string') : name)
  if (matches === undefined) return 'unknown'
  if (values.some((item) => matches(item, audience))) return negated ? 'fails' : 'holds'
  // A policy variable is filled in by IAM at the time of the request.
  if (values.some((item) => item.includes('${'))) return 'unknown'
  return negated ? 'holds' : 'fails'
}
