import { beforeEach, describe, expect, test } from 'vitest'
import type { Account } from '../fake-aws/account.ts'
import { malformedPolicyDocument } from '../fake-aws/errors.ts'
import { contextOf, eventFor } from '../fake-aws/invocation.ts'
import { NOTE_ADVICE } from '../src/outcomes/advice.ts'
import { runCli } from './cli/command-line.ts'
import { readPage } from './dashboard-widget/read-page.ts'
import { accountWithOkta, captureLogs, coldStart, ec2, managed, OKTA, outcomesOf, policy, TAGGED } from './functions.ts'

// The provider was replaced, and a role that cannot be written goes on trusting the one before.

let account: Account
beforeEach(() => {
  account = accountWithOkta()
  captureLogs()
})

const OLD = `${OKTA}-old`
const oldStatement = { ...managed, Principal: { Federated: OLD } }
const denyNew = { Effect: 'Deny', Principal: { Federated: OKTA }, Action: 'sts:AssumeRoleWithSAML' }
const NOTED = { kind: 'blocked', notes: ['stale-provider'], detail: expect.stringContaining(`able to sign in: ${OLD}`) }

describe('a blocked role that still trusts the provider before says so', () => {
  beforeEach(() => {
    account.addRole({ name: 'analyst', tags: TAGGED, document: policy(oldStatement, denyNew) })
  })

  test('in the report and the event of a sweep', async () => {
    const report = await (await coldStart()).scheduledSweep({}, contextOf())
    expect(report.roles).toEqual([expect.objectContaining({ ...NOTED, roleName: 'analyst', reason: 'explicit-deny' })])
    const { kind: outcome, ...told } = NOTED
    expect(outcomesOf(account)).toMatchObject([{ detail: { ...told, outcome, roleName: 'analyst' } }])
  })

  test("on the dashboard's page", async () => {
    const { rows } = readPage(await (await coldStart()).dashboardWidget({}, contextOf()))
    expect(rows).toMatchObject([{ role: 'analyst', state: 'Blocked', why: expect.stringContaining(OLD) }])
    expect(rows[0]?.why).toContain('stale-provider a provider that is no longer wanted can still sign in')
  })

  test.each([[['plan']], [['explain', 'analyst']]])('on the command line, with what to do: %j', async (words) => {
    const { stdout } = await runCli(words)
    expect(stdout).toContain(`no longer wanted, and still able to sign in: ${OLD}`)
    expect(stdout).toContain('stale-provider')
    expect(stdout).toContain(NOTE_ADVICE['stale-provider'])
  })
})

describe('a write that IAM refuses', () => {
  test('leaves the provider before in', async () => {
    account.addRole({ name: 'analyst', tags: TAGGED, document: policy(oldStatement, ec2) })
    account.failNext('UpdateAssumeRolePolicy', malformedPolicyDocument('Syntax errors in policy.'))
    const outcome = await (await coldStart()).roleEvent(eventFor('tag-role', 'analyst'), contextOf())
    expect(outcome).toMatchObject({ ...NOTED, reason: 'refused-by-iam' })
    expect(outcome).toHaveProperty('detail', expect.stringContaining('Syntax errors in policy.;'))
    expect(account.trustPolicy('analyst')).toEqual(policy(oldStatement, ec2))
  })

  test('tells of no other provider where the role trusted none before', async () => {
    account.addRole({ name: 'analyst', tags: TAGGED, document: policy(ec2) })
    account.failNext('UpdateAssumeRolePolicy', malformedPolicyDocument('Syntax errors in policy.'))
    const outcome = await (await coldStart()).roleEvent(eventFor('tag-role', 'analyst'), contextOf())
    expect(outcome).toMatchObject({ kind: 'blocked', notes: [] })
  })
})

describe('a role that lost its tag', () => {
  test('and cannot lose its statement says that the provider before can still sign in', async () => {
    account.addRole({ name: 'analyst', document: policy(oldStatement) })
    const report = await (await coldStart({ ON_UNTAG: 'revoke' })).scheduledSweep({}, contextOf())
    expect(report.roles).toMatchObject([{ ...NOTED, reason: 'malformed' }])
  })

  test('says nothing of the provider of today: nobody is told to delete that one', async () => {
    account.addRole({ name: 'analyst', document: policy(managed) })
    const report = await (await coldStart({ ON_UNTAG: 'revoke' })).scheduledSweep({}, contextOf())
    expect(report.roles).toMatchObject([{ kind: 'blocked', notes: [] }])
  })

  test('and keeps its statement is not blocked, and only listed', async () => {
    account.addRole({ name: 'analyst', document: policy(oldStatement) })
    const report = await (await coldStart()).scheduledSweep({}, contextOf())
    expect(report).toMatchObject({ roles: [], orphaned: ['analyst'], counts: { blocked: 0 } })
  })
})

test('once nothing blocks the role, the provider before is out', async () => {
  account.addRole({ name: 'analyst', tags: TAGGED, document: policy(oldStatement, ec2) })
  const report = await (await coldStart()).scheduledSweep({}, contextOf())
  expect(report.roles).toMatchObject([{ kind: 'patched', notes: [] }])
  expect(account.trustPolicy('analyst')).toEqual(policy(managed, ec2))
})
