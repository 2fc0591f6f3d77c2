import { beforeEach, describe, expect, test } from 'vitest'
import type { Account } from '../fake-aws/account.ts'
import { ENVIRONMENT } from '../fake-aws/environment.ts'
import { accessDenied, serviceFailure } from '../fake-aws/errors.ts'
import { contextOf, sample } from '../fake-aws/invocation.ts'
import { readConfig } from '../src/config/read-config.ts'
import { settingsDigest } from '../src/config/settings-digest.ts'
import {
  accountWithOkta,
  captureLogs,
  coldStart,
  DEAD_LETTER_QUEUE,
  ec2,
  heartbeatsOf,
  managed,
  metricsOf,
  PARAMETER,
  policy,
  QUEUE,
  TAGGED,
} from './functions.ts'

let account: Account
let logs: Record<string, unknown>[]

beforeEach(() => {
  account = accountWithOkta()
  logs = captureLogs()
})

function addTagged(count: number, document: object, name = 'analyst'): readonly string[] {
  const names = Array.from({ length: count }, (_, index) => `${name}-${index}`)
  for (const roleName of names) account.addRole({ name: roleName, tags: TAGGED, document })
  return names
}

const dangling = policy({ ...ec2, Principal: { AWS: 'AROAJQABLZS4A3QDU576Q' } })

async function scheduledSweep(event: unknown = {}, parameters = {}, context = contextOf()) {
  return (await coldStart(parameters)).scheduledSweep(event, context)
}

/** Of the settings of `coldStart`. */
const DIGEST = settingsDigest({ ...ENVIRONMENT, POWERTOOLS_LOG_LEVEL: 'DEBUG' })

/** The heartbeats, each by its kind and detail. */
const told = () => heartbeatsOf(account).map((event) => [event['detail-type'], event.detail])

const warnings = () => logs.filter(({ level }) => level === 'WARN').map(({ message }) => message)

describe('a sweep that finished says so', () => {
  test('also where there was nothing to do, with what it saw', async () => {
    addTagged(3, policy(managed))
    account.addRole({ name: 'untagged', document: policy(ec2) })
    await scheduledSweep()
    expect(told()).toEqual([
      [
        'Sweep Finished',
        {
          version: '1',
          stack: ENVIRONMENT.STACK_NAME,
          productVersion: ENVIRONMENT.VERSION,
          mode: 'enforce',
          settingsDigest: DIGEST,
          trigger: 'scheduled sweep',
          scanned: 4,
          inScope: 3,
          counts: expect.objectContaining({ unchanged: 3, patched: 0, failed: 0 }),
          due: 0,
          heldBack: 0,
          orphaned: 0,
          deadLetters: 0,
          roles: [],
          rolesOmitted: 0,
        },
      ],
    ])
    expect(metricsOf(logs)).toMatchObject({ SweepsFinished: 1 })
  })

  test('also where a change of the parameter started it', async () => {
    await scheduledSweep(sample('parameter-changed'))
    expect(told()).toMatchObject([['Sweep Finished', { trigger: 'parameter change' }]])
  }, 20_000)

  test('also where the cap held everything back', async () => {
    addTagged(3, policy(ec2))
    await scheduledSweep({}, { MAX_CHANGES: '2' })
    expect(account.writes).toEqual([])
    expect(told()).toMatchObject([['Sweep Finished', { due: 3, heldBack: 3, counts: { planned: 3, patched: 0 } }]])
    expect(metricsOf(logs)).toMatchObject({ SweepsFinished: 1, SweepOverCap: 3 })
  })

  test('also where time ran short, with the roles that it handed on', async () => {
    addTagged(2, policy(ec2))
    await scheduledSweep(
      {},
      {},
      contextOf(() => 50_000),
    )
    expect(account.messages(QUEUE)).toHaveLength(2)
    expect(told()).toMatchObject([
      [
        'Sweep Finished',
        { due: 0, counts: { deferred: 2 }, roles: [{ outcome: 'deferred' }, { outcome: 'deferred' }] },
      ],
    ])
    expect(metricsOf(logs)).toMatchObject({ SweepsFinished: 1 })
  })

  test('after everything else that it has to tell', async () => {
    addTagged(25, policy(ec2))
    await scheduledSweep()
    expect(account.busEvents).toHaveLength(26)
    expect(account.busEvents.at(-1)).toMatchObject({
      'detail-type': 'Sweep Finished',
      detail: { counts: { patched: 25 } },
    })
  })

  test('at the price of three calls, none of them of IAM', async () => {
    addTagged(250, policy(managed))
    await scheduledSweep()
    const calls = account.calls.map(({ name }) => name)
    expect(calls.toSorted()).toEqual([
      ...Array(3).fill('GetAccountAuthorizationDetails'),
      'GetParameter',
      'GetQueueAttributes',
      'GetQueueUrl',
      'GetSAMLProvider',
      'PutEvents',
    ])
  })

  test('and counts what waits in the dead-letter queue, however it waits', async () => {
    account.stack.depths.set(DEAD_LETTER_QUEUE, [4, 2, 1])
    account.stack.depths.set(QUEUE, [90, 0, 0])
    await scheduledSweep()
    expect(told()).toMatchObject([['Sweep Finished', { deadLetters: 7 }]])
  })
})

describe('a sweep that failed says why, and does not count as finished', () => {
  test.each([
    ['where the parameter is gone', () => account.deleteParameter(PARAMETER), `SSM parameter ${PARAMETER}`],
    [
      'where the roles cannot be read',
      () => account.failNext('GetAccountAuthorizationDetails', serviceFailure()),
      'Internal server error',
    ],
  ])('%s', async (_, strike, reason) => {
    addTagged(2, policy(ec2))
    strike()
    await expect(scheduledSweep()).rejects.toThrow(reason)
    expect(account.writes).toEqual([])
    expect(told()).toEqual([
      [
        'Sweep Failed',
        {
          version: '1',
          stack: ENVIRONMENT.STACK_NAME,
          productVersion: ENVIRONMENT.VERSION,
          mode: 'enforce',
          settingsDigest: DIGEST,
          trigger: 'scheduled sweep',
          detail: expect.stringContaining(reason),
        },
      ],
    ])
    expect(metricsOf(logs)).not.toHaveProperty('SweepsFinished')
  })

  test('where time ran short before the last page', async () => {
    account = accountWithOkta({ pageSizes: [2] })
    addTagged(5, policy(ec2))
    const clock = [600_000, 600_000]
    const failure = scheduledSweep(
      {},
      {},
      contextOf(() => clock.shift() ?? 50_000),
    )
    await expect(failure).rejects.toThrow('before the last page')
    expect(told()).toMatchObject([
      ['Sweep Failed', { detail: expect.stringContaining('OutOfTimeError: time ran short') }],
    ])
  })
})

describe('no heartbeat comes', () => {
  test('of a backfill: it covers what a person chose', async () => {
    addTagged(2, policy(ec2))
    await (await coldStart()).backfill({}, contextOf())
    account.failNext('GetAccountAuthorizationDetails', serviceFailure())
    await expect((await coldStart()).backfill({}, contextOf())).rejects.toThrow()
    expect(told()).toEqual([])
    expect(metricsOf(logs)).not.toHaveProperty('SweepsFinished')
    expect(account.countCalls('GetQueueAttributes')).toBe(0)
  })

  test('of an event of another account, which starts no sweep', async () => {
    const foreign = { ...sample('parameter-changed'), account: '444455556666' }
    await expect(scheduledSweep(foreign)).rejects.toThrow('foreign-account')
    expect(account.calls).toEqual([])
  })
})

describe('a heartbeat costs no sweep anything', () => {
  test('where the dead-letter queue cannot be asked: then its depth is unknown, and the log says why', async () => {
    const tagged = addTagged(2, policy(ec2))
    account.failNext('GetQueueAttributes', accessDenied('sqs:GetQueueAttributes'))
    expect(await scheduledSweep()).toMatchObject({ counts: { patched: tagged.length } })
    expect(told()).toMatchObject([['Sweep Finished', { deadLetters: null }]])
    expect(warnings()).toEqual([
      expect.stringMatching(`the queue ${DEAD_LETTER_QUEUE} holds is unknown to the heartbeat: AccessDenied`),
    ])
    expect(metricsOf(logs)).toMatchObject({ SweepsFinished: 1 })
  })

  test('where it cannot be sent: the sweep has finished all the same, and the log says so', async () => {
    addTagged(2, policy(managed))
    account.failNext('PutEvents', serviceFailure())
    expect(await scheduledSweep()).toMatchObject({ counts: { unchanged: 2 } })
    expect(told()).toEqual([])
    expect(warnings()).toEqual([expect.stringContaining('the event "Sweep Finished" was not sent: ')])
    expect(metricsOf(logs)).toMatchObject({ SweepsFinished: 1, EventsNotSent: 1 })
  })

  test('where the word of a failure cannot be sent: what failed is still told by the function', async () => {
    account.failNext('GetAccountAuthorizationDetails', serviceFailure())
    account.failNext('PutEvents', accessDenied('events:PutEvents'))
    await expect(scheduledSweep()).rejects.toThrow('Internal server error')
    expect(warnings()).toEqual([expect.stringContaining('the event "Sweep Failed" was not sent: ')])
    expect(metricsOf(logs)).toMatchObject({ EventsNotSent: 1 })
  })
})

describe('the roles of a heartbeat', () => {
  test('are those that somebody should look at, the worst first', async () => {
    account.addRole({ name: 'former', document: policy(ec2, managed) })
    addTagged(1, policy(ec2), 'due')
    addTagged(1, dangling, 'broken')
    addTagged(1, policy(managed), 'right')
    account.addRole({ name: 'lost', tags: TAGGED })
    account.addRole({ name: 'linked', path: '/aws-service-role/x/', tags: TAGGED, document: policy(ec2) })
    await scheduledSweep({}, { MAX_CHANGES: '0' })
    const text = expect.any(String)
    expect(told()).toMatchObject([
      [
        'Sweep Finished',
        {
          orphaned: 1,
          roles: [
            { roleName: 'lost', outcome: 'failed', detail: text },
            { roleName: 'broken-0', outcome: 'blocked', reason: 'dangling-principal', detail: text },
            { roleName: 'due-0', outcome: 'planned', reason: 'access-missing', detail: text },
            { roleName: 'former', outcome: 'orphaned' },
          ],
          rolesOmitted: 0,
        },
      ],
    ])
  })

  test('are told once each, though one may be orphaned and blocked', async () => {
    account.addRole({ name: 'only-okta', document: policy(managed) })
    await scheduledSweep({}, { ON_UNTAG: 'revoke' })
    expect(told()).toMatchObject([
      ['Sweep Finished', { orphaned: 1, roles: [{ roleName: 'only-okta', outcome: 'blocked' }] }],
    ])
  })

  // Of the signs that a message can hold, one that takes six bytes in JSON, and one that takes three in UTF-8.
  test.each(['\u0001', '€', 'x'])('are the worst 100, and fit with the longest names and words (%j)', async (sign) => {
    const longest = 'n'.repeat(60)
    const failing = Array.from({ length: 110 }, (_, index) => `${longest}-${index}`.slice(-64))
    addTagged(30, dangling, 'broken')
    for (const name of failing) account.addRole({ name, tags: TAGGED, document: policy(ec2) })
    for (const role of failing) account.failNext('GetRole', new Error(sign.repeat(20_000)), { role })
    await scheduledSweep({}, { MAX_CHANGES: '500' })
    const [heartbeat] = heartbeatsOf(account)
    expect(heartbeat?.detail).toMatchObject({
      counts: { failed: 110, blocked: 30 },
      roles: Array(100).fill({ outcome: 'failed', detail: expect.stringMatching(`^Error: ${sign}{100,}…$`) }),
      rolesOmitted: 40,
    })
    expect(Buffer.byteLength(JSON.stringify(heartbeat))).toBeLessThan(180_000)
  })
})

describe('the digest of the settings', () => {
  test('is the same in every stage, and on every version that reads the same settings', () => {
    const other = {
      STACK_NAME: 'okta-role-trust-prod',
      QUEUE_NAME: 'okta-role-trust-prod-role-events',
      VERSION: '9.0.0',
    }
    expect(settingsDigest({ ...ENVIRONMENT, ...other })).toBe(settingsDigest(ENVIRONMENT))
  })

  test('is the same for two ways to write the same', () => {
    const [one, other] = ['/break-glass/*,*Admin*', ' *Admin*, /break-glass/* , *Admin*']
    expect(settingsDigest({ ...ENVIRONMENT, EXCLUSIONS: one })).toBe(
      settingsDigest({ ...ENVIRONMENT, EXCLUSIONS: other }),
    )
  })

  test.each([
    ['EXCLUSIONS', '/break-glass/*'],
    ['MAX_CHANGES', '51'],
    ['ON_UNTAG', 'revoke'],
    ['TAG_VALUE', 'yes'],
    ['PARAMETER_NAME', '/okta/other'],
  ])('is another with another %s', (name, value) => {
    expect(settingsDigest({ ...ENVIRONMENT, [name]: value })).not.toBe(settingsDigest(ENVIRONMENT))
  })
})

describe('the version of the system', () => {
  test('is in every line of the log, in the metrics among them', async () => {
    addTagged(1, policy(ec2))
    addTagged(1, dangling, 'broken')
    const { scheduledSweep, backfill, roleEvent, dashboardWidget } = await coldStart({ VERSION: '7.8.9' })
    account.failNext('LookupEvents', serviceFailure())
    await scheduledSweep({}, contextOf())
    await backfill({ dryRun: true }, contextOf())
    await roleEvent(sample('tag-role'), contextOf())
    account.failNext('GetParameter', serviceFailure())
    await dashboardWidget(sample('dashboard-widget'), contextOf())
    expect(logs.length).toBeGreaterThan(5)
    expect(logs.filter(({ version }) => version !== '7.8.9')).toEqual([])
    expect(logs.filter((line) => '_aws' in line)).not.toEqual([])
  })

  test('is in every report and event', async () => {
    addTagged(1, policy(ec2))
    const { scheduledSweep, backfill } = await coldStart({ VERSION: '7.8.9' })
    expect(await scheduledSweep({}, contextOf())).toMatchObject({ version: '7.8.9' })
    expect(await backfill({ dryRun: true }, contextOf())).toMatchObject({ version: '7.8.9' })
    expect(account.busEvents.map(({ detail }) => detail)).toMatchObject([
      { productVersion: '7.8.9' },
      { productVersion: '7.8.9' },
    ])
  })

  test('may be missing from the settings of a stack that is older than it', () => {
    const { VERSION: _, ...older } = ENVIRONMENT
    expect(readConfig(older).version).toBe('unknown')
  })
})
