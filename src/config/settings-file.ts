import { existsSync, lstatSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Document, isAlias, isMap, isScalar, isSeq, parseAllDocuments } from 'yaml'
import { ConfigurationError } from '../errors.ts'

/** Where the settings of a stage are kept. */
function settingsFileOf(stage: string): string {
  return `settings/${stage}.yml`
}

/** Whether a stage cannot be deployed without a file; the first look, with all defaults, needs none. */
export function needsFile(stage: string): boolean {
  return stage !== 'dev'
}

/** A file of settings, or why it cannot be used. */
export type SettingsFile =
  | { readonly kind: 'read'; readonly file: string; readonly values: Readonly<Record<string, string>> }
  | { readonly kind: 'missing'; readonly file: string }
  | { readonly kind: 'wrong'; readonly file: string; readonly problem: string }

/**
 * Reads a flat YAML map of settings, as text exactly as it is written: `0`, `true` and `007` are text, and nothing after
 * the colon is the empty text. Whether a value is right is not looked at: that is for `readConfig`.
 *
 * @param path where it lies
 * @param file its name in messages
 * @param known the names of all settings
 */
export function readSettingsFile(path: string, file: string, known: readonly string[]): SettingsFile {
  try {
    return { kind: 'read', file, values: valuesOf(textOf(path), known) }
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return { kind: 'missing', file }
    const message = error instanceof Error ? error.message : String(error)
    const problem = error instanceof ConfigurationError ? message : `cannot be read (${message})`
    return { kind: 'wrong', file, problem: `${file}: ${problem}` }
  }
}

/**
 * The settings of a stage.
 *
 * @param folder of the project
 */
export function readStageSettings(folder: string, stage: string, known: readonly string[]): SettingsFile {
  const file = settingsFileOf(stage)
  const path = join(folder, file)
  const found = readSettingsFile(path, file, known)
  if (found.kind === 'missing' && lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink()) {
    return { kind: 'wrong', file, problem: `${file}: a link to a file that is not there; mend or remove the link` }
  }
  const misnamed = `settings/${stage}.yaml`
  if (found.kind !== 'missing' || !existsSync(join(folder, misnamed))) return found
  return { kind: 'wrong', file, problem: `${misnamed}: nobody reads a file of this name; rename it to ${file}` }
}

/** The text of a file with these settings. */
export function settingsText(values: Readonly<Record<string, string>>): string {
  if (Object.keys(values).length === 0) return '# Every setting has its default.\n'
  return new Document(values, { schema: 'failsafe' }).toString({ lineWidth: 0 })
}

function textOf(path: string): string {
  const bytes = readFileSync(path)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new ConfigurationError('found bytes that are not UTF-8, expected text')
  }
}

function valuesOf(text: string, known: readonly string[]): Readonly<Record<string, string>> {
  // Whatever looks like a number or a Boolean stays text.
  const documents = parseAllDocuments(text, { schema: 'failsafe', uniqueKeys: false, logLevel: 'error' })
  const [document, ...others] = [...documents]
  if (document === undefined) return {}
  const [error] = [document, ...others].flatMap(({ errors }) => errors)
  if (error !== undefined) {
    const name = settingAt(text, error.linePos?.[0].line ?? 1, known)
    const found = `found ${error.message.replace(/:?\s*\n[\s\S]*/, '')}`
    throw new ConfigurationError(name === undefined ? `${found}, expected ${A_MAP}` : `${name}: ${found}, ${IN_QUOTES}`)
  }
  if (others.length > 0) throw new ConfigurationError('found several documents, expected one')
  const { contents } = document
  if (contents === null || (isScalar(contents) && contents.value === '')) return {}
  if (!isMap(contents)) throw new ConfigurationError(`found ${kindOf(contents)}, expected ${A_MAP}`)
  const values = new Map<string, string>()
  for (const { key, value } of contents.items) {
    const name = isScalar(key) ? oneLine(String(key.value)) : kindOf(key)
    if (!known.includes(name)) {
      throw new ConfigurationError(`${name}: there is no such setting, expected one of ${known.join(', ')}`)
    }
    if (values.has(name)) throw new ConfigurationError(`${name}: found twice, expected once`)
    values.set(name, settingValue(name, value))
  }
  return Object.fromEntries(values)
}

const A_MAP = 'a map of settings, one on each line, such as maxChanges: 0'
const IN_QUOTES = 'expected text on one line, in quotes where it holds signs of YAML, such as exclusions: "*"'

/** The setting on a line, counted from 1, of what is no YAML. */
function settingAt(text: string, line: number, known: readonly string[]): string | undefined {
  const [, name = ''] = /^(\w+)\s*:/.exec(text.split('\n')[line - 1] ?? '') ?? []
  return known.includes(name) ? name : undefined
}

/** A name as it is, or as JSON where it would break the line of the message. */
function oneLine(name: string): string {
  return CONTROL.test(name) ? JSON.stringify(name) : name
}

const CONTROL = /\p{Cc}/u

function settingValue(name: string, node: unknown): string {
  const refuse = (found: string, expected: string) =>
    new ConfigurationError(`${name}: found ${found}, expected ${expected}`)
  if (isAlias(node)) {
    throw refuse(`*${node.source}, which refers to another place in YAML`, `text in quotes: "*${node.source}"`)
  }
  if (!isScalar(node)) throw refuse(kindOf(node), 'text: values separated by commas')
  const { value, tag, anchor } = node
  if (anchor !== undefined) {
    throw refuse(`&${anchor}, which names a place in YAML`, `text in quotes: "&${anchor}"`)
  }
  if (tag !== undefined && tag !== 'tag:yaml.org,2002:str') throw refuse(`the tag ${tag}`, 'text without a tag')
  const text = String(value ?? '')
  if (text.includes('\n')) throw refuse('several lines', 'text on one line: >- joins lines, | does not')
  const [control] = CONTROL.exec(text) ?? []
  if (control !== undefined) throw refuse(JSON.stringify(text), `text without the sign ${JSON.stringify(control)}`)
  // Serverless would put something else there.
  if (text.includes('${')) throw refuse(JSON.stringify(text), 'text as it is, without ${')
  return text
}

function kindOf(node: unknown): string {
  if (isSeq(node)) return 'a list'
  if (isMap(node)) return 'a map'
  return isAlias(node) ? `*${node.source}` : 'text'
}
