import { visit } from 'jsonc-parser'
import { InvalidInputError } from '../../src/errors.ts'
import { isTooDeep, MAX_DEPTH } from '../../src/trust-policy/document.ts'

/**
 * @param label where the text comes from
 * @param expected completes "expected …"
 * @param deepest how many levels it may nest
 * @throws InvalidInputError that says where the text stops being JSON
 */
export function parseJson(text: string, label: string, expected: string, deepest = MAX_DEPTH): unknown {
  if (text.trim() === '') throw new InvalidInputError(`${label}: found nothing, expected ${expected}`)
  if (isTooDeep(text, deepest))
    throw new InvalidInputError(`${label}: found a value nested deeper than ${deepest} levels, expected ${expected}`)
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new InvalidInputError(`${label}, ${faultIn(text)}: found text that is not JSON, expected ${expected}`, {
      cause,
    })
  }
}

/** A trust policy to show or compare: text that is not JSON, or that nests too deep, stands for itself; none is undefined. */
export function jsonOf(document: string | undefined): unknown {
  if (document === undefined || document.trim() === '') return undefined
  if (isTooDeep(document)) return document
  try {
    return JSON.parse(document)
  } catch {
    return document
  }
}

/** The line and column of the first fault, which JSON.parse names in some cases only. */
function faultIn(text: string): string {
  let at = text.length
  const stop = new Error('the faults that follow from the first are of no use, and can be millions')
  try {
    visit(
      text,
      {
        onError: (_, offset) => {
          at = offset
          throw stop
        },
      },
      { disallowComments: true },
    )
  } catch (error) {
    if (error !== stop) throw error
  }
  const before = text.slice(0, at).split('\n')
  return `line ${before.length}, column ${(before.at(-1) ?? '').length + 1}`
}
