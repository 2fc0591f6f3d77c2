import { isJsonObject, type Json, type JsonObject } from './json.ts'

/** IAM's own limits are far below; deeper nesting is no policy and could exhaust the stack of whoever walks it. */
export const MAX_DEPTH = 32

/** A trust policy that can be read: its top-level object and its statements, unchecked beyond that. */
export interface TrustDocument {
  readonly root: JsonObject
  readonly statements: readonly JsonObject[]
  /** As it was read; `{}` where there was none. */
  readonly text: string
}

export type ReadDocument =
  | { readonly kind: 'document'; readonly document: TrustDocument }
  | { readonly kind: 'malformed'; readonly detail: string }

/**
 * Reads the text of a trust policy. No text, white space and `{}` are a document without statements (rule 4.5).
 *
 * @param text plain JSON (not URL-encoded), or undefined where the role has none
 * @returns the document, or `malformed` with the path of what cannot be read (rule 4.8). Never throws.
 */
export function readDocument(text: string | undefined): ReadDocument {
  if (text === undefined || text.trim() === '') return documentOf({}, [], '{}')
  const root = parsePolicy(text)
  if (root === undefined && isTooDeep(text)) return malformed(`document: nested deeper than ${MAX_DEPTH} levels`)
  if (root === undefined) return malformed('document: found text that is not JSON')
  if (!isJsonObject(root)) return malformed('document: found JSON that is not an object')
  const statements = Object.hasOwn(root, 'Statement') ? root.Statement : []
  const list = Array.isArray(statements) ? statements : [statements]
  const odd = list.findIndex((statement) => !isJsonObject(statement))
  if (odd >= 0) return malformed(`Statement[${odd}]: expected a JSON object`)
  return documentOf(root, list.filter(isJsonObject), text)
}

function documentOf(root: JsonObject, statements: readonly JsonObject[], text: string): ReadDocument {
  return { kind: 'document', document: { root, statements, text } }
}

function malformed(detail: string): ReadDocument {
  return { kind: 'malformed', detail }
}

/** The JSON value of a text; undefined where it is not JSON, or nests deeper than any policy. */
export function parsePolicy(text: string): Json | undefined {
  if (isTooDeep(text)) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Whether a text nests deeper than any policy, or as deep as is asked: nobody should walk what it holds. */
export function isTooDeep(text: string, deepest = MAX_DEPTH): boolean {
  // Nearly every document has fewer brackets in all, those within strings included.
  if (text.split(/[{[]/, deepest + 2).length - 1 <= deepest) return false
  let depth = 0
  let inString = false
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at]
    if (character === '"') inString = !inString
    else if (inString && character === '\\') at += 1
    else if (inString) continue
    else if (character === '{' || character === '[') depth += 1
    else if (character === '}' || character === ']') depth -= 1
    if (depth > deepest) return true
  }
  return false
}

/**
 * Why JSON.parse followed by JSON.stringify would not give the same document, or undefined when it would. JSON.parse
 * keeps only the last of two equal keys, and rounds long numbers: writing such a document back would drop or change a
 * part that is not ours (rule 4.6). So the text without white space is compared with what would be written.
 */
export function lossOf({ text, root }: TrustDocument): string | undefined {
  const written = JSON.stringify(root)
  if (text === written) return undefined
  const compact = text.replace(STRING_OR_SPACE, (part) => {
    if (!part.startsWith('"')) return ''
    return SPELLED_IN_SEVERAL_WAYS.test(part) ? JSON.stringify(JSON.parse(part)) : part
  })
  if (compact === written) return undefined
  let at = 0
  while (compact[at] === written[at]) at += 1
  const place = compact.slice(Math.max(0, at - 60), at + 20)
  return `document: it holds a key twice, or a number or an order of keys that JSON cannot keep, near …${place}…; writing it back would change it`
}

const STRING_OR_SPACE = /"[^"\\]*(?:\\.[^"\\]*)*"|\s+/g

/** Only strings with an escape, or half of a surrogate pair, can be written otherwise than they were read. */
const SPELLED_IN_SEVERAL_WAYS = /[\\\ud800-\udfff]/
