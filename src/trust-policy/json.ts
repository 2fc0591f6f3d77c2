/** A JSON value as `JSON.parse` returns it. The engine never writes to one: a change is a new value. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject

/** A JSON object. Keys keep the order in which they were written. */
export interface JsonObject {
  readonly [key: string]: Json
}

export function isJsonObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** One value or a list of them, as a list: IAM accepts both forms almost everywhere. Anything but strings is left out. */
export function stringsOf(value: Json | undefined): readonly string[] {
  return (Array.isArray(value) ? value : [value]).filter((item) => typeof item === 'string')
}
