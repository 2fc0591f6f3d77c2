import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Account } from '../../fake-aws/account.ts'
import type { CallName } from '../../fake-aws/api-calls.ts'
import { batchOf, contextOf, eventFor, sample } from '../../fake-aws/invocation.ts'
import { TIME_TO_REPORT, TIME_TO_STOP_PUBLISHING } from '../../src/time-budget.ts'
import {
  accountWithOkta,
  captureLogs,
  coldStart,
  ec2,
  managed,
  metricsOf,
  outcomesOf,
  policy,
  TAGGED,
} from '../functions.ts'
import { passUntil, slow, startOwnTime } from './fake-clock.ts'
import { TIMES } from './fault-table.ts'

vi.setConfig({ testTimeout: 60_000 })

const NAMES = Array.from({ length: 10 }, (_, index) => `analyst-${index}`)
const NEVER = 10_000_000

let account: Account
let logs: Record<string, unknown>[]
let functions: Awaited<ReturnType<typeof coldStart>>

beforeEach(async () => {
  startOwnTime()
  functions = await coldStart()
})

afterEach(() => {
  vi.useRealTimers()
})

function setUp(): void {
  account = accountWithOkta()
  logs = captureLogs()
  for (const name of NAMES) account.addRole({ name, tags: TAGGED, document: policy(ec2) })
  // So that warm functions have forgotten what they knew of the account before.
  vi.advanceTimersByTime(10 * 60_000)
}

/** Runs a function that has so many milliseconds, and returns how many were left when it ended. */
async function timeLeftAfter(time: number, run: (timeLeft: () => number) => Promise<unknown>): Promise<number> {
  const end = Date.now() + time
  const timeLeft = () => end - Date.now()
  let left = Number.NEGATIVE_INFINITY
  const ended = () => {
    left = timeLeft()
  }
  await passUntil(run(timeLeft).then(ended, ended), 2 * time)
  return left
}

const batch = () => batchOf(...NAMES.map((name) => eventFor('update-assume-role-policy', name)))
const roleEvent = (timeLeft: () => number) => functions.roleEvent(batch(), contextOf(timeLeft))
const ROLE_EVENT_TIME = 30_000

describe('role-event, where the event bus hangs', () => {
  test('hands nothing back, warns of each event, and ends in time', async () => {
    setUp()
    slow(account, 'PutEvents', NEVER)
    let response: unknown
    const left = await timeLeftAfter(ROLE_EVENT_TIME, async (timeLeft) => {
      response = await roleEvent(timeLeft)
    })
    expect(response).toEqual({ batchItemFailures: [] })
    expect(left).toBeGreaterThan(0)
    for (const name of NAMES) {
      expect(account.trustPolicy(name)).toEqual(policy(ec2, managed))
      expect(logs).toContainEqual(expect.objectContaining({ level: 'WARN', roleName: name }))
    }
    expect(metricsOf(logs)).toHaveProperty('EventsNotSent')
  })

  const halfSeconds = Array.from({ length: 10 }, (_, index) => 20_000 + 500 * index)

  test.each(halfSeconds)(
    'and a first role is ready after %i ms, and another just before its calls are given up',
    async (ready) => {
      setUp()
      slow(account, 'PutEvents', NEVER)
      // All roles are read at once; then these two once more.
      const others = NAMES.slice(2).map(() => NEVER)
      slow(account, 'GetRole', ready, ROLE_EVENT_TIME - TIME_TO_REPORT - 50, ...others, 0, 0)
      const left = await timeLeftAfter(ROLE_EVENT_TIME, roleEvent)
      expect(account.writes.map(({ roleName }) => roleName)).toEqual(NAMES.slice(0, 2))
      expect(left).toBeGreaterThan(0)
      for (const { roleName } of account.writes) {
        expect(logs).toContainEqual(expect.objectContaining({ level: 'WARN', roleName }))
      }
    },
  )
})

const blocked = policy({ ...ec2, Principal: { AWS: 'AROAJQABLZS4A3QDU576Q' } })
const SWEEP_TIME = 900_000

describe('a sweep with many blocked roles', () => {
  const many = Array.from({ length: 500 }, (_, index) => `blocked-${index}`)
  const sweepWith = async (delay: number, time: number) => {
    setUp()
    slow(account, 'PutEvents', delay)
    for (const name of many) account.addRole({ name, tags: TAGGED, document: blocked })
    return timeLeftAfter(time, (timeLeft) => functions.scheduledSweep(sample('scheduled'), contextOf(timeLeft)))
  }

  test('tells of each where the bus is slow, for as long as there is time', async () => {
    await sweepWith(1_500, SWEEP_TIME)
    expect(outcomesOf(account)).toHaveLength(NAMES.length + many.length)
    expect(metricsOf(logs)).not.toHaveProperty('EventsNotSent')
  })

  test('warns of those that it had no time for, and ends in time', async () => {
    const left = await sweepWith(1_500, 70_000)
    expect(left).toBeGreaterThan(0)
    expect(left).toBeLessThanOrEqual(TIME_TO_STOP_PUBLISHING)
    const untold = logs.filter(({ message }) => `${message}`.includes('was not sent'))
    expect(untold.length).toBeGreaterThan(0)
    const heartbeat = 1
    expect(account.busEvents.length + untold.length).toBe(NAMES.length + many.length + heartbeat)
  })
})

test.each([
  ['LookupEvents', 'the whole look at CloudTrail is given up'],
  ['PutEvents', 'a call that puts events on the bus is given up'],
] as const)('a %s that hangs costs what the document tells', async (call, what) => {
  setUp()
  slow(account, call, NEVER)
  const [name = ''] = NAMES
  const event = eventFor('update-assume-role-policy', name)
  const left = await timeLeftAfter(ROLE_EVENT_TIME, (timeLeft) => functions.roleEvent(event, contextOf(timeLeft)))
  expect(account.trustPolicy(name)).toEqual(policy(ec2, managed))
  expect(TIMES.get(what)).toBe(`after ${(ROLE_EVENT_TIME - left) / 1000} seconds`)
})

test.each(['GetQueueUrl', 'GetQueueAttributes'] as const)(
  'a %s that hangs costs the heartbeat of a sweep what the document tells',
  async (call) => {
    setUp()
    slow(account, call, NEVER)
    const left = await timeLeftAfter(SWEEP_TIME, (timeLeft) => functions.scheduledSweep({}, contextOf(timeLeft)))
    for (const name of NAMES) expect(account.trustPolicy(name)).toEqual(policy(ec2, managed))
    expect(TIMES.get('the whole look at the dead-letter queue is given up')).toBe(
      `after ${(SWEEP_TIME - left) / 1000} seconds`,
    )
  },
)

describe('whatever is slow, and how much, ends by itself and tells of each write:', () => {
  const CALLS = ['GetParameter', 'GetSAMLProvider', 'GetRole', 'UpdateAssumeRolePolicy', 'LookupEvents', 'PutEvents']
  const delays = (longest: number) =>
    fc.array(fc.oneof(fc.constant(0), fc.nat(longest), fc.constant(NEVER)), { minLength: 1, maxLength: 5 })
  const slowness = (longest: number, ...more: readonly string[]) =>
    fc.record(Object.fromEntries([...CALLS, ...more].map((call) => [call, delays(longest)])))

  async function expectInTime(
    time: number,
    slownesses: Readonly<Record<string, readonly number[]>>,
    run: (timeLeft: () => number) => Promise<unknown>,
  ) {
    setUp()
    for (const [call, times] of Object.entries(slownesses)) slow(account, call as CallName, ...times)
    expect(await timeLeftAfter(time, run)).toBeGreaterThan(0)
    const messages = logs.map(({ message }) => `${message}`)
    for (const { roleName } of account.writes) {
      expect(messages).toContainEqual(expect.stringContaining(`role ${roleName} is about to be changed`))
    }
  }

  test('role-event', async () => {
    await fc.assert(
      fc.asyncProperty(slowness(ROLE_EVENT_TIME / 2), (slownesses) =>
        expectInTime(ROLE_EVENT_TIME, slownesses, roleEvent),
      ),
      { numRuns: 100 },
    )
  })

  test('a sweep', async () => {
    const time = 900_000
    const calls = slowness(
      time / 2,
      'GetAccountAuthorizationDetails',
      'GetQueueUrl',
      'SendMessageBatch',
      'GetQueueAttributes',
    )
    const sweep = (timeLeft: () => number) => functions.scheduledSweep(sample('scheduled'), contextOf(timeLeft))
    await fc.assert(
      fc.asyncProperty(calls, (slownesses) => expectInTime(time, slownesses, sweep)),
      { numRuns: 60 },
    )
  })
})
