import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { BLOCK_ADVICE, NOTE_ADVICE } from '../src/outcomes/advice.ts'

/** The first and the last cell of each row of the table that follows a heading. */
function tableBelow(heading: string, file: string): Readonly<Record<string, string>> {
  const text = readFileSync(new URL(`../${file}`, import.meta.url), 'utf8')
  const [section = ''] = text.slice(text.indexOf(`### ${heading}`) + 3).split(/^#/m)
  const rows = section.split('\n').filter((line) => line.startsWith('| `'))
  const cells = rows.map((row) =>
    row
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim()),
  )
  return Object.fromEntries(cells.map((row) => [row[0]?.replaceAll('`', ''), row.at(-1)]))
}

test('the rules say of a block reason what the command line says', () => {
  expect(tableBelow('Block reasons', 'docs/rules.md')).toEqual(BLOCK_ADVICE)
})

test('the rules say of a note what the command line says', () => {
  expect(tableBelow('Notes', 'docs/rules.md')).toEqual(NOTE_ADVICE)
})
