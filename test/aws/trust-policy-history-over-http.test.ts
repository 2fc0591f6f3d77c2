import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { sample } from '../../fake-aws/invocation.ts'
import { cloudTrailClient } from '../../src/aws/clients.ts'
import { recentTrustPolicyWrites } from '../../src/aws/trust-policy-history.ts'
import { ok, RawServer } from './raw-server.ts'

// The real client against a server that answers as CloudTrail does, or not at all.

let server: RawServer

beforeEach(async () => {
  server = await new RawServer().start()
})

afterEach(() => {
  server.stop()
})

const since = new Date('2026-11-18T07:00:00Z')
const lookUp = () => recentTrustPolicyWrites(cloudTrailClient(), since, new AbortController().signal)
const recorded = (record: unknown) => ({
  CloudTrailEvent: typeof record === 'string' ? record : JSON.stringify(record),
})

test('the writes of trust policies since a time are asked for, page by page', async () => {
  const [own, foreign] = [sample('own-update').detail, sample('update-assume-role-policy').detail]
  server.answers = [{ Events: [recorded(foreign)], NextToken: 'more' }, { Events: [recorded(own)] }].map(ok)
  expect(await lookUp()).toMatchObject([
    { roleName: 'data-analyst', time: Date.parse(foreign.eventTime), actor: foreign.userIdentity.arn },
    {
      roleName: 'data-analyst',
      time: Date.parse(own.eventTime),
      callerRole: 'arn:aws:iam::111122223333:role/okta-role-trust/okta-role-trust-dev-role-event',
    },
  ])
  const LookupAttributes = [{ AttributeKey: 'EventName', AttributeValue: 'UpdateAssumeRolePolicy' }]
  const request = { LookupAttributes, StartTime: since.getTime() / 1000 }
  const target = expect.stringMatching(/\.LookupEvents$/)
  expect(server.requests).toEqual([
    { target, body: request },
    { target, body: { ...request, NextToken: 'more' } },
  ])
})

test('records that cannot be read, failed calls and other calls are passed over', async () => {
  const { detail } = sample('update-assume-role-policy')
  const others = [
    { ...detail, errorCode: 'AccessDenied', requestParameters: null },
    { ...detail, eventName: 'TagRole' },
    { ...detail, requestParameters: null },
    'not JSON',
    '',
  ]
  server.answers = [{ Events: [...others.map(recorded), {}, recorded(detail)] }].map(ok)
  expect(await lookUp()).toHaveLength(1)
})

test('pages are read up to a limit', async () => {
  server.answers = Array.from({ length: 9 }, () => ({ Events: [], NextToken: 'more' })).map(ok)
  expect(await lookUp()).toEqual([])
  expect(server.requests).toHaveLength(4)
})

test('an answer that never comes is waited for until the time is up, and no longer', async () => {
  const timeIsUp = new AbortController()
  vi.spyOn(AbortSignal, 'timeout').mockReturnValue(timeIsUp.signal)
  server.answers = ['silence']
  const looking = lookUp()
  await vi.waitFor(() => expect(server.requests).toHaveLength(1))
  timeIsUp.abort()
  await expect(looking).rejects.toThrow('AWS did not answer LookupEvents in the time that was left for it')
})
