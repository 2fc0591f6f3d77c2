import { functionOf, isObject, mapInside } from './json.ts'

/** Names of Parameters by the text, or the number as text, that stands in their places. */
export type Markers = ReadonlyMap<string, string>

/**
 * The template with each marker replaced by its Parameter, wherever it stands: as a value by Ref, within a text by
 * Fn::Sub, and in a key of a policy document by making the whole document a text, since no function works in a key.
 *
 * @returns with the names of the Parameters that were placed
 * @throws Error where a marker stands in a key of anything else
 */
export function placeParameters(template: unknown, markers: Markers): { placed: unknown; found: ReadonlySet<string> } {
  const found = new Set<string>()

  const substitute = (text: string) =>
    [...markers]
      .filter(([marker]) => isWord(marker))
      .reduce((done, [marker, parameter]) => {
        if (!done.includes(marker)) return done
        found.add(parameter)
        return done.replaceAll(marker, `\${${parameter}}`)
      }, text)

  const place = (value: unknown, key = ''): unknown => {
    if (typeof value === 'string' || typeof value === 'number') return placeInText(value)
    if (key === 'PolicyDocument' && hasMarkedKey(value, markers)) return documentText(value, substitute)
    const [name, argument] = functionOf(value) ?? []
    if (name === 'Fn::Sub') return { 'Fn::Sub': placeInSub(argument) }
    if (isObject(value)) {
      const marked = Object.keys(value).find((own) => isMarked(own, markers))
      if (marked !== undefined)
        throw new Error(`${marked} is a key, and only those of a PolicyDocument can be replaced`)
    }
    return mapInside(value, place)
  }

  const placeInText = (value: string | number): unknown => {
    const parameter = markers.get(`${value}`)
    if (parameter !== undefined) {
      found.add(parameter)
      return { Ref: parameter }
    }
    if (typeof value === 'number' || !isMarked(value, markers)) return value
    return { 'Fn::Sub': substitute(escapeVariables(value)) }
  }

  const placeInSub = (argument: unknown): unknown => {
    if (typeof argument === 'string') return substitute(argument)
    const [text, variables] = Array.isArray(argument) ? argument : []
    if (typeof text !== 'string') throw new Error(`${JSON.stringify(argument)} is nothing that Fn::Sub takes`)
    return [substitute(text), mapInside(variables, (inner) => place(inner))]
  }

  return { placed: place(template), found }
}

function isMarked(text: string, markers: Markers): boolean {
  return [...markers.keys()].some((marker) => isWord(marker) && text.includes(marker))
}

/** A number counts only where nothing stands beside it: a hash may contain it. */
function isWord(marker: string): boolean {
  return /\D/.test(marker)
}

function hasMarkedKey(value: unknown, markers: Markers): boolean {
  if (typeof value !== 'object' || value === null) return false
  return Object.entries(value).some(([key, inner]) => isMarked(key, markers) || hasMarkedKey(inner, markers))
}

/** For Fn::Sub, which would take it for a variable. */
function escapeVariables(text: string): string {
  return text.replaceAll('${', '${!')
}

/**
 * A document as JSON that Fn::Sub fills in. No Parameter in it may hold a quote or a backslash: their patterns see to it.
 * A choice by a Condition becomes a variable, whose value is the text of the one or the other.
 */
function documentText(document: unknown, substitute: (text: string) => string): unknown {
  const variables: Record<string, unknown> = {}
  const toText = (value: unknown): string => {
    if (typeof value === 'string') return substitute(JSON.stringify(escapeVariables(value)))
    if (Array.isArray(value)) return `[${value.map(toText)}]`
    const [name, argument] = functionOf(value) ?? []
    if (name !== undefined) return functionText(name, argument)
    if (!isObject(value)) return JSON.stringify(value)
    return `{${Object.entries(value).map(([key, inner]) => `${toText(key)}:${toText(inner)}`)}}`
  }
  const functionText = (name: string, argument: unknown): string => {
    if (name === 'Fn::Sub' && typeof argument === 'string') return substitute(JSON.stringify(argument))
    if (name === 'Ref' && typeof argument === 'string') return `"\${${argument}}"`
    if (name === 'Fn::GetAtt' && Array.isArray(argument)) return `"\${${argument.join('.')}}"`
    if (name === 'Fn::If' && Array.isArray(argument)) {
      const [condition, ...branches] = argument
      const variable = `${condition}${Object.keys(variables).length + 1}`
      variables[variable] = { 'Fn::If': [condition, ...branches.map((branch) => documentText(branch, substitute))] }
      return `\${${variable}}`
    }
    throw new Error(`${name} cannot stand in a policy document that is a text`)
  }
  const text = toText(document)
  if (Object.keys(variables).length > 0) return { 'Fn::Sub': [text, variables] }
  return text.includes('${') ? { 'Fn::Sub': text } : text
}
