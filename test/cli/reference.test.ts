import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { runCli } from './command-line.ts'

const reference = readFileSync(new URL('../../docs/cli.md', import.meta.url), 'utf8')

/** The commands of a help text, or its options. */
const found = (pattern: RegExp, text: string) => [...text.matchAll(pattern)].map(([, name]) => name)

test('the reference has a section for every command, and names every option', async () => {
  const { stdout: help } = await runCli(['--help'])
  const commands = found(/^ {2}([a-z]+) \[options\]/gm, help)
  expect(commands.length).toBeGreaterThan(0)
  for (const command of commands) {
    expect(reference).toContain(`\n## ${command}\n`)
    const { stdout } = await runCli([`${command}`, '--help'])
    const options = found(/^ {2}(?:-h, )?(--[a-z-]+)/gm, stdout)
    for (const option of options.filter((name) => name !== '--version')) expect(reference).toContain(`\`${option}`)
  }
})
