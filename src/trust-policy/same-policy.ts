import { isDeepStrictEqual } from 'node:util'
import { isTooDeep } from './document.ts'
import { isJsonObject, type Json } from './json.ts'

/**
 * Whether two texts are the same trust policy, in the forms that IAM itself may give it: it shows a list of one as its
 * only member, a list in another order, and an account's id as the ARN of its root. Text that is not JSON, or that
 * nests deeper than any policy, is the same as itself alone.
 *
 * @param one plain JSON text, undefined where there is none
 */
export function isSamePolicy(one: string | undefined, other: string | undefined): boolean {
  return one === other || (one !== undefined && other !== undefined && isDeepStrictEqual(formOf(one), formOf(other)))
}

function formOf(text: string): unknown {
  if (isTooDeep(text)) return { text }
  try {
    const root: Json = JSON.parse(text)
    return normalized(root)
  } catch {
    return { text }
  }
}

/** The order of statements stays: only lists of strings are sets. */
function normalized(value: Json): Json {
  if (typeof value === 'string') return value.replace(/^arn:aws[a-z-]*:iam::(\d{12}):root$/, '$1')
  if (isJsonObject(value)) {
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, normalized(member)]))
  }
  if (!Array.isArray(value)) return value
  const members = value.map(normalized)
  const [only] = members
  if (only !== undefined && members.length === 1) return only
  return members.every((member) => typeof member === 'string') ? members.toSorted() : members
}
