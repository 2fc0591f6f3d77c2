/** A JSON value as `JSON.parse` returns it. The engine never writes to one: a change is a new value. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject

/** A JSON object. Keys keep the order in which they were written. */
export interface JsonObject {
  readonly [key: string]: Json
}

/**
 * Compact JSON of characters that IAM takes in a policy: U+0009, U+000A, U+000D and U+0020 to U+00FF (IAM API
 * reference, UpdateAssumeRolePolicy). All others stand as escapes, those beyond U+FFFF as two.
 */
export function writePolicyJson(value: JsonObject): string {
  return JSON.stringify(value).replace(
    /[^\0-\xff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

export function isJsonObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/**
 * One string or a list of strings, as a list: IAM accepts both forms almost everywhere. Empty where the value is
 * anything else, or holds anything else: what cannot be read whole is not read at all.
 */
export function stringsOf(value: Json | undefined): readonly string[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value]
  return list.every((item) => typeof item === 'string') ? list : []
}
