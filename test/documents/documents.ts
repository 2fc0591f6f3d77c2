import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const ROOT = join(import.meta.dirname, '../..')

/** Of a file, by its path in the project. */
export function textOf(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8')
}

/** What is made here and not kept in the repository. */
export const IGNORED = textOf('.gitignore').trim().split('\n')

export function isThere(path: string): boolean {
  return existsSync(join(ROOT, path)) || IGNORED.includes(path)
}

/** What a folder of the project holds, those below it too where that is asked for; folders end with a slash. */
export function listFolder(path: string, recursive = false): readonly string[] {
  return readdirSync(join(ROOT, path), { recursive, withFileTypes: true }).map((entry) => {
    const name = join(entry.parentPath, entry.name).slice(join(ROOT, path, '/').length)
    return entry.isDirectory() ? `${name}/` : name
  })
}

/** The paths of all Markdown files. */
export const DOCUMENTS = [
  ...listFolder('.'),
  ...['docs', '.github'].flatMap((folder) => listFolder(folder, true).map((name) => join(folder, name))),
].filter((path) => path.endsWith('.md'))

/** The paths of all files that may send a reader to a document. */
export const SOURCES = ['bench', 'cli', 'demo', 'handlers', 'infra', 'release', 'sandbox', 'src', 'test']
  .flatMap((folder) => listFolder(folder, true).map((name) => join(folder, name)))
  .filter((path) => /\.(ts|cjs|mjs|yml)$/.test(path))

/** The paths of all files in which a person may read, but for pictures and what is generated. */
export const TEXTS = [
  ...listFolder('.'),
  ...listFolder('.')
    .filter((name) => name.endsWith('/') && !IGNORED.some((ignored) => name.startsWith(ignored)) && name !== '.git/')
    .flatMap((folder) => listFolder(folder, true).map((name) => join(folder, name))),
].filter((path) => /\.(md|yml|json|ts|cts|cjs|mjs|txt|grit)$/.test(path) && path !== 'package-lock.json')

/** A document without its blocks of code. */
export function proseOf(path: string): string {
  return textOf(path).replace(/^( *)```[\s\S]*?^\1```$/gm, '')
}

export function headingsOf(path: string): readonly string[] {
  return [...proseOf(path).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => heading)
}

/** What stands in backquotes. */
export function codeSpansOf(path: string): readonly string[] {
  return [...proseOf(path).matchAll(/`([^`]+)`/g)].map(([, code = '']) => code.replace(/\s+/g, ' '))
}

/** All that a document gives to be typed: each command by itself, on one line. */
export function commandsOf(path: string, program: string): readonly string[] {
  const text = textOf(path).replace(/\\\n\s*/g, '')
  return [...text.matchAll(new RegExp(`${program} ([^\`\\n|]*)`, 'g'))].map(([, rest = '']) => rest)
}
