import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import * as z from 'zod/mini'
import type { Account } from '../fake-aws/account.ts'
import { batchOf, contextOf, eventFor, sample } from '../fake-aws/invocation.ts'
import { readInput } from '../src/input.ts'
import { runCli, temporaryFolder } from './cli/command-line.ts'
import { readPage } from './dashboard-widget/read-page.ts'
import { accountWithOkta, captureLogs, coldStart, ec2, managed, OKTA, policy, TAGGED } from './functions.ts'

// What nests deeper than a stack is high must end in words.

let account: Account
let logs: Record<string, unknown>[]
beforeEach(() => {
  account = accountWithOkta()
  logs = captureLogs()
})

const DEPTHS = [5_000, 100_000]
const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`
const SAID = 'nested deeper than 32 levels'

describe.each(DEPTHS)('a trust policy %i levels deep', (depth) => {
  const deep = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Condition":${nested(depth)}}]}`
  const line = {
    roleName: 'deep',
    arn: 'arn:aws:iam::111122223333:role/deep',
    reason: 'malformed',
    detail: `document: ${SAID}`,
    notes: [],
  }

  beforeEach(() => {
    account.addRole({ name: 'deep', tags: TAGGED, document: deep })
    account.addRole({ name: 'analyst', tags: TAGGED, document: policy(ec2) })
  })

  test('is blocked in report, event and log, costs no other role, and stays as it is', async () => {
    const report = await (await coldStart()).scheduledSweep({}, contextOf())
    expect(report.counts).toMatchObject({ blocked: 1, patched: 1 })
    expect(report.roles).toContainEqual({ ...line, kind: 'blocked' })
    expect(account.busEvents).toContainEqual(
      expect.objectContaining({
        'detail-type': 'Role Blocked',
        detail: expect.objectContaining({ version: '1', outcome: 'blocked', ...line, trigger: 'scheduled sweep' }),
      }),
    )
    expect(logs).toContainEqual(expect.objectContaining({ level: 'WARN', roleName: 'deep', detail: line.detail }))
    expect(account.role('deep').document).toBe(deep)
    expect(account.trustPolicy('analyst')).toEqual(policy(ec2, managed))
  })

  test('is told in a dry run, by an event and on the page', async () => {
    const { backfill, roleEvent, dashboardWidget } = await coldStart()
    expect(JSON.stringify(await backfill({ dryRun: true }, contextOf()))).toContain(SAID)
    expect(await roleEvent(eventFor('tag-role', 'deep'), contextOf())).toMatchObject({ ...line, kind: 'blocked' })
    const { rows } = readPage(await dashboardWidget({}, contextOf()))
    expect(rows).toContainEqual(expect.objectContaining({ role: 'deep', why: expect.stringContaining(SAID) }))
  })

  test.each([[['plan']], [['plan', '--json']], [['explain', 'deep']]])(
    'is told on the command line: %j',
    async (words) => {
      expect((await runCli(words)).stdout).toContain(SAID)
    },
  )

  test('is shown as it stands in the history, and can be replaced', async () => {
    account.cloudTrail.recordCall({
      name: 'CreateRole',
      roleName: 'deep',
      actor: 'arn:aws:iam::111122223333:user/x',
      document: policy(ec2),
    })
    account.cloudTrail.recordWrite('deep', 'arn:aws:iam::111122223333:user/x', undefined, deep)
    const told = await runCli(['history', 'deep'])
    expect({ ...told, stdout: told.stdout.length > depth }).toMatchObject({ exitCode: 0, stdout: true })
    const { stdout } = await runCli(['history', 'deep', '--json'])
    const { changes, now } = JSON.parse(stdout)
    expect(now.after).toBe(deep)
    const restored = await runCli(['restore', 'deep', '--to', changes[0].eventId, '--yes'])
    expect(restored).toMatchObject({ exitCode: 0 })
    expect(account.trustPolicy('deep')).toEqual(policy(ec2))
  })
})

describe.each(DEPTHS)('an input %i levels deep', (depth) => {
  const value: unknown = JSON.parse(nested(depth))
  const event = eventFor('tag-role', 'analyst')
  const tag = sample('tag-role')

  test.each([
    ['all of it', nested(depth), 'event: found a value'],
    ['its envelope', `{"source":${nested(depth)}}`, 'event.source: found a value'],
    [
      'its detail',
      JSON.stringify({ ...event, detail: 0 }).replace('"detail":0', `"detail":${nested(depth)}`),
      'event.detail',
    ],
    [
      'its tags',
      JSON.stringify(event).replace(JSON.stringify(tag.detail.requestParameters.tags), nested(depth)),
      'event.detail.requestParameters.tags',
    ],
  ])('fails as a message, alone, and says why: %s', async (_, body, place) => {
    account.addRole({ name: 'analyst', tags: TAGGED, document: policy(ec2) })
    const answer = await (await coldStart()).roleEvent(batchOf(body, event), contextOf())
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: 'm0' }] })
    expect(account.trustPolicy('analyst')).toEqual(policy(ec2, managed))
    const [line] = logs.filter(({ message }) => `${message}`.includes('m0 cannot be read'))
    expect(JSON.stringify(line)).toContain(place)
    expect(JSON.stringify(line)).toContain(SAID)
  })

  test('is refused as an event and as a payload', async () => {
    const { roleEvent, backfill } = await coldStart()
    await expect(roleEvent(value, contextOf())).rejects.toThrow(SAID)
    await expect(backfill({ dryRun: value }, contextOf())).rejects.toThrow(`payload.dryRun: found a value ${SAID}`)
    await expect(backfill({ roles: [value] }, contextOf())).rejects.toThrow(`payload.roles.0: found a value ${SAID}`)
  })

  test('is refused as a plan', async () => {
    const file = join(temporaryFolder(), 'plan.json')
    writeFileSync(file, nested(depth))
    const { stderr, exitCode } = await runCli(['apply', file, '--yes', '--no-stack'])
    expect(stderr).toContain(`found a value ${SAID}`)
    expect(exitCode).toBe(1)
  })
})

test('32 levels are shown as they are, and one more is not', () => {
  const found = (depth: number) => () => readInput(z.string('a string'), JSON.parse(nested(depth)), 'it')
  expect(found(32)).toThrow(`it: found ${nested(32)}, expected a string`)
  expect(found(33)).toThrow(`it: found a value ${SAID}, expected a string`)
})

test('what is never looked at may nest as it likes', async () => {
  account.addRole({ name: 'analyst', tags: TAGGED, document: policy(ec2) })
  const body = JSON.stringify({ ...eventFor('tag-role', 'analyst'), more: 0 }).replace(
    '"more":0',
    `"more":${nested(5_000)}`,
  )
  expect(await (await coldStart()).roleEvent(batchOf(body), contextOf())).toEqual({ batchItemFailures: [] })
  expect(account.trustPolicy('analyst')).toHaveProperty('Statement.1.Principal.Federated', OKTA)
})
