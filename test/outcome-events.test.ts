import { readFileSync } from 'node:fs'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import type { Account } from '../fake-aws/account.ts'
import { ENVIRONMENT } from '../fake-aws/environment.ts'
import { accessDenied, serviceFailure } from '../fake-aws/errors.ts'
import { batchOf, contextOf, sample } from '../fake-aws/invocation.ts'
import { outcomeEventOf } from '../src/outcomes/outcome-event.ts'
import {
  accountWithOkta,
  captureLogs,
  coldStart,
  DEAD_LETTER_QUEUE,
  ec2,
  heartbeatsOf,
  managed,
  metricsOf,
  outcomesOf,
  policy,
  TAGGED,
} from './functions.ts'
import { matchesPattern } from './stack/event-pattern.ts'

let account: Account
let logs: Record<string, unknown>[]

beforeEach(() => {
  account = accountWithOkta()
  logs = captureLogs()
})

const DOCUMENTATION = readFileSync(new URL('../docs/events.md', import.meta.url), 'utf8')

/** The JSON block below a heading of docs/events.md. */
function documented(heading: string) {
  const [, section = ''] = DOCUMENTATION.split(`\n## ${heading}\n`)
  return JSON.parse(/```json\n(.*?)```/s.exec(section)?.[1] ?? 'null')
}

/** What a rule sees, but for what only the bus knows, the event's id and time; and as of this version and its settings. */
function documentedOnBus(heading: string) {
  const { version: _version, id: _id, time: _time, ...event } = documented(heading)
  const { settingsDigest } = event.detail
  const anyDigest = settingsDigest !== undefined && { settingsDigest: expect.stringMatching(/^[\da-f]{64}$/) }
  return {
    ...event,
    detail: { ...event.detail, stack: ENVIRONMENT.STACK_NAME, productVersion: ENVIRONMENT.VERSION, ...anyDigest },
  }
}

const HEADINGS = [
  'Role Patched',
  'Role Withdrawn',
  'Role Blocked',
  'Role Flapping',
  'Sweep Over Cap',
  'Sweep Finished',
  'Sweep Failed',
]

const names = (count: number) => Array.from({ length: count }, (_, index) => `analyst-${index}`)
const types = () => outcomesOf(account).map((event) => event['detail-type'])

describe('docs/events.md shows what really is put on the bus', () => {
  test('for a role that was patched', async () => {
    const jobs = { ...ec2, Sid: 'Jobs', Principal: { Service: 'glue.amazonaws.com' } }
    account.addRole({ name: 'data-analyst', tags: TAGGED, document: policy(jobs) })
    await (await coldStart()).roleEvent(batchOf(sample('create-role-tagged')), contextOf())
    expect(outcomesOf(account)).toEqual([documentedOnBus('Role Patched')])
  })

  test('for a role that lost its tag', async () => {
    account.addRole({ name: 'support-readonly', document: policy(ec2, managed) })
    await (await coldStart({ ON_UNTAG: 'revoke' })).roleEvent(batchOf(sample('untag-role')), contextOf())
    expect(outcomesOf(account)).toEqual([documentedOnBus('Role Withdrawn')])
  })

  test('for a role that is blocked', async () => {
    const document = policy({ ...ec2, Principal: { AWS: 'AROAJQABLZS4A3QDU576Q' } })
    account.addRole({ name: 'incident-responder', tags: TAGGED, document })
    await (await coldStart()).scheduledSweep(sample('scheduled'), contextOf())
    expect(outcomesOf(account)).toEqual([documentedOnBus('Role Blocked')])
  })

  test('for a role that flaps', async () => {
    const event = sample('update-assume-role-policy')
    const jobs = { ...ec2, Sid: 'Jobs', Principal: { Service: 'glue.amazonaws.com' } }
    account.addRole({ name: 'data-analyst', tags: TAGGED, document: policy(jobs) })
    for (const minutes of [48, 31, 14]) {
      vi.useFakeTimers({ toFake: ['Date'], now: Date.parse(event.detail.eventTime) - minutes * 60_000 })
      account.cloudTrail.recordWrite('data-analyst')
      account.cloudTrail.recordWrite('data-analyst', event.detail.userIdentity.arn)
    }
    vi.setSystemTime(Date.parse(event.detail.eventTime) + 26_000)
    await (await coldStart()).roleEvent(batchOf(event), contextOf())
    vi.useRealTimers()
    expect(outcomesOf(account)).toEqual([documentedOnBus('Role Flapping')])
  })

  test('for a role that is due in report mode', async () => {
    const jobs = { ...ec2, Sid: 'Jobs', Principal: { Service: 'glue.amazonaws.com' } }
    account.addRole({ name: 'data-analyst', tags: TAGGED, document: policy(jobs) })
    await (await coldStart({ MODE: 'report' })).roleEvent(batchOf(sample('create-role-tagged')), contextOf())
    expect(account.busEvents).toEqual([documentedOnBus('Role Due')])
  })

  test('for a sweep over its cap', async () => {
    for (const name of names(3)) account.addRole({ name, tags: TAGGED, document: policy(ec2) })
    await (await coldStart({ MAX_CHANGES: '2' })).backfill({ maxChanges: 2 }, contextOf())
    expect(outcomesOf(account)).toEqual([documentedOnBus('Sweep Over Cap')])
  })

  test('for a sweep that finished, with what somebody should look at', async () => {
    for (const name of names(2)) account.addRole({ name, tags: TAGGED, document: policy(ec2) })
    account.addRole({ name: 'former-analyst', document: policy(ec2, managed) })
    const document = policy({ ...ec2, Principal: { AWS: 'AROAJQABLZS4A3QDU576Q' } })
    account.addRole({ name: 'incident-responder', tags: TAGGED, document })
    account.stack.depths.set(DEAD_LETTER_QUEUE, [1, 2, 0])
    await (await coldStart({ MAX_CHANGES: '1' })).scheduledSweep(sample('scheduled'), contextOf())
    expect(heartbeatsOf(account)).toEqual([documentedOnBus('Sweep Finished')])
  })

  test('for a sweep that failed', async () => {
    account.failNext('GetAccountAuthorizationDetails', serviceFailure())
    await expect((await coldStart()).scheduledSweep(sample('scheduled'), contextOf())).rejects.toThrow()
    expect(account.busEvents).toEqual([documentedOnBus('Sweep Failed')])
  })

  test('and a rule that matches it', () => {
    const pattern = documented('A rule')
    expect(matchesPattern(pattern, documented('Role Blocked'))).toBe(true)
    expect(matchesPattern(pattern, documented('Role Flapping'))).toBe(true)
    expect(matchesPattern(pattern, documented('Sweep Over Cap'))).toBe(true)
    expect(matchesPattern(pattern, documented('Sweep Failed'))).toBe(true)
    expect(matchesPattern(pattern, documented('Sweep Finished'))).toBe(false)
    expect(matchesPattern(pattern, documented('Role Patched'))).toBe(false)
    expect(matchesPattern(pattern, sample('tag-role'))).toBe(false)
  })
})

test('a sweep tells of every role that it wrote or found blocked, and of no other', async () => {
  for (const name of names(25)) account.addRole({ name, tags: TAGGED, document: policy(ec2) })
  account.addRole({ name: 'right', tags: TAGGED, document: policy(managed) })
  account.addRole({ name: 'linked', path: '/aws-service-role/x/', tags: TAGGED, document: policy(ec2) })
  account.addRole({ name: 'broken', tags: TAGGED, document: policy({ ...ec2, Effect: 'Permit' }) })
  account.failNext('UpdateAssumeRolePolicy', accessDenied('iam:UpdateAssumeRolePolicy'), { role: 'analyst-7' })
  await (await coldStart()).scheduledSweep(sample('scheduled'), contextOf())
  const told = outcomesOf(account).map(({ resources: [arn = ''] }) => arn.slice(arn.lastIndexOf('/') + 1))
  expect(told.toSorted()).toEqual([...names(25).filter((name) => name !== 'analyst-7'), 'broken'].toSorted())
})

test('a sweep over its cap tells of that first, and then of every blocked role', async () => {
  account.addRole({ name: 'due', tags: TAGGED, document: policy(ec2) })
  const blocked = policy({ ...ec2, Principal: { AWS: 'AROAJQABLZS4A3QDU576Q' } })
  for (const name of names(600)) account.addRole({ name, tags: TAGGED, document: blocked })
  await (await coldStart({ MAX_CHANGES: '0' })).scheduledSweep(sample('scheduled'), contextOf())
  expect(types()).toEqual(['Sweep Over Cap', ...names(600).map(() => 'Role Blocked')])
})

test('a blocked role is told again by every sweep', async () => {
  account.addRole({ name: 'broken', tags: TAGGED, document: policy({ ...ec2, Effect: 'Permit' }) })
  const { scheduledSweep } = await coldStart()
  await scheduledSweep(sample('scheduled'), contextOf())
  await scheduledSweep(sample('scheduled'), contextOf())
  expect(types()).toEqual(['Role Blocked', 'Role Blocked'])
})

test('a dry run tells nobody', async () => {
  account.addRole({ name: 'analyst', tags: TAGGED, document: policy(ec2) })
  account.addRole({ name: 'broken', tags: TAGGED, document: policy({ ...ec2, Effect: 'Permit' }) })
  expect(await (await coldStart()).backfill({ dryRun: true }, contextOf())).toMatchObject({
    counts: { planned: 1, blocked: 1 },
  })
  expect(account.countCalls('PutEvents')).toBe(0)
})

test('roles that a sweep hands on go to the queue and not onto the bus', async () => {
  account.addRole({ name: 'analyst', tags: TAGGED, document: policy(ec2) })
  const report = await (await coldStart()).scheduledSweep(
    {},
    contextOf(() => 10_000),
  )
  expect(report).toMatchObject({ counts: { deferred: 1 } })
  expect(outcomesOf(account)).toEqual([])
})

test('an event of ours that comes back asks for nothing, so nothing loops', async () => {
  account.addRole({ name: 'analyst', tags: TAGGED, document: policy(ec2) })
  const { roleEvent } = await coldStart()
  for (const heading of HEADINGS) {
    expect(await roleEvent(documented(heading), contextOf())).toMatchObject({ kind: 'ignored' })
  }
  expect(account.calls).toEqual([])
})

describe('a bus that fails costs no role', () => {
  test('not where the whole call fails', async () => {
    account.addRole({ name: 'data-analyst', tags: TAGGED, document: policy(ec2) })
    account.failNext('PutEvents', serviceFailure())
    const { roleEvent } = await coldStart()
    expect(await roleEvent(batchOf(sample('create-role-tagged')), contextOf())).toEqual({ batchItemFailures: [] })
    expect(account.trustPolicy('data-analyst')).toEqual(policy(ec2, managed))
    expect(logs).toContainEqual(
      expect.objectContaining({
        level: 'WARN',
        roleName: 'data-analyst',
        message: expect.stringMatching(
          /^the event "Role Patched" about role data-analyst was not sent: ServiceFailure\w*: Internal server error/,
        ),
      }),
    )
    expect(metricsOf(logs)).toMatchObject({ EventsNotSent: 1, RolesPatched: 1, RolesFailed: 0 })
  })

  test('not where it refuses single events', async () => {
    for (const name of names(3)) account.addRole({ name, tags: TAGGED, document: policy(ec2) })
    account.refuseEvents((detail) => detail.includes('analyst-1'))
    expect(await (await coldStart()).scheduledSweep({}, contextOf())).toMatchObject({ counts: { patched: 3 } })
    expect(outcomesOf(account)).toHaveLength(2)
    expect(logs).toContainEqual(
      expect.objectContaining({
        level: 'WARN',
        roleName: 'analyst-1',
        message: expect.stringContaining('InternalFailure: Please try again.'),
      }),
    )
    expect(metricsOf(logs)).toMatchObject({ EventsNotSent: 1 })
  })

  test('nor the report of a sweep over its cap', async () => {
    account.addRole({ name: 'analyst', tags: TAGGED, document: policy(ec2) })
    account.failNext('PutEvents', serviceFailure())
    expect(await (await coldStart({ MAX_CHANGES: '0' })).scheduledSweep({}, contextOf())).toMatchObject({
      counts: { planned: 1 },
    })
  })
})

describe('large documents', () => {
  /** White space does not count against IAM's quota, so a trust policy may be far longer than that. */
  const long = (characters: number) => ({
    ...ec2,
    Condition: { StringLike: { 'aws:PrincipalTag/team': ' '.repeat(characters) } },
  })

  test('any ten events fit into one call', () => {
    const arn = `arn:aws-us-gov:iam::111122223333:role/${'p'.repeat(510)}/${'n'.repeat(64)}`
    const sizes = Array.from({ length: 300 }, (_, index) => {
      const after = JSON.stringify({ Id: 'x'.repeat(index * 100) })
      const event = outcomeEventOf(
        {
          kind: 'patched',
          roleName: 'n'.repeat(64),
          arn,
          reason: 'access-missing',
          notes: [],
          before: undefined,
          after,
        },
        'scheduled sweep',
      )
      const { source = '', type = '', resources = [], detail } = event ?? {}
      const sent = { ...detail, stack: `okta-role-trust-${'s'.repeat(30)}`, productVersion: '1.0.0-beta.10' }
      return Buffer.byteLength([source, type, ...resources, JSON.stringify(sent)].join(''))
    })
    expect(10 * Math.max(...sizes)).toBeLessThan(256 * 1024)
  })

  test('an event has its documents where ten like it fit', async () => {
    account.addRole({ name: 'analyst', tags: TAGGED, document: policy(long(11_800)) })
    await (await coldStart()).scheduledSweep({}, contextOf())
    expect(outcomesOf(account)).toMatchObject([{ detail: { after: policy(long(11_800), managed) } }])
  })

  test('an event that would be too large says that its documents were left out', async () => {
    account.addRole({ name: 'analyst', tags: TAGGED, document: policy(long(100_000)) })
    await (await coldStart()).scheduledSweep({}, contextOf())
    expect(account.trustPolicy('analyst')).toEqual(policy(long(100_000), managed))
    expect(outcomesOf(account)).toMatchObject([{ detail: { outcome: 'patched', documentsOmitted: true } }])
    expect(outcomesOf(account)[0]?.detail).not.toHaveProperty('before')
    expect(outcomesOf(account)[0]?.detail).not.toHaveProperty('after')
  })

  test('the size is that of the detail as JSON in UTF-8', () => {
    const outcome = {
      kind: 'patched',
      roleName: 'analyst',
      arn: 'arn:aws:iam::111122223333:role/analyst',
      reason: 'no-statements',
      notes: [],
      before: undefined,
      after: '{"Id":"äöü"}',
    } as const
    const bytes = Buffer.byteLength(JSON.stringify(outcomeEventOf(outcome, 'backfill')?.detail))
    expect(outcomeEventOf(outcome, 'backfill', bytes)?.detail).toHaveProperty('after', { Id: 'äöü' })
    expect(outcomeEventOf(outcome, 'backfill', bytes - 1)?.detail).toHaveProperty('documentsOmitted', true)
  })
})
