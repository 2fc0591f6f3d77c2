import { beforeEach, describe, expect, test } from 'vitest'
import type { Account } from '../fake-aws/account.ts'
import { contextOf } from '../fake-aws/invocation.ts'
import { runCli } from './cli/command-line.ts'
import { accountWithOkta, captureLogs, coldStart, ec2, outcomesOf, policy, TAGGED } from './functions.ts'

// More trust policies than a report can hold: they are left out, and nothing else is.

let account: Account
let logs: Record<string, unknown>[]
beforeEach(() => {
  account = accountWithOkta()
  logs = captureLogs()
})

const COUNT = 40
const NAMES = Array.from({ length: COUNT }, (_, index) => `analyst-${index}`)
/** White space does not count against IAM's quota: two of these, before and after, take 400,000 characters. */
const long = { ...ec2, Condition: { StringLike: { 'aws:PrincipalTag/team': ' '.repeat(200_000) } } }
const dangling = { ...long, Principal: { AWS: 'AROAJQABLZS4A3QDU576Q' } }

function addRoles(statement: object): void {
  for (const name of NAMES) account.addRole({ name, tags: TAGGED, document: policy(statement) })
}

const logged = (kind: string) => logs.filter((line) => line.kind === kind)

describe('roles that are due', () => {
  beforeEach(() => addRoles(long))

  test('over the cap are all reported and logged, the last ones without their trust policies', async () => {
    const report = await (await coldStart({ MAX_CHANGES: '5' })).scheduledSweep({}, contextOf())
    expect(report).toMatchObject({ truncated: true, counts: { planned: COUNT } })
    expect(report.roles.map(({ roleName }) => roleName)).toEqual(NAMES)
    expect(report.roles[0]).toHaveProperty('after')
    expect(report.roles.at(-1)).toEqual({
      roleName: NAMES.at(-1),
      arn: `arn:aws:iam::111122223333:role/${NAMES.at(-1)}`,
      kind: 'planned',
      reason: 'access-missing',
      detail: expect.stringContaining('not changed: 40 roles are due'),
      notes: [],
    })
    expect(Buffer.byteLength(JSON.stringify(report))).toBeLessThan(6_000_000)
    expect(logged('planned')).toHaveLength(COUNT)
    expect(logged('planned').at(-1)).toMatchObject({ roleName: NAMES.at(-1), documentsOmitted: true })
    expect(account.writes).toEqual([])
  })

  test('in a dry run are all reported, and the log has all trust policies', async () => {
    const report = await (await coldStart()).backfill({ dryRun: true }, contextOf())
    expect(report).toMatchObject({ truncated: true, counts: { planned: COUNT } })
    expect(report.roles).toHaveLength(COUNT)
    expect(logged('planned').filter(({ after }) => after !== undefined)).toHaveLength(COUNT)
  })

  test('are all changed, and each write is on record with its trust policies', async () => {
    const report = await (await coldStart()).backfill({}, contextOf())
    expect(report).toMatchObject({ truncated: true, counts: { patched: COUNT } })
    expect(account.writes).toHaveLength(COUNT)
    expect(logged('patched').filter(({ before, after }) => before && after)).toHaveLength(COUNT)
  })

  test('are all in a plan of the command line, with their trust policies', async () => {
    const { stdout } = await runCli(['plan', '--json'])
    const { roles, truncated } = JSON.parse(stdout)
    expect(truncated).toBe(false)
    expect(roles.filter((line: object) => 'after' in line)).toHaveLength(COUNT)
  })
})

test('blocked roles are all told on the bus, and the last ones say that their trust policies were left out', async () => {
  addRoles(dangling)
  const report = await (await coldStart()).scheduledSweep({}, contextOf())
  expect(report).toMatchObject({ truncated: true, counts: { blocked: COUNT } })
  expect(outcomesOf(account)).toHaveLength(COUNT)
  expect(outcomesOf(account).at(-1)).toMatchObject({ detail: { roleName: NAMES.at(-1), documentsOmitted: true } })
})
