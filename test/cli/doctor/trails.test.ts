import { describe, expect, test } from 'vitest'
import { checkTrails, type TrailFacts } from '../../../cli/doctor/check-trails.ts'
import { answerOf } from '../../../cli/doctor/finding.ts'
import { selectsRoleWrites } from '../../../cli/doctor/selects-role-writes.ts'
import { stackRemedies } from '../../../cli/doctor/stack-remedies.ts'
import { accessDenied, throttling } from '../../../fake-aws/errors.ts'
import type { EventSelectors, FieldSelector } from '../../../src/aws/cloudtrail.ts'

const basic = (readWriteType: string, includesManagementEvents = true, ...excludedSources: readonly string[]) => ({
  basic: [{ readWriteType, includesManagementEvents, excludedSources }],
  advanced: [],
})
const NOTHING = { equals: [], startsWith: [], endsWith: [], notEquals: [], notStartsWith: [], notEndsWith: [] }
const on = (field: string, conditions: Partial<FieldSelector>): FieldSelector => ({ ...NOTHING, field, ...conditions })
const MANAGEMENT = on('eventCategory', { equals: ['Management'] })
const advanced = (...selectors: readonly (readonly FieldSelector[])[]) => ({ basic: [], advanced: selectors })

describe('which selectors take the calls that the rule waits for', () => {
  test.each<[string, EventSelectors, boolean]>([
    ['all management events', basic('All'), true],
    ['write management events', basic('WriteOnly'), true],
    ['read ones only', basic('ReadOnly'), false],
    ['none, only data events', basic('All', false), false],
    ['all but those of KMS', basic('All', true, 'kms.amazonaws.com'), true],
    ['all but those of IAM', basic('All', true, 'iam.amazonaws.com'), false],
    ['one of two', { ...basic('All'), basic: [...basic('ReadOnly').basic, ...basic('WriteOnly').basic] }, true],
    ['nothing at all', { basic: [], advanced: [] }, false],
    ['management events, in the advanced form', advanced([MANAGEMENT]), true],
    ['data events, in the advanced form', advanced([on('eventCategory', { equals: ['Data'] })]), false],
    ['write ones', advanced([MANAGEMENT, on('readOnly', { equals: ['false'] })]), true],
    ['read ones', advanced([MANAGEMENT, on('readOnly', { equals: ['true'] })]), false],
    ['all but KMS', advanced([MANAGEMENT, on('eventSource', { notEquals: ['kms.amazonaws.com'] })]), true],
    ['all but IAM', advanced([MANAGEMENT, on('eventSource', { notEquals: ['iam.amazonaws.com'] })]), false],
    ['all that do not begin as IAM', advanced([MANAGEMENT, on('eventSource', { notStartsWith: ['iam.'] })]), false],
    ['all that do not end as AWS', advanced([MANAGEMENT, on('eventSource', { notEndsWith: ['.com'] })]), false],
    ['those of EC2', advanced([MANAGEMENT, on('eventSource', { equals: ['ec2.amazonaws.com'] })]), false],
    ['those of IAM among others', advanced([MANAGEMENT, on('eventSource', { startsWith: ['ec2.', 'iam.'] })]), true],
    ['what ends as IAM', advanced([MANAGEMENT, on('eventSource', { endsWith: ['iam.amazonaws.com'] })]), true],
    [
      'what is both selected and left out',
      advanced([MANAGEMENT, on('eventName', { equals: ['TagRole'], notEquals: ['TagRole'] })]),
      false,
    ],
    ['only one of the four calls', advanced([MANAGEMENT, on('eventName', { equals: ['CreateRole'] })]), false],
    [
      'the four calls by two selectors',
      advanced(
        [MANAGEMENT, on('eventName', { endsWith: ['Role'] })],
        [MANAGEMENT, on('eventName', { startsWith: ['Update'] })],
      ),
      true,
    ],
    ['not those of somebody', advanced([MANAGEMENT, on('userIdentity.arn', { notEquals: ['arn:x'] })]), false],
  ])('%s', (_, selectors, expected) => {
    expect(selectsRoleWrites(selectors)).toBe(expected)
  })
})

describe('the trails of a region', async () => {
  const deployment = { deploy: '', deployAnew: '', rebuild: '', deploySettings: () => '' }
  const remedies = stackRemedies({ profile: undefined, stage: 'dev', region: undefined }, 'us-east-1', deployment)
  const read = <Value>(value: Value) => ({ kind: 'read', value }) as const
  const denied = (action: string) => answerOf<never>('', () => Promise.reject(accessDenied(action)))
  const throttled = await answerOf<never>('', () => Promise.reject(throttling()))
  const good: TrailFacts = {
    name: 'main',
    arn: 'ARN',
    homeRegion: 'eu-west-1',
    isOfOrganization: false,
    includesGlobalServices: true,
    isLogging: read(true),
    selectors: read(basic('All')),
  }
  const stopped: TrailFacts = { ...good, name: 'old', isLogging: read(false) }
  const noIam: TrailFacts = { ...good, name: 'regional', includesGlobalServices: false }
  const dataOnly: TrailFacts = { ...good, name: 'data', selectors: read(basic('All', false)) }
  const unread = await denied('cloudtrail:GetTrailStatus')

  test.each<[string, readonly TrailFacts[], string, RegExp, RegExp]>([
    ['none', [], 'failure', /^no trail records the events of us-east-1/, /create-trail --region us-east-1/],
    ['a good one', [good], 'ok', /^the trail main logs/, /^$/],
    ['a good one after others', [stopped, noIam, good], 'ok', /main/, /^$/],
    [
      'a good one after one that may not be read',
      [{ ...good, name: 'x', isLogging: unread }, good],
      'ok',
      /main/,
      /^$/,
    ],
    ['a stopped one', [stopped], 'failure', /: old is stopped$/, /start-logging --region eu-west-1 --name ARN`$/],
    [
      'one without global services',
      [noIam],
      'failure',
      /: regional leaves out the events of global services/,
      /update-trail --region eu-west-1 --name ARN --include-global-service-events/,
    ],
    [
      'one of data events',
      [dataOnly],
      'failure',
      /: data does not select all of IAM/,
      /CloudTrail console of eu-west-1/,
    ],
    [
      'all in a row',
      [stopped, noIam, dataOnly, stopped],
      'failure',
      /old .*; regional .*; data .*; and 1 more$/,
      /start-log/,
    ],
    [
      'one that may not be read beside a stopped one',
      [stopped, { ...good, isLogging: unread }],
      'warning',
      /the trail main could not be checked: the caller lacks the permission cloudtrail:GetTrailStatus$/,
      /^allow it/,
    ],
    [
      'one that is stopped, whatever else may not be read',
      [{ ...stopped, selectors: unread }],
      'failure',
      /stopped/,
      /./,
    ],
    [
      'one that could not be asked',
      [{ ...good, selectors: throttled }],
      'failure',
      /could not be checked: AWS is throttling/,
      /./,
    ],
    [
      "an organization's that could not be asked",
      [{ ...good, isOfOrganization: true, selectors: throttled }],
      'warning',
      /the organization's trail main could not be checked/,
      /in the management account: `aws cloudtrail get-trail-status --region eu-west-1 --name ARN`/,
    ],
  ])('%s', (_, trails, level, message, remedy) => {
    const verdict = checkTrails('us-east-1', trails, remedies)
    expect(verdict.level).toBe(level)
    expect(verdict.message).toMatch(message)
    expect(verdict.remedy ?? '').toMatch(remedy)
  })
})
