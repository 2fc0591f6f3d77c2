import { InvalidInputError } from '../../src/errors.ts'
import { isTooDeep, MAX_DEPTH } from '../../src/trust-policy/document.ts'

/**
 * @param label where the text comes from
 * @param expected completes "expected …"
 * @throws InvalidInputError that says where the text stops being JSON
 */
export function parseJson(text: string, label: string, expected: string): unknown {
  if (text.trim() === '') throw new InvalidInputError(`${label}: found nothing, expected ${expected}`)
  if (isTooDeep(text))
    throw new InvalidInputError(`${label}: found a value nested deeper than ${MAX_DEPTH} levels, expected ${expected}`)
  try {
    return JSON.parse(text)
  } catch (error) {
    const before = text.slice(0, faultIn(text)).split('\n')
    const place = `line ${before.length}, column ${(before.at(-1) ?? '').length + 1}`
    throw new InvalidInputError(`${label}, ${place}: found text that is not JSON, expected ${expected}`, {
      cause: error,
    })
  }
}

const SPACE = /[ \t\n\r]*/y
const TOKEN =
  /[{}[\]:,]|"(?:[^"\\\p{Cc}]|[\u007f-\u009f]|\\(?:["\\/bfnrt]|u[\da-f]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:e[+-]?\d+)?|true|false|null/iuy

/** Index of the first token that JSON does not allow (RFC 8259). JSON.parse tells it in some cases only. */
function faultIn(text: string): number {
  const open: string[] = []
  let expected: readonly string[] = ['value']
  let at = 0
  for (;;) {
    at += matchAt(SPACE, text, at).length
    const token = matchAt(TOKEN, text, at)
    const [first = ''] = token
    const kind =
      '{['.includes(first) || !'}]:,'.includes(first)
        ? first === '"' && expected.includes('key')
          ? 'key'
          : 'value'
        : first
    if (token === '' || !expected.includes(kind)) return at
    if (first === '{') open.push('}')
    if (first === '[') open.push(']')
    if (first === '}' || first === ']') open.pop()
    expected = followers(first, kind, open)
    at += token.length
  }
}

/** What may follow a token. */
function followers(first: string, kind: string, open: readonly string[]): readonly string[] {
  const inner = open.at(-1)
  if (first === '{') return ['key', '}']
  if (first === '[') return ['value', ']']
  if (kind === 'key') return [':']
  if (kind === ':') return ['value']
  if (kind === ',') return [inner === '}' ? 'key' : 'value']
  return inner === undefined ? [] : [',', inner]
}

function matchAt(pattern: RegExp, text: string, at: number): string {
  pattern.lastIndex = at
  return pattern.exec(text)?.[0] ?? ''
}
