import { createRequire } from 'node:module'
import { beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import * as z from 'zod/mini'
import { optionsByCommand } from '../cli/options-by-command.ts'
import { codeSpansOf, commandsOf, DOCUMENTS, TEXTS, textOf } from './documents.ts'

const { scripts } = z.parse(z.object({ scripts: z.record(z.string(), z.string()) }), JSON.parse(textOf('package.json')))
const { params, functions } = z.parse(
  z.object({
    params: z.object({ default: z.record(z.string(), z.string()) }),
    functions: z.record(z.string(), z.unknown()),
  }),
  parse(textOf('serverless.yml'), { logLevel: 'error' }),
)
const require = createRequire(import.meta.url)
const SettingChanges = require('../../infra/setting-changes.cjs')
/** What osls can be told, by its own account and that of the plugin that adds an option. */
const serverlessCommands = z.parse(
  z.map(z.string(), z.object({ options: z.record(z.string(), z.unknown()) })),
  require('serverless/lib/cli/commands-schema/resolve-final')([new SettingChanges({}, {}, {})], {
    providerName: 'aws',
  }),
)

let ownCommands: Awaited<ReturnType<typeof optionsByCommand>>
beforeAll(async () => {
  ownCommands = await optionsByCommand()
})

const optionsIn = (text: string) => text.match(/(?<=^|\s)--[a-z][a-z-]*/g) ?? []

/** The options of a command of osls, the longest name of a command first: `invoke local` is another than `invoke`. */
function serverlessOptions(line: string): readonly string[] | undefined {
  const [two = '', one = ''] = [/^\S+ \S+/, /^\S+/].map((words) => words.exec(line)?.[0] ?? '')
  const { options } = serverlessCommands.get(two) ?? serverlessCommands.get(one) ?? {}
  return options && Object.keys(options).map((name) => `--${name}`)
}

describe.each(DOCUMENTS)('%s', (document) => {
  test('names npm scripts that are there', () => {
    const named = commandsOf(document, 'npm run').map((line) => /^[\w:]+/.exec(line)?.[0] ?? line)
    expect(named.filter((name) => scripts[name] === undefined)).toEqual([])
  })

  test('names commands and options of the command line that are there', () => {
    const wrong = commandsOf(document, 'npx --no okta-role-trust').filter((line) => {
      if (line === 'help') return false
      const [two = '', one = ''] = [/^[a-z]+ [a-z]+/, /^[a-z]+/].map((words) => words.exec(line)?.[0])
      const options = ownCommands.get(two) ?? ownCommands.get(one)
      return options === undefined || optionsIn(line).some((option) => !options.includes(option))
    })
    expect(wrong).toEqual([])
  })

  test('names commands, options, functions and parameters of osls that are there', () => {
    const wrong = commandsOf(document, 'npx --no serverless').filter((line) => {
      const options = serverlessOptions(line)
      const [, name] = /(?:-f|--function) (\S+)/.exec(line) ?? []
      return (
        options === undefined ||
        optionsIn(line).some((option) => !options.includes(option)) ||
        (name !== undefined && functions[name] === undefined)
      )
    })
    expect(wrong).toEqual([])
    const parameters = [...textOf(document).matchAll(/--param="?(\w+)/g)].map(([, name = '']) => name)
    expect(parameters.filter((name) => params.default[name] === undefined)).toEqual([])
  })

  test('names options that are there', () => {
    const known = new Set([
      ...[...ownCommands.values()].flat(),
      ...[...serverlessCommands.values()].flatMap(({ options }) => Object.keys(options).map((name) => `--${name}`)),
      // Of npx, the sandbox, the bench, and the acceptance run.
      ...['--no', '--keep', '--quick', '--clean'],
    ])
    const named = codeSpansOf(document).filter((code) => code.startsWith('--'))
    expect(named.flatMap(optionsIn).filter((option) => !known.has(option))).toEqual([])
  })

  test('names parts of the continuous integration that are there', () => {
    const parts = commandsOf(document, '\\.ci/run').map((line) => line.trim())
    const known = [...textOf('.ci/run').matchAll(/^ {2}([a-z-]+)\)/gm)].map(([, part]) => part)
    expect(parts.filter((part) => /^[a-z]/.test(part) && !known.includes(part))).toEqual([])
  })
})

/** The commands in a text that have a package of ours, or of the deployment, run by npm, each with its options. */
function npmRunsIn(text: string) {
  const lines = text.replace(/\\?\n\s*(?:\/\/ |[#*] )?/g, ' ')
  return [
    ...lines.matchAll(/\b(?:npx|npm exec|npm x)\s((?:-\S+\s+)*)['"`]?(?:okta-role-trust|serverless|osls)\b/g),
  ].map(([command, options = '']) => ({ command, options: options.trim().split(/\s+/) }))
}

test('no text has npx ask a registry, where nobody holds the name of the command line', () => {
  const runs = TEXTS.flatMap((file) => npmRunsIn(textOf(file)).map((run) => ({ file, ...run })))
  expect(runs.length).toBeGreaterThan(100)
  expect(runs.filter(({ options }) => !options.includes('--no'))).toEqual([])
})

test('the table of settings lists each with its default', () => {
  const rows = [...textOf('docs/deploying.md').matchAll(/^\| `(\w+)` +\| (?:`(.+?)`|_empty_) +\|/gm)]
  expect(Object.fromEntries(rows.map(([, name, defaultValue = '']) => [name, defaultValue]))).toEqual(params.default)
})
