import type { SQSBatchResponse } from 'aws-lambda'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import type { Account } from '../../fake-aws/account.ts'
import { batchOf, contextOf, eventFor } from '../../fake-aws/invocation.ts'
import { accountWithOkta, captureLogs, coldStart, ec2, managed, policy } from '../functions.ts'

// Random histories of one role, and what the queue may do to the events of them: any order, several times, late, never.

const ROLE = 'analyst'
const SECOND = 1000
/** Of the queue, as infra/queue.yml has them. */
const VISIBILITY_TIMEOUT = 190 * SECOND
const MAX_RECEIVE_COUNT = 5

/** What somebody does to the role. */
type Deed = 'tag' | 'tag otherwise' | 'untag' | 'untag another' | 'overwrite'

interface Step {
  readonly deed: Deed
  /** Seconds until the next step: several steps may share a second, which is as exactly as CloudTrail tells the time. */
  readonly pause: number
  /** How many reads of IAM do not show the deed yet. */
  readonly lag: number
  /** How often the event of it is delivered, and how long after it, in seconds. */
  readonly deliveries: readonly number[]
}

const DELAY = fc.integer({ min: 15, max: 400 })
const historyOf = (deliveries: fc.Arbitrary<number[]>, lag: fc.Arbitrary<number>) =>
  fc.array(
    fc.record({
      deed: fc.constantFrom<Deed>('tag', 'tag otherwise', 'untag', 'untag another', 'overwrite'),
      pause: fc.constantFrom(0, 0, 1, 20, 200),
      lag,
      deliveries,
    }),
    { minLength: 1, maxLength: 6 },
  )

const functions: Partial<Record<'keep' | 'revoke', Awaited<ReturnType<typeof coldStart>>>> = {}

beforeAll(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2026-11-24T12:00:00Z') })
  functions.keep = await coldStart()
  functions.revoke = await coldStart({ ON_UNTAG: 'revoke' })
})

// A machine that does other work as well may need its time.
vi.setConfig({ testTimeout: 60_000 })

afterAll(() => {
  vi.useRealTimers()
})

beforeEach(() => {
  captureLogs()
})

/** Does the deed, and returns the event of it. */
function act(account: Account, deed: Deed, version: number) {
  const event = (name: string, parameters: object) => {
    const { detail, ...envelope } = eventFor(name, ROLE)
    return { ...envelope, detail: { ...detail, requestParameters: { roleName: ROLE, ...parameters } } }
  }
  switch (deed) {
    case 'tag':
    case 'tag otherwise': {
      const value = deed === 'tag' ? 'true' : 'false'
      account.tagRole(ROLE, { 'okta-sso': value })
      return event('tag-role', { tags: [{ key: 'okta-sso', value }] })
    }
    case 'untag':
      account.untagRole(ROLE, ['okta-sso'])
      return event('untag-role', { tagKeys: ['okta-sso'] })
    case 'untag another':
      account.untagRole(ROLE, ['team'])
      return event('untag-role', { tagKeys: ['team'] })
    case 'overwrite':
      account.setTrustPolicy(ROLE, policy({ ...ec2, Sid: `v${version}` }))
      return event('update-assume-role-policy', {})
  }
}

interface Message {
  readonly due: number
  readonly body: unknown
  readonly received: number
}

/** Plays a history, with everything that the queue delivers meanwhile and afterwards. */
async function play(history: readonly Step[], onUntag: 'keep' | 'revoke') {
  const { roleEvent, scheduledSweep } = functions[onUntag] ?? (await coldStart())
  const account = accountWithOkta()
  account.addRole({ name: ROLE, tags: { team: 'data' }, document: policy({ ...ec2, Sid: 'v0' }) })
  const queue: Message[] = []
  const deadLetters: unknown[] = []

  const deliverUntil = async (until: number) => {
    for (;;) {
      queue.sort((one, other) => one.due - other.due)
      const first = queue[0]
      if (first === undefined || first.due > until) return
      vi.setSystemTime(Math.max(first.due, Date.now()))
      const batch = queue.splice(0, queue.findLastIndex(({ due }) => due <= first.due + 5 * SECOND) + 1)
      const answer = await roleEvent(batchOf(...batch.map(({ body }) => body)), contextOf())
      const failed = new Set((answer as SQSBatchResponse).batchItemFailures.map((item) => item.itemIdentifier))
      batch.forEach(({ body, received }, index) => {
        if (!failed.has(`m${index}`)) return
        if (received === MAX_RECEIVE_COUNT) deadLetters.push(body)
        else queue.push({ due: Date.now() + VISIBILITY_TIMEOUT, body, received: received + 1 })
      })
    }
  }

  let version = 0
  for (const { deed, pause, lag, deliveries } of history) {
    const now = Date.now()
    version += 1
    const body = act(account, deed, version)
    account.lagReads(lag)
    queue.push(...deliveries.map((delay) => ({ due: now + delay * SECOND, body, received: 1 })))
    await deliverUntil(now + pause * SECOND)
    vi.setSystemTime(Math.max(Date.now(), now + pause * SECOND))
  }
  await deliverUntil(Number.POSITIVE_INFINITY)
  expect(deadLetters).toEqual([])

  const sweep = () => {
    account.lagReads(0)
    return scheduledSweep({}, contextOf())
  }
  return { account, sweep }
}

/** Each trust policy that somebody gave the role, and the last one alone. */
function foreignOf(history: readonly Step[]) {
  const versions = [0, ...history.flatMap(({ deed }, index) => (deed === 'overwrite' ? [index + 1] : []))]
  const all = versions.map((version) => ({ ...ec2, Sid: `v${version}` }))
  return { all, last: all.slice(-1) }
}

/** The trust policies that the role may have, given its tag. Without one the statement may stay, unless it is revoked. */
function rightPolicies(account: Account, foreign: readonly object[], mode: 'keep' | 'revoke') {
  const [without, granting] = [foreign.map((one) => policy(one)), foreign.map((one) => policy(one, managed))]
  if (account.role(ROLE).tags['okta-sso'] === 'true') return granting
  return mode === 'revoke' ? without : [...without, ...granting]
}

const onUntag = fc.constantFrom<'keep' | 'revoke'>('keep', 'revoke')

const NO_LAG = fc.constant(0)
const numRuns = 60

test('events in any order, doubled and late make a role right by themselves, and none ends as a dead letter', async () => {
  const deliveries = fc.array(DELAY, { minLength: 1, maxLength: 3 })
  await fc.assert(
    fc.asyncProperty(historyOf(deliveries, NO_LAG), onUntag, async (history, mode) => {
      const { account } = await play(history, mode)
      expect(rightPolicies(account, foreignOf(history).last, mode)).toContainEqual(account.trustPolicy(ROLE))
    }),
    { numRuns },
  )
})

test('where events are lost, the next sweep makes the role right', async () => {
  const deliveries = fc.array(DELAY, { maxLength: 2 })
  await fc.assert(
    fc.asyncProperty(historyOf(deliveries, NO_LAG), onUntag, async (history, mode) => {
      const { account, sweep } = await play(history, mode)
      await sweep()
      expect(rightPolicies(account, foreignOf(history).last, mode)).toContainEqual(account.trustPolicy(ROLE))
    }),
    { numRuns },
  )
})

test('where IAM still lags when an event comes, too, but an older trust policy of somebody else may stand there', async () => {
  const deliveries = fc.array(DELAY, { maxLength: 2 })
  await fc.assert(
    fc.asyncProperty(historyOf(deliveries, fc.integer({ min: 0, max: 3 })), onUntag, async (history, mode) => {
      const { account, sweep } = await play(history, mode)
      await sweep()
      expect(rightPolicies(account, foreignOf(history).all, mode)).toContainEqual(account.trustPolicy(ROLE))
    }),
    { numRuns },
  )
})
