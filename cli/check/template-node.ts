import { type Node, parseTree } from 'jsonc-parser'
import { LineCounter } from 'yaml'
import { InvalidInputError } from '../../src/errors.ts'
import type { Untold } from './declared-role.ts'

/**
 * A value of a template, JSON or YAML alike. Keys keep their order and their repeats, and numbers their spelling: the engine
 * has something to say to each. Every line is counted from 1.
 */
export type TemplateNode = TemplateScalar | TemplateList | TemplateMap | UntoldNode

export interface TemplateScalar {
  readonly kind: 'scalar'
  /** The text of a string; a number, true, false or null as JSON. */
  readonly text: string
  readonly isString: boolean
  readonly line: number
}

export interface TemplateList {
  readonly kind: 'list'
  readonly items: readonly TemplateNode[]
  readonly line: number
}

export interface TemplateMap {
  readonly kind: 'map'
  readonly entries: readonly TemplateEntry[]
  readonly line: number
}

export interface TemplateEntry {
  readonly key: string
  readonly value: TemplateNode
  readonly line: number
}

/** Readers of YAML take it for different things. */
export interface UntoldNode {
  readonly kind: 'untold'
  readonly untold: Untold
  readonly line: number
}

/** How deep a template may nest: those of real stacks stay below 40. */
export const DEEPEST = 200

/**
 * The value of a key of a map; undefined where there is none, or no map.
 *
 * @throws InvalidInputError where the key is there twice: nobody knows which of the two AWS takes
 */
export function valueAt(node: TemplateNode | undefined, key: string, label: string): TemplateNode | undefined {
  const [found, again] = (node?.kind === 'map' && indexOf(node).get(key)) || []
  if (again === undefined) return found?.value
  throw new InvalidInputError(
    `${label}, line ${again.line}: found the key ${JSON.stringify(key)} a second time, expected it once`,
  )
}

const indexes = new WeakMap<TemplateMap, ReadonlyMap<string, readonly TemplateEntry[]>>()

/** The entries of a map by their keys, sorted out only once: a template may have many thousands of each. */
function indexOf(map: TemplateMap): ReadonlyMap<string, readonly TemplateEntry[]> {
  const known = indexes.get(map)
  if (known !== undefined) return known
  const index = new Map<string, TemplateEntry[]>()
  for (const entry of map.entries) {
    const same = index.get(entry.key)
    if (same === undefined) index.set(entry.key, [entry])
    else same.push(entry)
  }
  indexes.set(map, index)
  return index
}

export function entriesOf(node: TemplateNode | undefined): readonly TemplateEntry[] {
  return node?.kind === 'map' ? node.entries : []
}

/** The text of a string, and undefined of anything else. */
export function stringOf(node: TemplateNode | undefined): string | undefined {
  return node?.kind === 'scalar' && node.isString ? node.text : undefined
}

/** As JSON. A value that is not told has none. */
export function jsonText(node: TemplateNode): string {
  switch (node.kind) {
    case 'scalar':
      return node.isString ? JSON.stringify(node.text) : node.text
    case 'list':
      return `[${node.items.map(jsonText).join(',')}]`
    case 'map':
      return `{${node.entries.map(({ key, value }) => `${JSON.stringify(key)}:${jsonText(value)}`).join(',')}}`
    case 'untold':
      throw new TypeError('This is a bug: a value that is not told has no JSON')
  }
}

/** @param text is JSON, and nests no deeper than {@link DEEPEST} */
export function readJsonTemplate(text: string): TemplateNode {
  const lines = new LineCounter()
  lines.addNewLine(0)
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines.addNewLine(at + 1)
  const root = parseTree(text)
  if (root === undefined) throw new TypeError('This is a bug: JSON without a value')
  return nodeOf(root)

  function nodeOf({ type, value, offset, length, children = [] }: Node): TemplateNode {
    const { line } = lines.linePos(offset)
    if (type === 'array') return { kind: 'list', items: children.map(nodeOf), line }
    if (type === 'object') return { kind: 'map', entries: children.flatMap(entryOf), line }
    if (type === 'string') return { kind: 'scalar', text: String(value), isString: true, line }
    return { kind: 'scalar', text: text.slice(offset, offset + length), isString: false, line }
  }

  function entryOf({ children = [] }: Node): readonly TemplateEntry[] {
    const [key, value] = children
    if (key === undefined || value === undefined) return []
    return [{ key: String(key.value), value: nodeOf(value), line: lines.linePos(key.offset).line }]
  }
}
