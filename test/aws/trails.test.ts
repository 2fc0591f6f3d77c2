import {
  CloudTrailClient,
  DescribeTrailsCommand,
  GetEventSelectorsCommand,
  GetTrailStatusCommand,
} from '@aws-sdk/client-cloudtrail'
import { mockClient } from 'aws-sdk-client-mock'
import { afterEach, expect, test } from 'vitest'
import { trailReader } from '../../src/aws/cloudtrail.ts'
import { MalformedResponseError } from '../../src/errors.ts'

const ARN = 'arn:aws:cloudtrail:eu-west-1:111122223333:trail/main'
const TRAIL = { name: 'main', arn: ARN, homeRegion: 'eu-west-1', isOfOrganization: false, includesGlobalServices: true }

const cloudTrail = mockClient(CloudTrailClient)
afterEach(() => cloudTrail.reset())
const reader = () => trailReader({ region: 'us-east-1' })

test('trails are listed in the region that is asked about, and their state is read where they live', async () => {
  const calls: string[] = []
  const answer = (call: string, body: object) => async (_: unknown, getClient: () => CloudTrailClient) => {
    calls.push(`${call} in ${await getClient().config.region()}`)
    return body
  }
  const listed = { Name: 'main', TrailARN: ARN, HomeRegion: 'eu-west-1', IncludeGlobalServiceEvents: true }
  cloudTrail.on(DescribeTrailsCommand, {}).callsFake(answer('list', { trailList: [listed] }))
  cloudTrail.on(GetTrailStatusCommand, { Name: ARN }).callsFake(answer('status', { IsLogging: false }))
  cloudTrail.on(GetEventSelectorsCommand, { TrailName: ARN }).callsFake(answer('selectors', { EventSelectors: [{}] }))
  expect(await reader().listTrails('us-east-1')).toEqual([TRAIL])
  expect(await reader().isLogging(TRAIL)).toBe(false)
  expect(await reader().readSelectors(TRAIL)).toEqual({
    basic: [{ readWriteType: 'All', includesManagementEvents: true, excludedSources: [] }],
    advanced: [],
  })
  expect(calls).toEqual(['list in us-east-1', 'status in eu-west-1', 'selectors in eu-west-1'])
})

test('a condition of an advanced selector keeps its operators', async () => {
  const field = {
    Field: 'eventName',
    Equals: ['a'],
    StartsWith: ['b'],
    EndsWith: ['c'],
    NotEquals: ['d'],
    NotStartsWith: ['e'],
    NotEndsWith: ['f'],
  }
  cloudTrail.on(GetEventSelectorsCommand).resolves({ AdvancedEventSelectors: [{ FieldSelectors: [field] }] })
  expect((await reader().readSelectors(TRAIL)).advanced).toEqual([
    [
      {
        field: 'eventName',
        equals: ['a'],
        startsWith: ['b'],
        endsWith: ['c'],
        notEquals: ['d'],
        notStartsWith: ['e'],
        notEndsWith: ['f'],
      },
    ],
  ])
})

test('an answer without what the API promises is a fault, and nothing that a check could take for an answer', async () => {
  cloudTrail.onAnyCommand().resolves({})
  await expect(reader().listTrails('us-east-1')).rejects.toThrow(MalformedResponseError)
  await expect(reader().isLogging(TRAIL)).rejects.toThrow(MalformedResponseError)
  await expect(reader().readSelectors(TRAIL)).rejects.toThrow(MalformedResponseError)
  cloudTrail.on(DescribeTrailsCommand).resolves({ trailList: [{ Name: 'main', TrailARN: ARN }] })
  await expect(reader().listTrails('us-east-1')).rejects.toThrow(MalformedResponseError)
})
