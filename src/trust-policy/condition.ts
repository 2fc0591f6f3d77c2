import { isAbsent } from './absent-keys.ts'
import { isJsonObject, type Json, type JsonObject } from './json.ts'
import { matchesWildcard } from './wildcard.ts'

/** Whether a part of a statement applies to a sign-in: `unknown` where only a real request, or IAM itself, could tell. */
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

type Matcher = (pattern: string, text: string) => boolean

/** By their positive form. Only strings can be compared with an audience. */
const STRING_OPERATORS = new Map<string, Matcher>([
  ['stringequals', (pattern, text) => pattern === text],
  ['stringequalsignorecase', (pattern, text) => pattern.toLowerCase() === text.toLowerCase()],
  ['stringlike', matchesWildcard],
])
const OTHER_OPERATOR =
  /^(?:(?:numeric|date)(?:(?:not)?equals|(?:less|greater)than(?:equals)?)|bool|binaryequals|(?:not)?ipaddress|arn(?:not)?(?:equals|like))$/

/**
 * Evaluates a Condition for a plain Okta sign-in (rules 3.2, 3.4): `SAML:aud` has the one value `audience`, keys about an
 * AWS caller are absent, and of every other key nothing is known.
 *
 * AWS's rules behind it: operators and keys are joined by AND, values by OR, and by NOR for the Not forms; key names are
 * case-insensitive (IAM User Guide, "Conditions with multiple context keys or values").
 *
 * @param condition the statement's Condition, whatever it holds
 * @param version the document's Version, whatever it holds: policy variables are known since 2012-10-17, and literal text
 *   before that and where there is none (IAM User Guide, "IAM JSON policy elements: Version")
 */
export function judgeCondition(
  condition: Json | undefined,
  audience: string,
  version: Json | undefined,
): ConditionVerdict {
  const terms = judgeTerms(condition, audience, version)
  const onAudience = terms.filter(({ key }) => key === AUDIENCE_KEY)
  const onOthers = terms.filter(({ key }) => key !== AUDIENCE_KEY)
  return {
    audience: allOf(onAudience),
    others: allOf(onOthers),
    namesAudience: onAudience.length > 0,
    namesOtherKeys: onOthers.length > 0,
  }
}

/** The terms of a Condition, and whether each holds for such a sign-in. Parameters as for {@link judgeCondition}. */
export function judgeTerms(
  condition: Json | undefined,
  audience: string,
  version: Json | undefined,
): readonly JudgedTerm[] {
  const hasVariables = version === '2012-10-17'
  return conditionTerms(condition).map((term) => ({ ...term, truth: judgeTerm(term, audience, hasVariables) }))
}

/** In lower case: keys of conditions are case-insensitive. */
export const AUDIENCE_KEY = 'saml:aud'

function allOf(terms: readonly JudgedTerm[]): Truth {
  if (terms.some(({ truth }) => truth === 'fails')) return 'fails'
  return terms.every(({ truth }) => truth === 'holds') ? 'holds' : 'unknown'
}

/** One key of a Condition under one operator. */
interface Term {
  readonly operator: string
  /** In lower case. Empty where there is none. */
  readonly key: string
  readonly value: Json
}

export interface JudgedTerm extends Term {
  readonly truth: Truth
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

function judgeTerm({ operator, key, value }: Term, audience: string, hasVariables: boolean): Truth {
  const list: readonly Json[] = Array.isArray(value) ? value : [value]
  if (key === '' || list.some((item) => typeof item === 'object')) return 'unknown'
  const values = list.map(String)
  const [, set, operation = '', ifExists] = OPERATOR.exec(operator.toLowerCase()) ?? []
  const test = { set, ifExists: ifExists !== undefined, values }
  const presence = key === AUDIENCE_KEY ? 'present' : isAbsent(key) ? 'absent' : 'unknown'
  if (operation === 'null') return judgeNull(test, presence)
  const matches = STRING_OPERATORS.get(operation.replace('stringnot', 'string'))
  if (matches === undefined && !OTHER_OPERATOR.test(operation)) return 'unknown'
  if (values.length === 0) return judgeNoValues(test, presence)
  const isNegated = operation.includes('not')
  const isVariable = hasVariables && values.some((item) => item.includes('${'))
  switch (presence) {
    case 'present':
      return matches === undefined ? 'unknown' : judgeValues(values, audience, matches, isNegated, isVariable)
    case 'absent':
      return judgeAbsent(test, isNegated, isVariable)
    case 'unknown':
      return 'unknown'
  }
}

const OPERATOR = /^(forallvalues:|foranyvalue:)?(.*?)(ifexists)?$/s

type Presence = 'present' | 'absent' | 'unknown'

/** What stands around an operator, in lower case, and its values. */
interface Test {
  readonly set: string | undefined
  readonly ifExists: boolean
  readonly values: readonly string[]
}

/**
 * Null asks whether a key is missing. With ForAllValues it is always true, with ForAnyValue always false, whatever the key
 * (IAM Access Analyzer policy check reference, "Null with qualifier"). IAM knows no IfExists of it.
 */
function judgeNull({ set, ifExists, values }: Test, presence: Presence): Truth {
  if (ifExists) return 'unknown'
  if (set !== undefined) return set === 'forallvalues:' ? 'holds' : 'fails'
  if (presence === 'unknown' || values.length === 0) return 'unknown'
  const right = presence === 'absent' ? 'true' : 'false'
  return values.some((item) => item.toLowerCase() === right) ? 'holds' : 'fails'
}

/**
 * An empty list: nothing matches it under ForAnyValue, and only a missing key under IfExists and ForAllValues (IAM Access
 * Analyzer policy check reference, "Empty array condition"). AWS documents plain operators in two ways.
 */
function judgeNoValues({ set, ifExists }: Test, presence: Presence): Truth {
  if (set === 'foranyvalue:') return ifExists && presence !== 'present' ? 'unknown' : 'fails'
  if (!ifExists && set === undefined) return 'unknown'
  return presence === 'present' ? 'fails' : presence === 'absent' ? 'holds' : 'unknown'
}

/**
 * For a key that is not there, IfExists, ForAllValues and the Not forms hold; ForAnyValue fails, and so does all else (IAM
 * User Guide, "IAM JSON policy elements: Condition operators"). AWS does not say which of IfExists and ForAnyValue wins,
 * nor that a variable without a value leaves the rest of a statement valid.
 */
function judgeAbsent({ set, ifExists }: Test, isNegated: boolean, isVariable: boolean): Truth {
  if (ifExists) return set === 'foranyvalue:' ? 'unknown' : 'holds'
  if (set === 'foranyvalue:' || (set === undefined && !isNegated)) return 'fails'
  return isVariable ? 'unknown' : 'holds'
}

/** SAML:aud has a single value and is always there, so that IfExists, ForAnyValue and ForAllValues change nothing. */
function judgeValues(
  values: readonly string[],
  audience: string,
  matches: Matcher,
  isNegated: boolean,
  isVariable: boolean,
): Truth {
  if (values.some((item) => matches(item, audience))) return isNegated ? 'fails' : 'holds'
  // A policy variable is filled in by IAM at the time of the request.
  if (isVariable) return 'unknown'
  return isNegated ? 'holds' : 'fails'
}
