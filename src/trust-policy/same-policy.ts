import { isDeepStrictEqual } from 'node:util'
import { parsePolicy } from './document.ts'
import { isJsonObject, type Json, type JsonObject } from './json.ts'

/**
 * Whether two texts are the same trust policy, in the forms that IAM itself may give it: it shows a list of one as its
 * only member, a list in another order, and an account's id among the principals as the ARN of its
 * root. Text that is not JSON, or that nests deeper than any policy, is the same as itself alone.
 *
 * @param one plain JSON text, undefined where there is none
 */
export function isSamePolicy(one: string | undefined, other: string | undefined): boolean {
  return one === other || (one !== undefined && other !== undefined && isDeepStrictEqual(formOf(one), formOf(other)))
}

function formOf(text: string): unknown {
  const root = parsePolicy(text)
  if (root === undefined) return { text }
  return normalized(isJsonObject(root) ? withMember(root, 'Statement', withAccounts) : root)
}

/** A statement or several, with the accounts among their principals by number: elsewhere an ARN is a mere text. */
function withAccounts(statement: Json): Json {
  if (!isJsonObject(statement)) return Array.isArray(statement) ? statement.map(withAccounts) : statement
  return ['Principal', 'NotPrincipal'].reduce(
    (one, element) =>
      withMember(one, element, (types) => (isJsonObject(types) ? withMember(types, 'AWS', accountOf) : types)),
    statement,
  )
}

function accountOf(principal: Json): Json {
  if (typeof principal === 'string') return principal.replace(/^arn:aws[a-z-]*:iam::(\d{12}):root$/, '$1')
  return Array.isArray(principal) ? principal.map(accountOf) : principal
}

/** The object with one of its members changed, if it has that. */
function withMember(object: JsonObject, key: string, change: (member: Json) => Json): JsonObject {
  const member = object[key]
  return member === undefined ? object : { ...object, [key]: change(member) }
}

/** The order of statements stays: only lists of strings are sets. */
function normalized(value: Json): Json {
  if (isJsonObject(value)) {
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, normalized(member)]))
  }
  if (!Array.isArray(value)) return value
  const members = value.map(normalized)
  const [only] = members
  if (only !== undefined && members.length === 1) return only
  return members.every((member) => typeof member === 'string') ? members.toSorted() : members
}
