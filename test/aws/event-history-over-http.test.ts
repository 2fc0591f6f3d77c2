import { afterEach, beforeEach, expect, test } from 'vitest'
import { patientCloudTrailClient } from '../../src/aws/clients.ts'
import { eventHistory } from '../../src/aws/cloudtrail.ts'
import { ok, RawServer } from './raw-server.ts'

// The real client against a server that answers as CloudTrail does.

let server: RawServer

beforeEach(async () => {
  server = await new RawServer().start()
})
afterEach(() => server.stop())

const since = Date.parse('2026-11-18T07:00:00Z')
const SECOND = 1000
const event = (id: string, secondsLater: number) => ({
  EventId: id,
  EventTime: since / SECOND + secondsLater,
  CloudTrailEvent: `record ${id}`,
})
const history = () => eventHistory(patientCloudTrailClient({}))
const target = expect.stringMatching(/\.LookupEvents$/)

test('the records of a role are asked for page by page, short and empty ones too', async () => {
  server.answers = [{ Events: [event('b', 9)], NextToken: '1' }, { NextToken: '2' }, { Events: [event('a', 5)] }].map(
    ok,
  )
  let pages = 0
  const found = await history().lookUp('ResourceName', 'analyst', since, () => {
    pages += 1
  })
  expect(found).toEqual({ records: ['record b', 'record a'], completeSince: since })
  const LookupAttributes = [{ AttributeKey: 'ResourceName', AttributeValue: 'analyst' }]
  const request = { LookupAttributes, StartTime: since / SECOND, MaxResults: 50 }
  expect(server.requests).toEqual([
    { target, body: request },
    { target, body: { ...request, NextToken: '1' } },
    { target, body: { ...request, NextToken: '2' } },
  ])
  expect(pages).toBe(3)
})

test('pages are read up to a limit, and the answer says since when it holds all', async () => {
  server.answers = Array.from({ length: 99 }, (_, index) => ({
    Events: [event('x', 99 - index)],
    NextToken: 'more',
  })).map(ok)
  const { completeSince } = await history().lookUp('EventName', 'UpdateAssumeRolePolicy', since, () => {})
  expect(server.requests).toHaveLength(60)
  expect(completeSince).toBe(since + 40 * SECOND)
})

test('one event is asked for by its id alone', async () => {
  server.answers = [{ Events: [event('a', 5)] }, { Events: [] }].map(ok)
  expect(await history().readEvent('a')).toBe('record a')
  expect(await history().readEvent('a')).toBeUndefined()
  const LookupAttributes = [{ AttributeKey: 'EventId', AttributeValue: 'a' }]
  expect(server.requests[0]).toEqual({ target, body: { LookupAttributes, MaxResults: 50 } })
})
