import { beforeEach, expect, test } from 'vitest'
import type { Account } from '../fake-aws/account.ts'
import { serviceFailure } from '../fake-aws/errors.ts'
import { batchOf, contextOf, eventFor } from '../fake-aws/invocation.ts'
import { flappingOf } from '../src/events/flapping.ts'
import { runCli } from './cli/command-line.ts'
import { accountWithOkta, captureLogs, coldStart, ec2, managed, metricsOf, policy, TAGGED } from './functions.ts'

// The names of two roles never differ by letter case alone, and IAM answers to any spelling with the role's own.

let account: Account
let logs: Record<string, unknown>[]
beforeEach(() => {
  account = accountWithOkta()
  logs = captureLogs()
  account.addRole({ name: 'Analyst', tags: TAGGED, document: policy(ec2) })
})

const SPELLINGS = ['Analyst', 'analyst', 'ANALYST']

test('a backfill of a role in three spellings is one change, within a cap of one', async () => {
  const { backfill } = await coldStart()
  const report = await backfill({ roles: SPELLINGS, maxChanges: 1 }, contextOf())
  expect(report).toMatchObject({ scanned: 1, inScope: 1, roles: [{ roleName: 'Analyst', kind: 'patched' }] })
  expect(account.writes).toHaveLength(1)
  expect(account.countCalls('GetRole')).toBe(3)
})

test('events that spell a role otherwise cost one remediation, told by the name that IAM answers with', async () => {
  const batch = batchOf(...SPELLINGS.map((name) => eventFor('tag-role', name)))
  expect(await (await coldStart()).roleEvent(batch, contextOf())).toEqual({ batchItemFailures: [] })
  expect(account.trustPolicy('Analyst')).toEqual(policy(ec2, managed))
  expect(account.countCalls('GetRole')).toBe(2)
  expect(account.busEvents).toMatchObject([{ detail: { roleName: 'Analyst' } }])
  expect(metricsOf(logs)).toMatchObject({ RolesScanned: 1, RolesPatched: 1 })
})

test('where the role fails, each of these messages comes back', async () => {
  for (const name of SPELLINGS) account.failNext('GetRole', serviceFailure(), { role: name, times: 5 })
  const batch = batchOf(...SPELLINGS.map((name) => eventFor('tag-role', name)))
  const { batchItemFailures: failures } = Object(await (await coldStart()).roleEvent(batch, contextOf()))
  expect(failures).toEqual(['m0', 'm1', 'm2'].map((itemIdentifier) => ({ itemIdentifier })))
})

test('a role flaps, however its writers spell it', () => {
  const now = Date.parse('2026-11-24T12:00:00Z')
  const writes = ['ours', 'theirs', 'ours', 'theirs', 'ours'].map((actor, index) => ({
    roleName: actor === 'ours' ? 'Analyst' : 'analyst',
    time: now - index * 60_000,
    actor,
    isOwn: actor === 'ours',
    document: undefined,
  }))
  for (const name of SPELLINGS)
    expect(flappingOf(name, writes, 'OktaSso', now)).toEqual({ patches: 3, undoneBy: 'theirs' })
})

test('the command line looks at a role once, and takes its ARN in any spelling', async () => {
  const { stdout } = await runCli(['plan', ...SPELLINGS.flatMap((name) => ['--role', name])])
  expect(stdout).toMatch(/planned {4}Analyst/)
  expect(stdout).toMatch(/1 role, 1 in scope: 1 planned/)
  const explained = await runCli(['explain', 'arn:aws:iam::111122223333:role/analyst'])
  expect(explained.stdout).toContain('Role Analyst (arn:aws:iam::111122223333:role/Analyst)')
})
