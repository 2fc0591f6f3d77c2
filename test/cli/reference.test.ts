import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { optionsByCommand } from './options-by-command.ts'

const reference = readFileSync(new URL('../../docs/cli.md', import.meta.url), 'utf8')

test('the reference has a section for every command, and names every option', async () => {
  const commands = await optionsByCommand()
  expect(commands.size).toBeGreaterThan(0)
  for (const [command, options] of commands) {
    expect(reference).toContain(`\n## ${command}\n`)
    for (const option of options.filter((name) => name !== '--version')) expect(reference).toContain(`\`${option}`)
  }
})
