import { execFileSync, spawnSync } from 'node:child_process'
import { beforeAll, expect, test } from 'vitest'

// Whether the bench works. What it measures depends on the machine, and nothing rests on it.

/** The table's lines: part, what, measured, baseline, ratio, and so on. */
let rows: readonly (readonly string[])[]

beforeAll(() => {
  const output = execFileSync('npx', ['tsx', 'bench/run.ts', '--quick'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  rows = output.split('\n').map((line) => line.split(/ {2,}/))
}, 180_000)

test.each([
  ['planning', 3],
  ['cold-start', 18],
  ['sweep', 13],
  ['events', 2],
])('%s gives %i figures, each with its ratio', (part, count) => {
  const ratios = rows.filter(([name]) => name === part).map(([, , , , ratio]) => Number(ratio))
  expect(ratios).toHaveLength(count)
  for (const ratio of ratios) expect(ratio).toBeGreaterThan(0)
})

test('a sweep makes a call for each page of 1,000 roles and three for each change', () => {
  const calls = rows.find(([, what]) => what === '2,100 roles: calls on roles')
  expect(calls?.slice(2, 5)).toEqual(['129 calls', '129 calls', '1.00'])
})

test('a part that there is not is refused, with those that there are', () => {
  const { status, stderr } = spawnSync('npx', ['tsx', 'bench/run.ts', 'speed'], { encoding: 'utf8' })
  expect(status).toBe(2)
  expect(stderr).toContain('found speed, expected any of planning, cold-start, sweep, events, organization, or nothing')
}, 60_000)
