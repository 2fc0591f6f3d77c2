import * as z from 'zod/mini'
import { InvalidInputError } from './errors.ts'
import { MAX_DEPTH } from './trust-policy/document.ts'

/**
 * Characters by which a terminal or a page shows something else than what is there: control characters, line breaks among
 * them, marks that turn the direction of writing, what has no width, spaces of other kinds, and halves of characters.
 */
export const DECEIVING = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]|(?! )\p{Zs}/gu

/**
 * Reads an input of unknown shape by its schema. In the schemas of this project each message completes "expected …".
 *
 * @param label what the input is, such as `payload`
 * @throws InvalidInputError that names every wrong part, what was found there and what was expected
 */
export function readInput<Schema extends z.ZodMiniType>(
  schema: Schema,
  input: unknown,
  label: string,
): z.output<Schema> {
  const result = z.safeParse(schema, input)
  if (result.success) return result.data
  throw new InvalidInputError(result.error.issues.map((issue) => formatIssue(issue, input, label)))
}

function formatIssue(issue: z.core.$ZodIssue, input: unknown, label: string): string {
  const place = [label, ...issue.path.map(String)].join('.')
  if (issue.code === 'unrecognized_keys') return `${place}: found ${issue.keys.join(', ')}, expected ${issue.message}`
  return `${place}: found ${shown(valueAt(input, issue.path))}, expected ${issue.message}`
}

/** What stands at a path; where a text was cut into parts, the whole text. */
function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (typeof value === 'object' && value !== null ? Reflect.get(value, key) : value),
    input,
  )
}

/** Long enough to recognise a value by, short enough for a log line. */
const LONGEST_SHOWN = 200

function shown(value: unknown): string {
  if (value === undefined) return 'nothing'
  // JSON.stringify would exhaust the stack.
  if (isTooDeep(value)) return `a value nested deeper than ${MAX_DEPTH} levels`
  const text = JSON.stringify(value) ?? typeof value
  return text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text
}

/** Whether a value nests deeper than any input: looked at level by level, since it may be too deep to walk down. */
function isTooDeep(value: unknown): boolean {
  let level = [value].filter(isNesting)
  for (let depth = 0; depth < MAX_DEPTH && level.length > 0; depth += 1) {
    level = level.flatMap((one): unknown[] => Object.values(one)).filter(isNesting)
  }
  return level.length > 0
}

function isNesting(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
