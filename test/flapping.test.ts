import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Account } from '../fake-aws/account.ts'
import { throttling } from '../fake-aws/errors.ts'
import { batchOf, contextOf, sample } from '../fake-aws/invocation.ts'
import { flappingOf } from '../src/events/flapping.ts'
import {
  accountWithOkta,
  captureLogs,
  coldStart,
  ec2,
  managed,
  metricsOf,
  OKTA,
  outcomesOf,
  policy,
  TAGGED,
} from './functions.ts'

const NOW = Date.parse('2026-11-24T12:00:00Z')
const MINUTE = 60_000
const TERRAFORM = 'arn:aws:iam::111122223333:user/terraform'

describe('a role flaps', () => {
  /** One letter a write, in the order of time and five minutes apart, up to now: o is ours, f a foreign one. */
  const writes = (letters: string, roleName = 'analyst') =>
    [...letters].map((letter, index) => ({
      roleName,
      time: NOW - (letters.length - 1 - index) * 5 * MINUTE,
      actor: letter === 'o' ? 'ours' : TERRAFORM,
      isOwn: letter === 'o',
      document: undefined,
    }))

  test.each([
    ['patched three times and written over in between', 'ofofo'],
    ['written over once more since', 'ofofof'],
    ['written over several times before a patch', 'offfofffo'],
    ['patched more often', 'ofofofofofo'],
  ])('that was %s', (_, letters) => {
    expect(flappingOf('analyst', writes(letters), 'OktaSso', NOW)).toEqual({
      patches: letters.match(/o/g)?.length,
      undoneBy: TERRAFORM,
    })
  })

  test.each([
    ['never written', ''],
    ['patched twice', 'ofof'],
    ['patched three times in a row, as when the provider was replaced', 'ooo'],
    ['patched twice in a row, and twice in all', 'oofoo'],
    ['written by others only', 'ffffff'],
  ])('but not one that was %s', (_, letters) => {
    expect(flappingOf('analyst', writes(letters), 'OktaSso', NOW)).toBeUndefined()
  })

  test('whatever the order of the records', () => {
    expect(flappingOf('analyst', writes('ofofo').toReversed(), 'OktaSso', NOW)).toMatchObject({ patches: 3 })
  })

  test('by its own writes only', () => {
    const mixed = [...writes('ofo'), ...writes('ofo', 'auditor')]
    expect(flappingOf('analyst', mixed, 'OktaSso', NOW)).toBeUndefined()
  })

  describe('where another stack writes its own statement', () => {
    const OTHER_STACK = 'arn:aws:sts::111122223333:assumed-role/okta-role-trust-entra-role-event/x'
    const theirs = { ...managed, Sid: 'EntraSso', Principal: { Federated: `${OKTA}-Entra` } }
    const rotated = { ...managed, Principal: { Federated: `${OKTA}-2027` } }
    const DOCUMENTS: Readonly<Record<string, object>> = {
      o: policy(ec2, managed),
      O: policy(ec2, managed, theirs),
      n: policy(ec2, rotated),
      x: policy(ec2, managed, theirs),
      y: policy(ec2, theirs),
      f: policy(ec2),
      s: policy(ec2, rotated),
    }

    /** One letter a write: o, O and n are ours, x, y and s those of another stack, f that of a pipeline. */
    const played = (letters: string) =>
      [...letters].map((letter, index) => ({
        roleName: 'analyst',
        time: NOW - (letters.length - 1 - index) * MINUTE,
        actor: 'xys'.includes(letter) ? OTHER_STACK : TERRAFORM,
        isOwn: 'oOn'.includes(letter),
        document: JSON.stringify(DOCUMENTS[letter]),
      }))

    test.each([
      ['our provider is replaced again and again, and it writes in between', 'oxnoxnox'],
      ['it writes after each of our writes, and undoes none', 'oxOxOxOx'],
    ])('but not where %s', (_, letters) => {
      expect(flappingOf('analyst', played(letters), 'OktaSso', NOW)).toBeUndefined()
    })

    test('and the pipeline that undoes both is named, not the stack that wrote after it', () => {
      expect(flappingOf('analyst', played('oxfyOfyOfy'), 'OktaSso', NOW)).toEqual({ patches: 3, undoneBy: TERRAFORM })
    })

    test('and a stack that takes our statement for its own is named', () => {
      expect(flappingOf('analyst', played('ososo'), 'OktaSso', NOW)).toEqual({ patches: 3, undoneBy: OTHER_STACK })
    })
  })

  test('for as long as all three patches are younger than an hour', () => {
    const first = NOW - 20 * MINUTE
    expect(flappingOf('analyst', writes('ofofo'), 'OktaSso', first + 60 * MINUTE - 1)).toBeDefined()
    expect(flappingOf('analyst', writes('ofofo'), 'OktaSso', first + 60 * MINUTE)).toBeUndefined()
  })
})

describe('where a pipeline undoes every patch', () => {
  let account: Account
  let logs: Record<string, unknown>[]

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['Date'], now: NOW })
    account = accountWithOkta()
    account.addRole({ name: 'analyst', tags: TAGGED, document: policy(ec2) })
    logs = captureLogs()
  })

  afterEach(() => {
    vi.useRealTimers()
  })

  const pass = (minutes: number) => vi.setSystemTime(Date.now() + minutes * MINUTE)
  const isPatched = (name = 'analyst') => JSON.stringify(account.trustPolicy(name)).includes('OktaSso')
  const roleEvents = async () => (await coldStart()).roleEvent

  function event(name: string, roleName = 'analyst', actor = TERRAFORM) {
    const { detail, ...envelope } = sample(name)
    const requestParameters = { ...detail.requestParameters, roleName }
    const userIdentity = { type: 'IAMUser', arn: actor }
    const eventTime = new Date().toISOString()
    return { ...envelope, detail: { ...detail, userIdentity, eventTime, requestParameters } }
  }

  /** The pipeline runs once, ten minutes later, and its event arrives. */
  async function overwrite(handler: Awaited<ReturnType<typeof roleEvents>>) {
    pass(10)
    account.overwriteTrustPolicy('analyst', policy(ec2), TERRAFORM)
    expect(await handler(batchOf(event('update-assume-role-policy')), contextOf())).toEqual({ batchItemFailures: [] })
  }

  test('role-event patches the role three times, and leaves it to the next sweep then', async () => {
    const handler = await roleEvents()
    for (let run = 0; run < 3; run += 1) {
      await overwrite(handler)
      expect(isPatched()).toBe(true)
    }
    expect(metricsOf(logs)).toMatchObject({ RolesPatched: 1, RolesFlapping: 0 })
    await overwrite(handler)
    expect(isPatched()).toBe(false)
    expect(metricsOf(logs)).toMatchObject({ RolesPatched: 0, RolesFlapping: 1 })
    expect(logs).toContainEqual(
      expect.objectContaining({
        level: 'WARN',
        kind: 'planned',
        notes: ['flapping'],
        message: expect.stringMatching(
          /^role analyst is due to be changed \(access-missing\); left to the next sweep: this system patched it 3 times within an hour, and each time it was written over, last by arn:aws:iam::111122223333:user\/terraform; .*docs\/operating\.md/,
        ),
      }),
    )
  })

  test('the sweep goes on patching it, and says in its report who undoes it', async () => {
    const { roleEvent, scheduledSweep } = await coldStart()
    for (let run = 0; run < 4; run += 1) await overwrite(roleEvent)
    const report = await scheduledSweep({}, contextOf())
    expect(isPatched()).toBe(true)
    expect(report.roles).toMatchObject([
      { roleName: 'analyst', kind: 'patched', notes: ['flapping'], detail: expect.stringContaining(TERRAFORM) },
    ])
    expect(metricsOf(logs)).toMatchObject({ RolesPatched: 1, RolesFlapping: 1 })
    expect(logs).toContainEqual(
      expect.objectContaining({
        level: 'WARN',
        message: expect.stringMatching(
          /^role analyst has been patched \(access-missing\); this system patched it 3 times/,
        ),
      }),
    )
    expect(outcomesOf(account).at(-1)).toMatchObject({ 'detail-type': 'Role Patched', detail: { notes: ['flapping'] } })
  })

  test('the patch of the sweep itself does not count', async () => {
    const { roleEvent, scheduledSweep } = await coldStart()
    for (let run = 0; run < 2; run += 1) await overwrite(roleEvent)
    pass(10)
    account.overwriteTrustPolicy('analyst', policy(ec2), TERRAFORM)
    expect(await scheduledSweep({}, contextOf())).toMatchObject({ roles: [{ kind: 'patched', notes: [] }] })
  })

  test('role-event patches it again once an hour has passed', async () => {
    const handler = await roleEvents()
    for (let run = 0; run < 4; run += 1) await overwrite(handler)
    pass(60)
    await overwrite(handler)
    expect(isPatched()).toBe(true)
  })

  test('it is noticed later where CloudTrail shows the writes late', async () => {
    account.cloudTrail.lag = 15 * MINUTE
    const handler = await roleEvents()
    const patched: boolean[] = []
    for (let run = 0; run < 6; run += 1) {
      await overwrite(handler)
      patched.push(isPatched())
    }
    expect(patched).toEqual([true, true, true, true, false, false])
  })

  test.each(['tag-role', 'create-role-tagged'])('%s is somebody’s wish: it is patched at once', async (name) => {
    const handler = await roleEvents()
    for (let run = 0; run < 4; run += 1) await overwrite(handler)
    const looks = account.countCalls('LookupEvents')
    await handler(batchOf(event(name)), contextOf())
    expect(isPatched()).toBe(true)
    expect(account.countCalls('LookupEvents')).toBe(looks)
  })

  test('so is a role that a sweep handed on: it is the sweep that patches it', async () => {
    const handler = await roleEvents()
    for (let run = 0; run < 4; run += 1) await overwrite(handler)
    const { source, ...deferred } = sample('role-deferred')
    await handler(batchOf({ source, ...deferred, detail: { roleName: 'analyst' } }), contextOf())
    expect(isPatched()).toBe(true)
  })

  test('other roles are patched as always', async () => {
    const handler = await roleEvents()
    for (let run = 0; run < 3; run += 1) await overwrite(handler)
    pass(10)
    account.overwriteTrustPolicy('analyst', policy(ec2), TERRAFORM)
    account.addRole({ name: 'auditor', tags: TAGGED, document: policy(ec2) })
    const [analyst, auditor] = ['analyst', 'auditor'].map((name) => event('update-assume-role-policy', name))
    await handler(batchOf(analyst, auditor), contextOf())
    expect([isPatched('analyst'), isPatched('auditor')]).toEqual([false, true])
  })

  test('a role that gives the access in the pipeline’s own words costs no look at CloudTrail', async () => {
    const handler = await roleEvents()
    account.overwriteTrustPolicy('analyst', policy(ec2, managed), TERRAFORM)
    await handler(batchOf(event('update-assume-role-policy')), contextOf())
    expect(account.countCalls('LookupEvents')).toBe(0)
  })

  test('a statement that is to be withdrawn waits for nothing', async () => {
    const { roleEvent } = await coldStart({ ON_UNTAG: 'revoke' })
    for (let run = 0; run < 3; run += 1) await overwrite(roleEvent)
    account.untagRole('analyst', ['okta-sso'])
    pass(6)
    await roleEvent(batchOf(event('untag-role')), contextOf())
    expect(isPatched()).toBe(false)
    account.overwriteTrustPolicy('analyst', policy(ec2, managed), TERRAFORM)
    const drift = event('update-assume-role-policy')
    pass(6)
    await roleEvent(batchOf(drift), contextOf())
    expect(isPatched()).toBe(false)
  })

  test('one look at CloudTrail serves a batch, and a minute', async () => {
    const names = ['a', 'b', 'c']
    for (const name of names) account.addRole({ name, tags: TAGGED, document: policy(ec2) })
    const handler = await roleEvents()
    const drift = () => batchOf(...names.map((name) => event('update-assume-role-policy', name)))
    await handler(drift(), contextOf())
    pass(0.9)
    for (const name of names) account.overwriteTrustPolicy(name, policy(ec2), TERRAFORM)
    await handler(drift(), contextOf())
    expect(account.countCalls('LookupEvents')).toBe(1)
    pass(0.2)
    for (const name of names) account.overwriteTrustPolicy(name, policy(ec2), TERRAFORM)
    await handler(drift(), contextOf())
    expect(account.countCalls('LookupEvents')).toBe(2)
  })

  test('where CloudTrail does not answer, the role is patched all the same', async () => {
    const handler = await roleEvents()
    for (let run = 0; run < 3; run += 1) await overwrite(handler)
    account.failNext('LookupEvents', throttling())
    await overwrite(handler)
    expect(isPatched()).toBe(true)
    expect(logs).toContainEqual(
      expect.objectContaining({
        level: 'WARN',
        message: expect.stringMatching(
          /^CloudTrail does not say .* no role counts as flapping: Throttling: Rate exceeded/,
        ),
      }),
    )
  })

  test.each([
    ['of another stage', 'okta-role-trust-dev-2-role-event'],
    ['that somebody made under the same path', 'mine'],
  ])('what a role %s writes counts as somebody else’s', async (_, role) => {
    const handler = await roleEvents()
    for (let run = 0; run < 3; run += 1) {
      const { detail } = sample('own-update')
      const theirs = JSON.stringify({ ...detail, eventTime: new Date().toISOString() })
        .replaceAll('data-analyst', 'analyst')
        .replaceAll('okta-role-trust-dev-role-event', role)
      account.cloudTrail.record(JSON.parse(theirs))
      pass(1)
      account.cloudTrail.recordWrite('analyst', TERRAFORM)
      pass(1)
    }
    await overwrite(handler)
    expect(isPatched()).toBe(true)
  })

  test('writes that failed do not count', async () => {
    const handler = await roleEvents()
    for (let run = 0; run < 3; run += 1) {
      account.cloudTrail.recordWrite('analyst', undefined, 'AccessDenied')
      pass(1)
      account.cloudTrail.recordWrite('analyst', TERRAFORM)
      pass(1)
    }
    await overwrite(handler)
    expect(isPatched()).toBe(true)
  })

  test('in an account where much is written it may go unnoticed, and the role is patched', async () => {
    const handler = await roleEvents()
    for (let run = 0; run < 3; run += 1) await overwrite(handler)
    for (let count = 0; count < 200; count += 1) account.cloudTrail.recordWrite(`other-${count}`, TERRAFORM)
    await overwrite(handler)
    expect(isPatched()).toBe(true)
    expect(account.calls.filter(({ name }) => name === 'LookupEvents').length).toBeLessThanOrEqual(4 * 4)
  })

  test('the records are read page by page', async () => {
    const handler = await roleEvents()
    for (let run = 0; run < 3; run += 1) await overwrite(handler)
    for (let count = 0; count < 190; count += 1) account.cloudTrail.recordWrite(`other-${count}`, TERRAFORM)
    await overwrite(handler)
    expect(isPatched()).toBe(false)
  })

  test('a sweep that may write nothing, and a backfill, do not ask', async () => {
    const { scheduledSweep, backfill } = await coldStart({ MAX_CHANGES: '0' })
    await scheduledSweep({}, contextOf())
    await backfill({ dryRun: true }, contextOf())
    await backfill({}, contextOf())
    expect(isPatched()).toBe(true)
    expect(account.countCalls('LookupEvents')).toBe(0)
  })
})
