import { describe, expect, test } from 'vitest'
import type { RoleResult } from '../src/role/outcome.ts'
import { buildReport } from '../src/sweep/report.ts'

const wanted = {
  providers: ['arn:aws:iam::111122223333:saml-provider/Okta'],
  audiences: ['https://signin.aws.amazon.com/saml'],
  actions: ['sts:AssumeRoleWithSAML'],
  sid: 'OktaSso',
}
const role = (roleName: string) => ({ roleName, arn: `arn:aws:iam::111122223333:role/${roleName}`, notes: [] })
const patched = (roleName: string): RoleResult => ({
  ...role(roleName),
  kind: 'patched',
  reason: 'access-missing',
  before: '{"Statement":[]}',
  after: '{"Statement":[1]}',
})
const report = (results: readonly RoleResult[], maxBytes?: number) =>
  buildReport({ dryRun: false, wanted, scanned: 9, inScope: 5, results, orphaned: ['old'] }, maxBytes)

test('the report has exactly the promised keys, in order, and counts every kind', () => {
  const built = report([patched('a'), { ...role('b'), kind: 'unchanged' }])
  expect(Object.keys(built)).toEqual([
    'dryRun',
    'providers',
    'audiences',
    'scanned',
    'inScope',
    'counts',
    'roles',
    'orphaned',
    'truncated',
  ])
  expect(built).toMatchObject({
    dryRun: false,
    scanned: 9,
    inScope: 5,
    orphaned: ['old'],
    truncated: false,
    ...{ providers: wanted.providers, audiences: wanted.audiences },
  })
  expect(built.counts).toEqual({
    unchanged: 1,
    patched: 1,
    planned: 0,
    withdrawn: 0,
    skipped: 0,
    blocked: 0,
    failed: 0,
    deferred: 0,
  })
})

test('a changed role shows both documents as JSON objects', () => {
  expect(report([patched('a')]).roles).toEqual([
    { ...role('a'), kind: 'patched', reason: 'access-missing', before: { Statement: [] }, after: { Statement: [1] } },
  ])
})

test('an unchanged role is left out, unless there is a note about it', () => {
  const { roles } = report([
    { ...role('a'), kind: 'unchanged' },
    { ...role('b'), kind: 'unchanged', notes: ['restricted-by-owner'] },
  ])
  expect(roles).toEqual([{ ...role('b'), kind: 'unchanged', notes: ['restricted-by-owner'] }])
})

test('a document that cannot be parsed is left out of its line', () => {
  const blocked: RoleResult = { ...role('a'), kind: 'blocked', reason: 'malformed', detail: 'document: …', before: '{' }
  expect(report([blocked]).roles).toEqual([
    { ...role('a'), kind: 'blocked', reason: 'malformed', detail: 'document: …' },
  ])
})

test.each(['"text"', '42', 'null', '[]'])('%s is no document, and is left out of its line', (before) => {
  const blocked: RoleResult = { ...role('a'), kind: 'blocked', reason: 'malformed', detail: 'document: …', before }
  expect(report([blocked]).roles).toEqual([
    { ...role('a'), kind: 'blocked', reason: 'malformed', detail: 'document: …' },
  ])
})

describe('the report stays within what Lambda can return', () => {
  const many = Array.from({ length: 50 }, (_, index) => patched(`role-${index}`))
  const whole = JSON.stringify(report(many).roles).length

  test('documents go first, and then lines; the counts stay whole', () => {
    const fewer = report(many, whole * 0.8)
    expect(fewer).toMatchObject({ truncated: true, counts: { patched: 50 } })
    expect(fewer.roles).toHaveLength(50)
    expect(fewer.roles[0]).toHaveProperty('after')
    expect(fewer.roles[49]).not.toHaveProperty('after')

    const fewest = report(many, whole * 0.3)
    expect(fewest).toMatchObject({ truncated: true, counts: { patched: 50 } })
    expect(fewest.roles.length).toBeLessThan(50)
    expect(JSON.stringify(fewest.roles).length).toBeLessThanOrEqual(whole * 0.3)
  })

  test('names of orphaned roles are left out after the documents and before the lines', () => {
    const orphaned = Array.from({ length: 100 }, (_, index) => `former-role-${index}`)
    const lines = JSON.stringify(report(many).roles.map(({ before, after, ...line }) => line)).length
    const reportOf = (maxBytes: number) =>
      buildReport({ dryRun: false, wanted, scanned: 150, inScope: 50, results: many, orphaned }, maxBytes)

    const without = reportOf(lines + JSON.stringify(orphaned).length / 2)
    expect(without).toMatchObject({ truncated: true, counts: { patched: 50 } })
    expect(without.roles).toHaveLength(50)
    expect(without.roles.every((line) => !('after' in line))).toBe(true)
    expect(without.orphaned.length).toBeGreaterThan(40)
    expect(without.orphaned).toEqual(orphaned.slice(0, without.orphaned.length))
    expect(without.orphaned.length).toBeLessThan(60)

    expect(reportOf(lines / 2).orphaned).toEqual([])
    expect(reportOf(10 * whole)).toMatchObject({ truncated: false, orphaned })
  })

  test('200,000 orphaned roles stay under 6 MB', () => {
    const orphaned = Array.from({ length: 200_000 }, (_, index) => `${index}`.padStart(64, 'x'))
    const built = buildReport({ dryRun: false, wanted, scanned: 200_000, inScope: 0, results: [], orphaned })
    expect(Buffer.byteLength(JSON.stringify(built))).toBeLessThan(6 * 1024 * 1024)
    expect(built.truncated).toBe(true)
  })

  test('5,000 changed roles with the largest documents stay under 6 MB', () => {
    const large = JSON.stringify({ Statement: ['x'.repeat(4000)] })
    const results = Array.from(
      { length: 5000 },
      (_, index): RoleResult => ({
        ...role(`role-${index}`),
        kind: 'patched',
        reason: 'access-missing',
        before: large,
        after: large,
      }),
    )
    const built = report(results)
    expect(Buffer.byteLength(JSON.stringify(built))).toBeLessThan(6 * 1024 * 1024)
    expect(built).toMatchObject({ truncated: true, counts: { patched: 5000 } })
    expect(built.roles).toHaveLength(5000)
  })
})
