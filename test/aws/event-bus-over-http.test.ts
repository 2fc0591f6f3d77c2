import { createServer, type Server } from 'node:http'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { eventBridgeClient } from '../../src/aws/clients.ts'
import { eventBus } from '../../src/aws/event-bus.ts'
import { overCapEvent } from '../../src/outcome-event.ts'

// The real client against a server that answers as EventBridge does, or not at all.

let server: Server
/** What the server answers; undefined: nothing, for ever. */
let answer: object | undefined
let requests: { target: unknown; body: unknown }[]

beforeEach(async () => {
  requests = []
  server = createServer((request, response) => {
    const chunks: string[] = []
    request.on('data', (chunk) => chunks.push(String(chunk)))
    request.on('end', () => {
      requests.push({ target: request.headers['x-amz-target'], body: JSON.parse(chunks.join('')) })
      if (answer !== undefined) response.end(JSON.stringify(answer))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  vi.stubEnv('AWS_ENDPOINT_URL', `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`)
  vi.stubEnv('AWS_REGION', 'us-east-1')
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test')
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test')
})

afterEach(() => {
  vi.unstubAllEnvs()
  server.closeAllConnections()
  server.close()
})

const [first, second] = [1, 2].map((due) => overCapEvent(due, 0, 'nothing was changed', 'scheduled sweep'))
const send = () => eventBus(eventBridgeClient())([first, second].filter((event) => event !== undefined))

test('events go to the default bus, each with its source, type and detail', async () => {
  answer = { FailedEntryCount: 0, Entries: [{ EventId: '1' }, { EventId: '2' }] }
  expect(await send()).toEqual(new Map())
  expect(requests).toMatchObject([
    {
      target: 'AWSEvents.PutEvents',
      body: {
        Entries: [1, 2].map((due) => ({
          Source: 'okta-role-trust',
          DetailType: 'Sweep Over Cap',
          Detail: expect.stringContaining(`"due":${due}`),
        })),
      },
    },
  ])
  expect(JSON.stringify(requests)).not.toContain('EventBusName')
})

test('what the bus refuses is known by its place in the answer', async () => {
  answer = { FailedEntryCount: 1, Entries: [{ EventId: '1' }, { ErrorCode: 'InternalFailure', ErrorMessage: 'Sorry' }] }
  expect(await send()).toEqual(new Map([[second, 'InternalFailure: Sorry']]))
})

test('an answer that leaves events out counts them as refused', async () => {
  answer = { FailedEntryCount: 0 }
  expect([...(await send()).keys()]).toEqual([first, second])
})

test('a bus that never answers is not waited for', async () => {
  answer = undefined
  await expect(send()).rejects.toThrow()
  expect(requests.length).toBeGreaterThan(0)
}, 20_000)
