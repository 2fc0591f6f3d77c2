import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { readUnconfirmedFacts } from './compatibility.ts'
import { textOf } from './documents.ts'

const FACTS = readUnconfirmedFacts()
const PARTITIONS = ['aws', 'aws-us-gov', 'aws-cn', 'aws-eusc']
const NEVER = /never run on real AWS/

test('each line has a name of its own', () => {
  const rows = [...textOf('docs/compatibility.md').matchAll(/^\| (?!line |-)/gm)]
  expect(FACTS).toHaveLength(rows.length)
  expect(FACTS.map(({ id }) => id).filter((id) => !/^[a-z]+(-[a-z]+)+$/.test(id))).toEqual([])
  expect(new Set(FACTS.map(({ id }) => id)).size).toBe(FACTS.length)
})

test('each real run has a date, a region and a partition', () => {
  const run = new RegExp(`^20\\d\\d-\\d\\d-\\d\\d [a-z]+(-[a-z]+)+-\\d \\((${PARTITIONS.join('|')})\\): \\S`)
  const recorded = FACTS.flatMap(({ realRuns }) => (realRuns === 'none' ? [] : realRuns.split('<br>')))
  expect(recorded.filter((one) => !run.test(one.trim()))).toEqual([])
})

test.each(['README.md', 'docs/compatibility.md'])(
  'as long as no run is recorded, and no longer, %s says that it has never run on real AWS',
  (document) => {
    const isRecorded = FACTS.some(({ realRuns }) => realRuns !== 'none')
    expect(NEVER.test(textOf(document))).toBe(!isRecorded)
  },
)

test('the form for a real run asks for all that its line records', () => {
  const { body } = parse(textOf('.github/ISSUE_TEMPLATE/real-run.yml'))
  const required = Object.fromEntries(
    body.flatMap(({ id, validations, attributes }: Record<string, Record<string, unknown>>) =>
      validations?.required === true ? [[id, attributes?.options]] : [],
    ),
  )
  expect(required).toMatchObject({ date: undefined, region: undefined, partition: PARTITIONS })
  expect(Object.keys(required)).toEqual(expect.arrayContaining(['date', 'region', 'partition', 'lines']))
})
