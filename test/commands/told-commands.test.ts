import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { commandName, TOLD_COMMANDS } from './told-commands.ts'

// A message has its commands from cli/session/commands.ts, whose functions take the call as a literal, or spells them out.

const SOURCES = ['src', 'cli', 'handlers', 'infra'].flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(ts|cts|cjs|mjs|yml)$/.test(name))
    .map((name) => join(folder, name)),
)
/** Makes commands of what it is given; the other one hands it on. */
const MAKER = 'cli/session/commands.ts'
const MAKERS = [MAKER, 'cli/doctor/stack-remedies.ts']

const textOf = (file: string) =>
  readFileSync(file, 'utf8')
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/(^|\s)(\/\/|#).*$/gm, '')

const CALLS = [
  { pattern: /\b(?:aws|awsIn|awsCommand)\([^'`]*'([a-z][\w-]* [a-z][\w-]*)'/g, program: 'aws' },
  { pattern: /\bserverlessCommand\([^'`]*'([a-z]+)'/g, program: 'npx --no serverless' },
  { pattern: /\bownCommand\([^'`]*'([a-z]+)'/g, program: 'npx --no okta-role-trust' },
  { pattern: /\bwriteSettingsCommand\(/g, program: 'mkdir -p settings' },
]

function commandsIn(file: string): readonly string[] {
  const text = textOf(file)
  const made = CALLS.flatMap(({ pattern, program }) =>
    [...text.matchAll(pattern)].map(([, ...call]) => [program, ...call].join(' ')),
  )
  const spelt = [...text.matchAll(/\b(?:aws|npx|npm) [a-z-]/g)].map(({ index }) => commandName(text.slice(index)))
  return [...made, ...spelt.filter((name) => name !== undefined)]
}

test('every command that people are told to type is in the list, and no other', () => {
  const told = new Set(SOURCES.filter((file) => file !== MAKER).flatMap(commandsIn))
  expect([...told].sort()).toEqual(Object.keys(TOLD_COMMANDS).sort())
})

test.each(SOURCES.filter((file) => !MAKERS.includes(file)))('%s says which calls it makes commands of', (file) => {
  const made = [
    ...textOf(file).matchAll(
      /(?<!function )\b(?:aws|awsIn|awsCommand|serverlessCommand|ownCommand|writeSettingsCommand)\(/g,
    ),
  ]
  expect(CALLS.flatMap(({ pattern }) => [...textOf(file).matchAll(pattern)])).toHaveLength(made.length)
})

test('no command asks a package registry', () => {
  for (const file of SOURCES) expect(textOf(file)).not.toMatch(/\bnpx (?!--no )/)
})
