import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Account } from '../fake-aws/account.ts'
import { batchOf, contextOf, eventFor, sample } from '../fake-aws/invocation.ts'
import { readPage } from './dashboard-widget/read-page.ts'
import {
  accountWithOkta,
  captureLogs,
  coldStart,
  ec2,
  heartbeatsOf,
  managed,
  metricsOf,
  outcomesOf,
  policy,
  TAGGED,
} from './functions.ts'

let account: Account
let logs: Record<string, unknown>[]

beforeEach(() => {
  account = accountWithOkta()
  logs = captureLogs()
})
afterEach(() => {
  vi.useRealTimers()
  expect(account.countCalls('UpdateAssumeRolePolicy')).toBe(0)
})

const DONE = { batchItemFailures: [] }
const REPORT = { MODE: 'report' }
const reporting = (parameters = {}) => coldStart({ ...REPORT, ...parameters })
const callsMade = () => account.calls.map(({ name }) => name)
const eventsOnBus = () => account.busEvents.map((event) => event['detail-type'])

function addDue(count: number): void {
  for (let number = 0; number < count; number += 1) {
    account.addRole({ name: `analyst-${number}`, tags: TAGGED, document: policy(ec2) })
  }
}

describe('a sweep', () => {
  test('says of each role that is due that the stack only reports, and writes none', async () => {
    addDue(3)
    account.addRole({ name: 'right', tags: TAGGED, document: policy(managed) })
    const report = await (await reporting()).scheduledSweep(sample('scheduled'), contextOf())
    expect(report.counts).toMatchObject({ planned: 3, unchanged: 1, patched: 0 })
    expect(report.roles).toMatchObject(
      ['analyst-0', 'analyst-1', 'analyst-2'].map((roleName) => ({
        roleName,
        kind: 'planned',
        reason: 'access-missing',
        detail: 'report mode',
        before: policy(ec2),
        after: policy(ec2, managed),
      })),
    )
    expect(metricsOf(logs)).toMatchObject({ RolesDue: 3, RolesPatched: 0, SweepOverCap: 0, RolesFlapping: 0 })
  })

  test('tells nobody of each role that is due, nor of a cap: nothing is held back', async () => {
    addDue(3)
    const report = await (await reporting({ MAX_CHANGES: '1' })).scheduledSweep(sample('scheduled'), contextOf())
    expect(report.counts.planned).toBe(3)
    expect(report.roles.every(({ detail }) => detail === 'report mode')).toBe(true)
    expect(outcomesOf(account)).toEqual([])
    expect(heartbeatsOf(account)).toMatchObject([{ detail: { mode: 'report', due: 3, heldBack: 0 } }])
    expect(metricsOf(logs)).toMatchObject({ RolesDue: 3, SweepOverCap: 0 })
  })

  test.each([
    ['right', policy(managed)],
    ['due', policy(ec2)],
  ])('over 1,000 roles that are %s makes the reads of one that finds nothing to do', async (_, document) => {
    for (let number = 0; number < 1000; number += 1) {
      account.addRole({ name: `role-${number}`, tags: TAGGED, document })
    }
    await (await reporting()).scheduledSweep(sample('scheduled'), contextOf())
    expect(callsMade()).toEqual([
      'GetParameter',
      'GetSAMLProvider',
      ...Array.from({ length: 10 }, () => 'GetAccountAuthorizationDetails'),
      // For the heartbeat.
      ...['GetQueueUrl', 'GetQueueAttributes', 'PutEvents'],
    ])
  })

  test('still tells of a blocked role, and looks again at one whose principal may be new', async () => {
    account.addRole({ name: 'broken', tags: TAGGED, document: policy({ ...ec2, Effect: 'Permit' }) })
    const deleted = policy({ ...ec2, Principal: { AWS: 'AROAJQABLZS4A3QDU576Q' } })
    account.addRole({ name: 'new', tags: TAGGED, document: deleted })
    account.before('GetRole', () => account.setTrustPolicy('new', policy(ec2)))
    const report = await (await reporting()).scheduledSweep(sample('scheduled'), contextOf())
    expect(report.roles.map(({ roleName, kind }) => [roleName, kind]).toSorted()).toEqual([
      ['broken', 'blocked'],
      ['new', 'planned'],
    ])
    expect(eventsOnBus()).toEqual(['Role Blocked', 'Sweep Finished'])
  })

  test('leaves the statement of a role that lost its tag, also where it is to be withdrawn', async () => {
    account.addRole({ name: 'analyst', document: policy(ec2, managed) })
    const report = await (await reporting({ ON_UNTAG: 'revoke' })).scheduledSweep(sample('scheduled'), contextOf())
    expect(report.roles).toMatchObject([{ kind: 'planned', reason: 'withdrawal', detail: 'report mode' }])
    expect(account.trustPolicy('analyst')).toEqual(policy(ec2, managed))
  })
})

describe('a backfill', () => {
  test('for real says what it would do, and that the stack only reports', async () => {
    addDue(2)
    const { counts, roles } = await (await reporting()).backfill({}, contextOf())
    expect(counts).toMatchObject({ planned: 2, patched: 0 })
    expect(roles.map(({ detail }) => detail)).toEqual(['report mode', 'report mode'])
  })

  test('of named roles, and over its own cap, does the same', async () => {
    addDue(2)
    const payload = { roles: ['analyst-0', 'analyst-1'], maxChanges: 1 }
    const { roles } = await (await reporting()).backfill(payload, contextOf())
    expect(roles.map(({ kind, detail }) => [kind, detail])).toEqual([
      ['planned', 'report mode'],
      ['planned', 'report mode'],
    ])
    expect(eventsOnBus()).toEqual([])
  })
})

describe('an event of a role', () => {
  const cases = ['create-role-tagged', 'tag-role', 'update-assume-role-policy']
  test.each(cases)('is looked at once, and told of as due: %s', async (name) => {
    account.addRole({ name: 'analyst', tags: TAGGED, document: policy(ec2) })
    const { roleEvent } = await reporting()
    expect(await roleEvent(batchOf(eventFor(name, 'analyst')), contextOf())).toEqual(DONE)
    expect(callsMade()).toEqual(['GetParameter', 'GetSAMLProvider', 'GetRole', 'PutEvents'])
    expect(account.busEvents).toMatchObject([
      {
        'detail-type': 'Role Due',
        detail: { outcome: 'planned', roleName: 'analyst', reason: 'access-missing', detail: 'report mode' },
      },
    ])
    expect(metricsOf(logs)).toMatchObject({ RolesDue: 1, RolesInScope: 1, RolesPatched: 0 })
  })

  test('of a role that lost its tag leaves the statement where it is to be withdrawn', async () => {
    account.addRole({ name: 'analyst', document: policy(ec2, managed) })
    const { roleEvent } = await reporting({ ON_UNTAG: 'revoke' })
    await roleEvent(batchOf(eventFor('untag-role', 'analyst')), contextOf())
    expect(account.trustPolicy('analyst')).toEqual(policy(ec2, managed))
    expect(account.busEvents).toMatchObject([{ 'detail-type': 'Role Due', detail: { reason: 'withdrawal' } }])
    expect(metricsOf(logs)).toMatchObject({ RolesDue: 1, RolesInScope: 0 })
  })

  test('that is right, or blocked, is told of as ever', async () => {
    account.addRole({ name: 'right', tags: TAGGED, document: policy(managed) })
    account.addRole({ name: 'broken', tags: TAGGED, document: policy({ ...ec2, Effect: 'Permit' }) })
    const { roleEvent } = await reporting()
    await roleEvent(batchOf(eventFor('tag-role', 'right'), eventFor('tag-role', 'broken')), contextOf())
    expect(eventsOnBus()).toEqual(['Role Blocked'])
    expect(metricsOf(logs)).toMatchObject({ RolesDue: 0 })
  })

  test('is not told again while the same change is due, but after an hour, or where another is', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    account.addRole({ name: 'analyst', tags: TAGGED, document: policy(ec2) })
    const { roleEvent } = await reporting()
    const see = () => roleEvent(batchOf(eventFor('update-assume-role-policy', 'analyst')), contextOf())
    for (let times = 0; times < 20; times += 1) await see()
    expect(eventsOnBus()).toEqual(['Role Due'])
    account.setTrustPolicy('analyst', policy({ ...ec2, Sid: 'Jobs' }))
    await see()
    await see()
    expect(eventsOnBus()).toEqual(['Role Due', 'Role Due'])
    vi.setSystemTime(Date.now() + 61 * 60_000)
    await see()
    expect(eventsOnBus()).toEqual(['Role Due', 'Role Due', 'Role Due'])
  })

  test('is told again where somebody repaired the role meanwhile, and it is due once more', async () => {
    account.addRole({ name: 'analyst', tags: TAGGED, document: policy(ec2) })
    const { roleEvent } = await reporting()
    for (const document of [policy(ec2), policy(ec2, managed), policy(ec2)]) {
      account.setTrustPolicy('analyst', document)
      await roleEvent(batchOf(eventFor('update-assume-role-policy', 'analyst')), contextOf())
    }
    expect(eventsOnBus()).toEqual(['Role Due', 'Role Due'])
  })

  test('asks nobody whether the role flaps: nothing of this stack can be undone', async () => {
    account.addRole({ name: 'analyst', tags: TAGGED, document: policy(ec2) })
    const { roleEvent } = await reporting()
    await roleEvent(batchOf(eventFor('update-assume-role-policy', 'analyst')), contextOf())
    expect(account.countCalls('LookupEvents')).toBe(0)
  })
})

describe('the dashboard', () => {
  test('says the mode, and promises no write', async () => {
    addDue(60)
    const { facts, alerts, totals } = readPage(await (await reporting()).dashboardWidget({}, contextOf()))
    expect(facts).toMatchObject({ Mode: ['report'] })
    expect(alerts).toEqual([
      'The stack is in report mode: it tells what is due, and writes nothing. To have it write, deploy it with the setting mode: enforce.',
    ])
    expect(totals).toMatchObject({ Due: 60 })
  })
})
