import { expect, test, vi } from 'vitest'
import { type OutcomeEvent, overCapEvent } from '../src/outcomes/outcome-event.ts'
import { outcomePublisher } from '../src/outcomes/publish-outcomes.ts'

const events = Array.from({ length: 30 }, (_, due) => overCapEvent(due, 0, 'nothing was changed', 'backfill'))

/** A bus whose calls end when the test says so. */
function slowBus() {
  const calls: { events: readonly OutcomeEvent[]; end: (refused?: Map<OutcomeEvent, string>) => void }[] = []
  const unsent: [OutcomeEvent, string][] = []
  const publisher = outcomePublisher(
    (events) => new Promise((resolve) => calls.push({ events, end: (refused = new Map()) => resolve(refused) })),
    (event, reason) => unsent.push([event, reason]),
  )
  return { calls, unsent, publisher }
}

const NEVER = new AbortController().signal

test('the first event is sent at once, and those that come meanwhile with the next call, ten at the most', async () => {
  const { calls, unsent, publisher } = slowBus()
  events.slice(0, 14).forEach(publisher.publish)
  expect(calls.map((call) => call.events)).toEqual([events.slice(0, 1)])
  calls[0]?.end()
  await vi.waitFor(() => expect(calls).toHaveLength(2))
  calls[1]?.end()
  await vi.waitFor(() => expect(calls).toHaveLength(3))
  expect(calls.map((call) => call.events)).toEqual([events.slice(0, 1), events.slice(1, 11), events.slice(11, 14)])
  calls[2]?.end()
  await publisher.settle(NEVER)
  expect(unsent).toEqual([])
})

test('whoever settles waits for what is under way', async () => {
  const { calls, publisher } = slowBus()
  events.slice(0, 2).forEach(publisher.publish)
  let settled = false
  const settling = publisher.settle(NEVER).then(() => {
    settled = true
  })
  calls[0]?.end()
  await vi.waitFor(() => expect(calls).toHaveLength(2))
  expect(settled).toBe(false)
  calls[1]?.end()
  await settling
})

test('a publisher works on in the next invocation', async () => {
  const { calls, publisher } = slowBus()
  events.slice(0, 1).forEach(publisher.publish)
  calls[0]?.end()
  await publisher.settle(NEVER)
  events.slice(1, 2).forEach(publisher.publish)
  calls[1]?.end()
  await publisher.settle(NEVER)
  expect(calls.map((call) => call.events)).toEqual([events.slice(0, 1), events.slice(1, 2)])
})

test('where the bus hangs, what still waits is given up at the signal, each event by name', async () => {
  const { calls, unsent, publisher } = slowBus()
  events.forEach(publisher.publish)
  const deadline = new AbortController()
  const settling = publisher.settle(deadline.signal)
  expect(unsent).toEqual([])
  deadline.abort()
  expect(unsent).toEqual(events.slice(1).map((event) => [event, 'the event bus did not answer in time']))
  calls[0]?.end()
  await settling
  expect(calls).toHaveLength(1)
})

test('where no time is left at all, what still waits is given up at once', async () => {
  const { calls, unsent, publisher } = slowBus()
  events.slice(0, 3).forEach(publisher.publish)
  const settling = publisher.settle(AbortSignal.abort())
  calls[0]?.end()
  await settling
  expect(unsent.map(([event]) => event)).toEqual(events.slice(1, 3))
})

test('an event that is refused is named with the reason, and costs no other', async () => {
  const { calls, unsent, publisher } = slowBus()
  const [first, ...others] = events.slice(0, 3)
  if (first === undefined) throw new Error('no event')
  ;[first, ...others].forEach(publisher.publish)
  calls[0]?.end(new Map([[first, 'InternalFailure: Please try again.']]))
  await vi.waitFor(() => expect(calls).toHaveLength(2))
  calls[1]?.end()
  await publisher.settle(NEVER)
  expect(unsent).toEqual([[first, 'InternalFailure: Please try again.']])
})

test('a call that fails is told for each of its events, and the next call is made all the same', async () => {
  const unsent: [OutcomeEvent, string][] = []
  const calls: (readonly OutcomeEvent[])[] = []
  const publisher = outcomePublisher(
    async (events) => {
      calls.push(events)
      throw new Error('no way')
    },
    (event, reason) => unsent.push([event, reason]),
  )
  events.slice(0, 5).forEach(publisher.publish)
  await publisher.settle(NEVER)
  expect(unsent).toEqual(events.slice(0, 5).map((event) => [event, 'Error: no way']))
  expect(calls).toHaveLength(2)
})

test('the last event goes in a call of its own, when all others are sent', async () => {
  const { calls, unsent, publisher } = slowBus()
  const [last, ...others] = events.slice(0, 4)
  if (last === undefined) throw new Error('no event')
  others.forEach(publisher.publish)
  const sending = publisher.publishLast(last, NEVER)
  for (const count of [1, 2]) {
    expect(calls).toHaveLength(count)
    calls.at(-1)?.end()
    await vi.waitFor(() => expect(calls).toHaveLength(count + 1))
  }
  expect(calls.at(-1)?.events).toEqual([last])
  calls.at(-1)?.end()
  await sending
  expect(unsent).toEqual([])
})

test('and is given up where there is no time left for it', async () => {
  const { calls, unsent, publisher } = slowBus()
  const [last] = events
  if (last === undefined) throw new Error('no event')
  await publisher.publishLast(last, AbortSignal.abort())
  expect({ calls, unsent }).toEqual({ calls: [], unsent: [[last, 'the event bus did not answer in time']] })
})
