import timers from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { accessSources } from '../../src/aws/access-sources.ts'
import { iamClient, iamWriteClient, sqsClient, ssmClient } from '../../src/aws/clients.ts'
import { iamRoles } from '../../src/aws/iam-roles.ts'
import { deferRoles } from '../../src/aws/role-queue.ts'
import { type Answer, failure, json, ok, RawServer, roleXml, success } from './raw-server.ts'

// The clients' own retries, timeouts and deadlines, against a server that answers late, oddly or never.

let server: RawServer

beforeEach(async () => {
  server = await new RawServer().start()
  vi.spyOn(Math, 'random').mockReturnValue(0)
})

afterEach(() => {
  vi.useRealTimers()
  server.stop()
})

const roles = (deadline?: AbortSignal) => {
  const client = iamClient()
  return iamRoles(client, iamWriteClient(client), deadline)
}
const read = (deadline?: AbortSignal) => roles(deadline).readRole('analyst')
const write = (deadline?: AbortSignal) => roles(deadline).writeTrustPolicy('analyst', '{}')
const scan = async (deadline?: AbortSignal) => {
  for await (const page of roles(deadline).scanRoles()) return page
  return []
}
const readParameter = (deadline?: AbortSignal) =>
  accessSources(iamClient(), ssmClient(), deadline).readParameter('/okta')
const readProvider = (deadline?: AbortSignal) =>
  accessSources(iamClient(), ssmClient(), deadline).readSamlProvider('arn')
const findQueue = (deadline?: AbortSignal) => deferRoles(sqsClient(), 'queue', ['a'], deadline)

const READS = [
  ['GetRole', read],
  ['GetAccountAuthorizationDetails', scan],
  ['GetParameter', readParameter],
  ['GetSAMLProvider', readProvider],
  ['GetQueueUrl', findQueue],
] as const

const FAULTS: readonly (readonly [string, Answer])[] = [
  ['throttling', failure(400, 'Throttling')],
  ['a failing service', failure(500, 'ServiceFailure')],
  ['an unavailable service', failure(503, 'ServiceUnavailable')],
  ['a broken connection', 'reset'],
]

describe.each(FAULTS)('after %s', (_, answer) => {
  test('a read is tried again by the client', async () => {
    server.answers = [answer, answer, success('GetRole', `<Role>${roleXml('analyst')}</Role>`)]
    expect(await read()).toMatchObject({ roleName: 'analyst' })
    expect(server.requests).toHaveLength(3)
  })

  test('a write is not: somebody else may have written meanwhile', async () => {
    server.answers = [answer]
    expect(await write()).toMatchObject({ kind: 'unclear' })
    expect(server.requests).toHaveLength(1)
  })
})

test.each(READS)('%s is given up after five attempts', async (_, call) => {
  server.answers = [json(503, { __type: 'ServiceUnavailable' })]
  await expect(call()).rejects.toThrow()
  expect(server.requests).toHaveLength(5)
})

test.each([
  ['an unavailable service', failure(503, 'ServiceUnavailable'), 0.2, [10, 20, 40, 80]],
  ['an unavailable service', failure(503, 'ServiceUnavailable'), 0.1, [5, 10, 20, 40]],
  ['throttling', failure(400, 'Throttling'), 0.01, [10, 20, 40, 80]],
  ['throttling', failure(400, 'Throttling'), 0.02, [20, 40, 80, 160]],
])('after %s the client waits twice as long each time, and a random part of that', async (_, answer, random, waits) => {
  vi.mocked(Math.random).mockReturnValue(random)
  const waiting = vi.spyOn(globalThis, 'setTimeout')
  server.answers = [answer]
  await expect(read()).rejects.toThrow()
  // Of the timers of the HTTP client, none is shorter than a second.
  const delays = waiting.mock.calls.map(([, delay]) => Number(delay)).filter((delay) => delay > 0 && delay < 1000)
  expect(delays).toEqual(waits)
})

describe('a scan that is throttled', () => {
  const throttled = Array.from({ length: 23 }, () => failure(400, 'Throttling'))
  const inTime = () => new AbortController().signal

  test('goes on for as long as time is left', async () => {
    const xml = `<IsTruncated>false</IsTruncated><RoleDetailList><member>${roleXml('a')}</member></RoleDetailList>`
    server.answers = [...throttled, success('GetAccountAuthorizationDetails', xml)]
    expect(await scan(inTime())).toMatchObject([{ roleName: 'a' }])
    expect(server.requests).toHaveLength(24)
  })

  test('pauses for a random time of at most 10 seconds after each five attempts', async () => {
    vi.mocked(Math.random).mockReturnValue(0.001)
    const pauses = vi.spyOn(timers, 'setTimeout').mockResolvedValue(undefined)
    server.answers = [
      ...throttled.slice(0, 10),
      success('GetAccountAuthorizationDetails', '<IsTruncated>false</IsTruncated>'),
    ]
    expect(await scan(inTime())).toEqual([])
    expect(pauses.mock.calls.map(([pause]) => pause)).toEqual([10, 10])
  })

  test.each([
    ['in its pause', 5],
    ['between its next attempts', 6],
  ])('says so where time runs out %s', async (_, attempts) => {
    const deadline = new AbortController()
    server.answers = [failure(400, 'Throttling')]
    const page = scan(deadline.signal)
    await server.received(attempts)
    vi.mocked(Math.random).mockReturnValue(0.9)
    await timers.setTimeout(20)
    deadline.abort()
    await expect(page).rejects.toMatchObject({
      name: 'OutOfTimeError',
      message: expect.stringMatching(/^AWS throttled GetAccountAuthorizationDetails for as long as there was time/),
    })
  })

  test('is given up after five attempts where nobody knows the time left', async () => {
    server.answers = [failure(400, 'Throttling')]
    await expect(scan()).rejects.toMatchObject({ name: 'Throttling' })
    expect(server.requests).toHaveLength(5)
  })

  test('tells any other fault as it is, after it was throttled too', async () => {
    server.answers = [...throttled.slice(0, 5), failure(403, 'AccessDenied')]
    await expect(scan(inTime())).rejects.toMatchObject({ name: 'AccessDenied' })
  })
})

describe('a call that is not answered is an error', () => {
  /** Lets so much time go by after the request, and tells whether the call has ended by then. */
  async function isOver(call: Promise<unknown>, requests: number, milliseconds: number): Promise<boolean> {
    let over = false
    const end = () => {
      over = true
    }
    call.then(end, end)
    await server.received(requests)
    await vi.advanceTimersByTimeAsync(milliseconds)
    await new Promise(setImmediate)
    return over
  }

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    server.answers = ['silence']
  })

  test('after 5 seconds for a read, five times', async () => {
    const answer = read()
    for (let attempt = 1; attempt < 5; attempt += 1) expect(await isOver(answer, attempt, 5_001)).toBe(false)
    expect(await isOver(answer, 5, 4_900)).toBe(false)
    expect(await isOver(answer, 5, 101)).toBe(true)
    await expect(answer).rejects.toMatchObject({ name: 'TimeoutError' })
    expect(server.requests).toHaveLength(5)
  })

  test('after 20 seconds for a page of a scan', async () => {
    const stop = new AbortController()
    const page = scan(stop.signal)
    await isOver(page, 1, 19_900)
    expect(server.requests).toHaveLength(1)
    await isOver(page, 1, 101)
    await vi.advanceTimersByTimeAsync(1)
    await server.received(2)
    stop.abort()
    await expect(page).rejects.toMatchObject({ name: 'OutOfTimeError' })
  })

  test('after 20 seconds for a write, once: IAM may have taken it or not', async () => {
    const answer = write()
    expect(await isOver(answer, 1, 19_900)).toBe(false)
    expect(await isOver(answer, 1, 101)).toBe(true)
    expect(await answer).toMatchObject({ kind: 'unclear', error: { name: 'TimeoutError' } })
    expect(server.requests).toHaveLength(1)
  })
})

describe('no call outlasts the deadline', () => {
  const CALLS = [...READS, ['UpdateAssumeRolePolicy', write] as const]
  const outOfTime = (call: string) => ({
    name: 'OutOfTimeError',
    message: `AWS did not answer ${call} in the time that was left for it`,
  })

  /** The deadline comes a moment after so many requests have arrived. */
  async function cutOff<Result>(send: (deadline: AbortSignal) => Promise<Result>, requests = 1): Promise<Result> {
    const deadline = new AbortController()
    const result = send(deadline.signal)
    await server.received(requests)
    await timers.setTimeout(20)
    deadline.abort()
    return result
  }

  test.each(CALLS)('%s that is not answered', async (call, send) => {
    server.answers = ['silence']
    await expect(cutOff<unknown>(send)).rejects.toMatchObject(outOfTime(call))
  })

  test.each(CALLS)('%s whose answer does not end', async (call, send) => {
    server.answers = ['stall']
    await expect(cutOff<unknown>(send)).rejects.toMatchObject(outOfTime(call))
  })

  test('a read that waits for its next attempt', async () => {
    vi.mocked(Math.random).mockReturnValue(0.99)
    server.answers = [failure(400, 'Throttling')]
    await expect(cutOff(read)).rejects.toMatchObject(outOfTime('GetRole'))
    expect(server.requests).toHaveLength(1)
  })

  test.each(CALLS)('%s that would only be sent after it', async (call, send) => {
    await expect(send(AbortSignal.abort())).rejects.toMatchObject(outOfTime(call))
    expect(server.requests).toEqual([])
  })

  test('messages that were not sent by then were not taken', async () => {
    server.answers = [ok({ QueueUrl: `${process.env.AWS_ENDPOINT_URL}/queue` }), 'silence']
    const words = 'OutOfTimeError: AWS did not answer SendMessageBatch in the time that was left for it'
    const refused = await cutOff((deadline) => deferRoles(sqsClient(), 'queue', ['a', 'b'], deadline), 2)
    expect(refused).toEqual(new Map(['a', 'b'].map((name) => [name, words])))
  })
})
