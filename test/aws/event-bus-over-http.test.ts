import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { eventBridgeClient } from '../../src/aws/clients.ts'
import { eventBus } from '../../src/aws/event-bus.ts'
import { overCapEvent } from '../../src/outcomes/outcome-event.ts'
import { ok, RawServer } from './raw-server.ts'

// The real client against a server that answers as EventBridge does, or not at all.

let server: RawServer

beforeEach(async () => {
  server = await new RawServer().start()
})

afterEach(() => {
  server.stop()
})

const [first, second] = [1, 2].map((due) => overCapEvent(due, 0, 'nothing was changed', 'scheduled sweep'))
const SENDER = { stack: 'okta-role-trust-test', productVersion: '1.2.3' }
const send = () => eventBus(eventBridgeClient(), SENDER)([first, second].filter((event) => event !== undefined))

test('events go to the default bus, each with its source, type and detail', async () => {
  server.answers = [{ FailedEntryCount: 0, Entries: [{ EventId: '1' }, { EventId: '2' }] }].map(ok)
  expect(await send()).toEqual(new Map())
  expect(server.requests).toMatchObject([
    {
      target: 'AWSEvents.PutEvents',
      body: {
        Entries: [1, 2].map((due) => ({
          Source: 'okta-role-trust',
          DetailType: 'Sweep Over Cap',
          Detail: expect.stringMatching(
            new RegExp(`"due":${due}.*"stack":"okta-role-trust-test","productVersion":"1.2.3"`),
          ),
        })),
      },
    },
  ])
  expect(JSON.stringify(server.requests)).not.toContain('EventBusName')
})

test('what the bus refuses is known by its place in the answer', async () => {
  server.answers = [
    { FailedEntryCount: 1, Entries: [{ EventId: '1' }, { ErrorCode: 'InternalFailure', ErrorMessage: 'Sorry' }] },
  ].map(ok)
  expect(await send()).toEqual(new Map([[second, 'InternalFailure: Sorry']]))
})

test('an answer that leaves events out counts them as refused', async () => {
  server.answers = [{ FailedEntryCount: 0 }].map(ok)
  expect([...(await send()).keys()]).toEqual([first, second])
})

test('a bus that never answers is waited for until the time is up, and no longer', async () => {
  const timeIsUp = new AbortController()
  vi.spyOn(AbortSignal, 'timeout').mockReturnValue(timeIsUp.signal)
  server.answers = ['silence']
  const sending = send()
  await vi.waitFor(() => expect(server.requests).toHaveLength(1))
  timeIsUp.abort()
  await expect(sending).rejects.toThrow('AWS did not answer PutEvents in the time that was left for it')
})
