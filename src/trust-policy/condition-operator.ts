import { matchesWildcard } from './wildcard.ts'

/** An operator of a Condition, with what stands before and behind it. */
export interface ConditionOperator {
  readonly set: 'ForAllValues' | 'ForAnyValue' | undefined
  readonly ifExists: boolean
  /** Whether it asks if the key is missing, and compares nothing. */
  readonly isNull: boolean
  /** Whether it is a Not form: true where no value matches. */
  readonly isNegated: boolean
  /** Whether a value in the policy matches one in the request; undefined for operators that are not for strings. */
  readonly matches: ((value: string, text: string) => boolean) | undefined
}

type Matcher = ConditionOperator['matches']

/** IAM User Guide, "IAM JSON policy elements: Condition operators". */
const STRING_OPERATORS: readonly (readonly [name: string, matches: Matcher])[] = [
  ['Equals', (value, text) => value === text],
  ['EqualsIgnoreCase', (value, text) => value.toLowerCase() === text.toLowerCase()],
  ['Like', matchesWildcard],
]
const ORDERS = ['Equals', 'NotEquals', 'LessThan', 'LessThanEquals', 'GreaterThan', 'GreaterThanEquals']
const OTHER_OPERATORS = [
  ...ORDERS.flatMap((order) => [`Numeric${order}`, `Date${order}`]),
  ...[
    'Bool',
    'BinaryEquals',
    'IpAddress',
    'NotIpAddress',
    'ArnEquals',
    'ArnNotEquals',
    'ArnLike',
    'ArnNotLike',
    'Null',
  ],
]
const SETS: readonly ConditionOperator['set'][] = [undefined, 'ForAllValues', 'ForAnyValue']

/** Every operator that IAM knows, as its guide spells it and in lower case. */
const KNOWN = new Map<string, ConditionOperator>()
for (const [name, matches] of STRING_OPERATORS) {
  addOperator(`String${name}`, matches)
  addOperator(`StringNot${name}`, matches)
}
for (const name of OTHER_OPERATORS) addOperator(name, undefined)

function addOperator(name: string, matches: Matcher): void {
  for (const set of SETS) {
    for (const ifExists of [false, true]) {
      const whole = `${set === undefined ? '' : `${set}:`}${name}${ifExists ? 'IfExists' : ''}`
      const operator = { set, ifExists, isNull: name === 'Null', isNegated: name.includes('Not'), matches }
      KNOWN.set(whole, operator).set(whole.toLowerCase(), operator)
    }
  }
}

/** The operator of that name, whatever its letter case; undefined where IAM knows none. */
export function operatorOf(name: string): ConditionOperator | undefined {
  // Nearly all are spelled as in the guide.
  return KNOWN.get(name) ?? KNOWN.get(name.toLowerCase())
}
