import { isAbsent } from './absent-keys.ts'
import { type ConditionOperator, operatorOf } from './condition-operator.ts'
import { isJsonObject, type Json, type JsonObject } from './json.ts'

/** Whether a part of a statement applies to a sign-in: `unknown` where only a real request, or IAM, could tell. */
export type Truth = 'holds' | 'fails' | 'unknown'

/** What a statement's Condition says of a plain Okta sign-in with one audience. */
export interface ConditionVerdict {
  /** All conditions on SAML:aud together. `holds` where there are none. */
  readonly audience: Truth
  /** All conditions on other keys together. `holds` where there are none. */
  readonly others: Truth
  /** Whether SAML:aud is mentioned at all. */
  readonly namesAudience: boolean
  /** Whether any other key is mentioned: the owner ties the statement to something beyond the audience. */
  readonly namesOtherKeys: boolean
}

/**
 * Evaluates a Condition for a plain Okta sign-in (rules 3.2, 3.4): `SAML:aud` has the one value `audience`, keys about
 * an AWS caller are absent, and of every other key nothing is known.
 *
 * AWS's rules behind it: operators and keys are joined by AND, values by OR, and by NOR for the Not forms; key names
 * are case-insensitive (IAM User Guide, "Conditions with multiple context keys or values").
 *
 * @param condition the statement's Condition, whatever it holds
 * @param version the document's Version, whatever it holds: policy variables are known since 2012-10-17, and literal
 *   text before that and where there is none (IAM User Guide, "IAM JSON policy elements: Version")
 */
export function judgeCondition(
  condition: Json | undefined,
  audience: string,
  version: Json | undefined,
): ConditionVerdict {
  const hasVariables = hasPolicyVariables(version)
  const verdict = { audience: HOLDS, others: HOLDS, namesAudience: false, namesOtherKeys: false }
  for (const term of conditionTerms(condition)) {
    const truth = judgeTerm(term, audience, hasVariables)
    if (term.key === AUDIENCE_KEY) {
      verdict.namesAudience = true
      verdict.audience = both(verdict.audience, truth)
    } else {
      verdict.namesOtherKeys = true
      verdict.others = both(verdict.others, truth)
    }
  }
  return verdict
}

const HOLDS: Truth = 'holds'

function both(one: Truth, other: Truth): Truth {
  if (one === 'fails' || other === 'fails') return 'fails'
  return one === 'holds' ? other : one
}

function hasPolicyVariables(version: Json | undefined): boolean {
  return version === '2012-10-17'
}

/** The terms of a Condition, and whether each holds for such a sign-in. Parameters as for {@link judgeCondition}. */
export function judgeTerms(
  condition: Json | undefined,
  audience: string,
  version: Json | undefined,
): readonly JudgedTerm[] {
  const hasVariables = hasPolicyVariables(version)
  return conditionTerms(condition).map((term) => ({ ...term, truth: judgeTerm(term, audience, hasVariables) }))
}

/** In lower case: keys of conditions are case-insensitive. */
export const AUDIENCE_KEY = 'saml:aud'

/** One key of a Condition under one operator. */
export interface Term {
  readonly operator: string
  /** In lower case. Empty where there is none. */
  readonly key: string
  readonly value: Json
  /** The key as the document writes it. */
  readonly name: string
}

export interface JudgedTerm extends Term {
  readonly truth: Truth
}

/**
 * A Condition as a flat list of terms, all of which must hold. What has no shape that IAM knows becomes a term without
 * a key: nobody can say that it holds.
 */
export function conditionTerms(condition: Json | undefined): readonly Term[] {
  if (condition === undefined) return []
  if (!isJsonObject(condition)) return [{ operator: '', key: '', value: condition, name: '' }]
  return Object.entries(condition).flatMap(([operator, keys]) =>
    isJsonObject(keys) ? keysOf(operator, keys) : [{ operator, key: '', value: keys, name: '' }],
  )
}

function keysOf(operator: string, keys: JsonObject): readonly Term[] {
  return Object.entries(keys).map(([name, value]) => ({ operator, key: name.toLowerCase(), value, name }))
}

/** Operator and key as the document writes them, for a person to read. */
export function labelOf({ operator, name }: Pick<Term, 'operator' | 'name'>): string {
  return `${operator} ${name}`.trim()
}

function judgeTerm({ operator: name, key, value }: Term, audience: string, hasVariables: boolean): Truth {
  const list: readonly Json[] = Array.isArray(value) ? value : [value]
  const operator = operatorOf(name)
  if (operator === undefined || key === '' || list.some((item) => typeof item === 'object')) return 'unknown'
  const values = list.map(String)
  const presence = key === AUDIENCE_KEY ? 'present' : isAbsent(key) ? 'absent' : 'unknown'
  if (operator.isNull) return judgeNull(operator, values, presence)
  if (values.length === 0) return judgeNoValues(operator, presence)
  switch (presence) {
    case 'present':
      return judgeAudience(operator, values, audience, hasVariables)
    case 'absent':
      return judgeAbsent(operator, values, hasVariables)
    case 'unknown':
      return 'unknown'
  }
}

type Presence = 'present' | 'absent' | 'unknown'

/** A policy variable is filled in by IAM at the time of the request. */
function holdsVariable(values: readonly string[]): boolean {
  return values.some((value) => value.includes('${'))
}

/**
 * Null asks whether a key is missing. With ForAllValues it is always true, with ForAnyValue always false, whatever the
 * key (IAM Access Analyzer policy check reference, "Null with qualifier"). IAM knows no IfExists of it.
 */
function judgeNull({ set, ifExists }: ConditionOperator, values: readonly string[], presence: Presence): Truth {
  if (ifExists) return 'unknown'
  if (set !== undefined) return set === 'ForAllValues' ? 'holds' : 'fails'
  if (presence === 'unknown' || values.length === 0) return 'unknown'
  const right = presence === 'absent' ? 'true' : 'false'
  return values.some((item) => item.toLowerCase() === right) ? 'holds' : 'fails'
}

/**
 * An empty list: nothing matches it under ForAnyValue, and only a missing key under IfExists and ForAllValues (IAM
 * Access Analyzer policy check reference, "Empty array condition"). AWS documents plain operators in two ways.
 */
function judgeNoValues({ set, ifExists }: ConditionOperator, presence: Presence): Truth {
  if (set === 'ForAnyValue') return ifExists && presence !== 'present' ? 'unknown' : 'fails'
  if (!ifExists && set === undefined) return 'unknown'
  return presence === 'present' ? 'fails' : presence === 'absent' ? 'holds' : 'unknown'
}

/**
 * For a key that is not there, IfExists, ForAllValues and the Not forms hold; ForAnyValue fails, and so does all else
 * (IAM User Guide, "IAM JSON policy elements: Condition operators"). AWS does not say which of IfExists and ForAnyValue
 * wins, nor that a variable without a value leaves the rest of a statement valid.
 */
function judgeAbsent(
  { set, ifExists, isNegated }: ConditionOperator,
  values: readonly string[],
  hasVariables: boolean,
): Truth {
  if (ifExists) return set === 'ForAnyValue' ? 'unknown' : 'holds'
  if (set === 'ForAnyValue' || (set === undefined && !isNegated)) return 'fails'
  return hasVariables && holdsVariable(values) ? 'unknown' : 'holds'
}

/** SAML:aud has a single value and is always there, so that IfExists, ForAnyValue and ForAllValues change nothing. */
function judgeAudience(
  { isNegated, matches }: ConditionOperator,
  values: readonly string[],
  audience: string,
  hasVariables: boolean,
): Truth {
  if (matches === undefined) return 'unknown'
  if (values.some((value) => matches(value, audience))) return isNegated ? 'fails' : 'holds'
  if (hasVariables && holdsVariable(values)) return 'unknown'
  return isNegated ? 'holds' : 'fails'
}
