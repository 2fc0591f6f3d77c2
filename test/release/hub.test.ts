import { readFileSync } from 'node:fs'
import { runSimulation } from '@cloud-copilot/iam-simulate'
import { describe, expect, test } from 'vitest'
import * as z from 'zod/mini'
import { HUB_FUNCTIONS, hubTemplate } from '../../release/hub-template.ts'
import { OWN_SOURCE } from '../../src/events/read-event.ts'
import { matchesPattern } from '../stack/event-pattern.ts'
import { resolveTemplate } from './resolve-template.ts'

const HUB = '999988887777'
const MEMBER = '111122223333'
const ORGANIZATION = 'o-a1b2c3d4e5'
const BUS = `arn:aws:events:us-east-1:${HUB}:event-bus/okta-role-trust-hub`

const Resources = z.record(z.string(), z.looseObject({ Type: z.string(), Properties: z.looseObject({}) }))

const keys = Object.fromEntries(HUB_FUNCTIONS.map((name) => [name, `${name}.zip`]))
const template = hubTemplate(keys, '9.9.9')
const { Resources: resources } = z.parse(
  z.object({ Resources }),
  JSON.parse(
    JSON.stringify(
      resolveTemplate(template, 'us-east-1', { OrganizationId: ORGANIZATION, BundleBucket: 'bundles' }),
    ).replaceAll(MEMBER, HUB),
  ),
)
const propertiesOf = (id: string) => resources[id]?.Properties
const ofType = (type: string) => Object.values(resources).filter((resource) => resource.Type === type)

describe('the bus', () => {
  const all = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }

  /** Whether EventBridge takes an event, where the sender's own policies allow everything. */
  async function isTaken(
    principal: string,
    context: Readonly<Record<string, string | string[]>>,
    action = 'events:PutEvents',
  ) {
    const result = await runSimulation(
      {
        request: {
          principal,
          action,
          resource: { resource: BUS, accountId: HUB },
          contextVariables: { 'aws:PrincipalArn': principal, ...context },
        },
        identityPolicies: [{ name: 'all', policy: all }],
        resourcePolicy: propertiesOf('Bus')?.Policy,
        serviceControlPolicies: [],
        resourceControlPolicies: [],
      },
      {},
    )
    if (result.resultType === 'error') throw new Error(JSON.stringify(result.errors))
    return result.overallResult === 'Allowed'
  }
  const roleOf = (account: string, name = 'okta-role-trust/okta-role-trust-prod-forward') =>
    `arn:aws:iam::${account}:role/${name}`
  const ours = { 'aws:PrincipalOrgID': ORGANIZATION, 'events:source': [OWN_SOURCE] }

  test('takes what the forwarding role of any account of the organization tells, its own among them', async () => {
    for (const account of [MEMBER, '444455556666', HUB]) expect(await isTaken(roleOf(account), ours)).toBe(true)
  })

  test.each<[string, string, Readonly<Record<string, string | string[]>>]>([
    ['of another organization', roleOf(MEMBER), { ...ours, 'aws:PrincipalOrgID': 'o-other00000' }],
    ['of no organization', roleOf(MEMBER), { 'events:source': [OWN_SOURCE] }],
    ['under the name of AWS', roleOf(MEMBER), { ...ours, 'events:source': ['aws.iam'] }],
    ['under another name', roleOf(MEMBER), { ...ours, 'events:source': ['okta-role-trust-2'] }],
    ['under ours and another name in one call', roleOf(MEMBER), { ...ours, 'events:source': [OWN_SOURCE, 'x'] }],
    ['under no name', roleOf(MEMBER), { 'aws:PrincipalOrgID': ORGANIZATION }],
    ['an administrator sends', roleOf(MEMBER, 'account-admin'), ours],
    ['a function sends', roleOf(MEMBER, 'okta-role-trust/okta-role-trust-prod-role-event'), ours],
    ['a role of that name elsewhere sends', roleOf(MEMBER, 'x/okta-role-trust/prod-forward'), ours],
    ['a user sends', `arn:aws:iam::${MEMBER}:user/okta-role-trust/x-forward`, ours],
    ["an administrator of the hub's account sends", roleOf(HUB, 'account-admin'), ours],
    ["the root of the hub's account sends", `arn:aws:iam::${HUB}:root`, ours],
  ])('takes nothing that comes %s', async (_, principal, context) => {
    expect(await isTaken(principal, context)).toBe(false)
  })

  test.each(['events:DescribeEventBus', 'events:UpdateEventBus', 'events:DeleteEventBus'])(
    'lets no member %s',
    async (action) => {
      expect(await isTaken(roleOf(MEMBER), ours, action)).toBe(false)
    },
  )
})

describe('the rules of the bus', () => {
  const event = { source: OWN_SOURCE, 'detail-type': 'Sweep Finished', account: MEMBER, detail: {} }
  const isMatched = (rule: string, changed: object = {}) =>
    matchesPattern(propertiesOf(rule)?.EventPattern, { ...event, ...changed })

  test('the trail has everything, without code', () => {
    for (const type of ['Role Patched', 'Role Blocked', 'Sweep Failed', 'Something New']) {
      expect(isMatched('TrailRule', { 'detail-type': type })).toBe(true)
    }
    expect(propertiesOf('TrailRule')).toMatchObject({
      EventBusName: '<Bus>',
      Targets: [
        { Arn: `arn:aws:logs:us-east-1:${HUB}:log-group:<Trail>`, DeadLetterConfig: { Arn: '<DeadLetterQueue.Arn>' } },
      ],
    })
    expect(propertiesOf('Trail')).toMatchObject({ RetentionInDays: 365 })
    expect(propertiesOf('TrailPolicy')?.PolicyDocument).toMatchObject({
      Statement: [
        { Action: 'logs:CreateLogStream', Resource: '<Trail.Arn>' },
        { Action: 'logs:PutLogEvents', Condition: { ArnEquals: { 'aws:SourceArn': '<TrailRule.Arn>' } } },
      ],
    })
  })

  test('the recorder has heartbeats alone', () => {
    expect(isMatched('HeartbeatRule')).toBe(true)
    expect(isMatched('HeartbeatRule', { 'detail-type': 'Sweep Failed' })).toBe(true)
    for (const other of ['Role Patched', 'Role Blocked', 'Sweep Over Cap']) {
      expect(isMatched('HeartbeatRule', { 'detail-type': other })).toBe(false)
    }
    expect(propertiesOf('HeartbeatRule')).toMatchObject({
      EventBusName: '<Bus>',
      Targets: [{ Arn: '<HeartbeatQueue.Arn>', DeadLetterConfig: { Arn: '<DeadLetterQueue.Arn>' } }],
    })
  })

  test('no rule leads to another bus, nor to anything outside of the stack', () => {
    const targets = ofType('AWS::Events::Rule').flatMap(({ Properties: { Targets } }) =>
      z.parse(z.array(z.looseObject({ Arn: z.string() })), Targets),
    )
    expect(targets.map(({ Arn }) => Arn).toSorted()).toEqual([
      '<Check.Arn>',
      '<HeartbeatQueue.Arn>',
      `arn:aws:logs:us-east-1:${HUB}:log-group:<Trail>`,
    ])
    for (const target of targets) expect(target).not.toHaveProperty('RoleArn')
  })
})

describe('the functions', () => {
  const Role = z.looseObject({
    Policies: z.array(
      z.object({
        PolicyDocument: z.object({
          Statement: z.array(
            z.object({
              Sid: z.string(),
              Effect: z.literal('Allow'),
              Action: z.union([z.string(), z.array(z.string())]),
              Resource: z.string(),
            }),
          ),
        }),
      }),
    ),
  })
  const permissionsOf = (id: string) =>
    z
      .parse(Role, propertiesOf(id))
      .Policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement)
      .flatMap(({ Action, Resource }) => [Action].flat().map((action) => `${action} ${Resource}`))
      .toSorted()

  test('may do what they need in the table, the queue and their logs, and nothing else anywhere', () => {
    const logs = (log: string) => [`logs:CreateLogStream <${log}.Arn>`, `logs:PutLogEvents <${log}.Arn>`]
    expect(permissionsOf('RecorderRole')).toEqual([
      'dynamodb:PutItem <Table.Arn>',
      'dynamodb:Query <Table.Arn>',
      ...logs('RecorderLog'),
      'sqs:DeleteMessage <HeartbeatQueue.Arn>',
      'sqs:GetQueueAttributes <HeartbeatQueue.Arn>',
      'sqs:ReceiveMessage <HeartbeatQueue.Arn>',
    ])
    expect(permissionsOf('CheckRole')).toEqual([
      'dynamodb:DeleteItem <Table.Arn>',
      'dynamodb:Scan <Table.Arn>',
      ...logs('CheckLog'),
    ])
    expect(permissionsOf('WidgetRole')).toEqual(['dynamodb:Scan <Table.Arn>', ...logs('WidgetLog')])
  })

  // Not on IAM, STS, Organizations or CloudFormation: no way leads from the hub into an account.
  test('hold no permission on a member or the organization, and no managed policy', () => {
    const roles = ofType('AWS::IAM::Role')
    expect(roles).toHaveLength(3)
    expect(JSON.stringify(roles)).not.toMatch(/(iam|organizations|cloudformation|events|lambda):[A-Z*]|"\*"/)
    for (const { Properties } of roles) {
      expect(Properties).not.toHaveProperty('ManagedPolicyArns')
      expect(Properties.Path).toBe('/okta-role-trust-hub/')
    }
    expect(ofType('AWS::IAM::ManagedPolicy')).toEqual([])
  })

  test('run what the release holds, on Node 24, and know their table and their version', () => {
    for (const { Properties } of ofType('AWS::Lambda::Function')) {
      const [, name = ''] = /^handlers\/(.+)\.handler$/.exec(`${Properties.Handler}`) ?? []
      expect(HUB_FUNCTIONS).toContain(name)
      expect(readFileSync(`handlers/${name}.ts`, 'utf8')).toContain('export const handler')
      expect(Properties).toMatchObject({
        Runtime: 'nodejs24.x',
        Code: { S3Bucket: 'bundles', S3Key: `${name}.zip` },
        Environment: {
          Variables: { TABLE_NAME: '<Table>', VERSION: '9.9.9', POWERTOOLS_METRICS_NAMESPACE: 'OktaRoleTrustHub' },
        },
      })
    }
    expect(ofType('AWS::Lambda::Function')).toHaveLength(HUB_FUNCTIONS.length)
  })

  test('cannot be started by anybody but the schedule and the queue', () => {
    expect(ofType('AWS::Lambda::Permission').map(({ Properties }) => Properties)).toEqual([
      {
        FunctionName: '<Check.Arn>',
        Action: 'lambda:InvokeFunction',
        Principal: 'events.amazonaws.com',
        SourceArn: '<CheckSchedule.Arn>',
      },
    ])
  })

  test('the recorder is not fed faster than an account can bear, and hands back single messages', () => {
    expect(propertiesOf('RecorderSource')).toMatchObject({
      EventSourceArn: '<HeartbeatQueue.Arn>',
      ScalingConfig: { MaximumConcurrency: 5 },
      FunctionResponseTypes: ['ReportBatchItemFailures'],
    })
    const Timed = z.looseObject({ VisibilityTimeout: z.number() })
    expect(z.parse(Timed, propertiesOf('HeartbeatQueue')).VisibilityTimeout).toBeGreaterThanOrEqual(6 * 30 + 5)
  })

  test('a function without a bundle ends the release', () => {
    expect(() => hubTemplate({}, '1.0.0')).toThrow('There is no bundle for the function Recorder')
  })
})

describe('the alarms', () => {
  const Alarm = z.looseObject({ MetricName: z.string(), AlarmDescription: z.string(), Namespace: z.string() })
  const alarms = ofType('AWS::CloudWatch::Alarm').map(({ Properties }) => z.parse(Alarm, Properties))

  test('ring for what somebody must act on, and when the hub itself stands still', () => {
    expect(alarms.map(({ MetricName }) => MetricName)).toEqual([
      'SilentAccounts',
      'FailingAccounts',
      'BlockedAccounts',
      'AccountsOverCap',
      'AccountsWithDeadLetters',
      'ApproximateNumberOfMessagesVisible',
      'Accounts',
    ])
  })

  test('look at what the check measures, under its name', () => {
    const check = readFileSync('handlers/hub-check.ts', 'utf8')
    for (const alarm of alarms.filter(({ Namespace }) => Namespace === 'OktaRoleTrustHub')) {
      expect(check).toContain(`    ${alarm.MetricName}: `)
      expect(alarm).toMatchObject({ Dimensions: [{ Name: 'service', Value: 'okta-role-trust-hub' }] })
    }
  })

  test('go to the topic, and say what to do first', () => {
    for (const alarm of alarms) {
      expect(alarm).toMatchObject({ AlarmActions: ['<AlarmTopic>'] })
      expect(alarm.AlarmDescription).toMatch(/\. First /)
    }
  })

  test('are all on the dashboard, which shows the table of accounts', () => {
    const body = z.parse(z.looseObject({ DashboardBody: z.string() }), propertiesOf('Dashboard')).DashboardBody
    const Widgets = z.object({ widgets: z.array(z.looseObject({ type: z.string(), properties: z.looseObject({}) })) })
    const { widgets } = z.parse(Widgets, JSON.parse(body))
    const ids = Object.entries(resources).flatMap(([id, { Type }]) => (Type === 'AWS::CloudWatch::Alarm' ? [id] : []))
    expect(widgets[0]?.properties.alarms).toEqual(ids.map((id) => `<${id}.Arn>`))
    expect(widgets.find(({ type }) => type === 'custom')?.properties.endpoint).toBe('<Widget.Arn>')
  })
})

test('the template is short enough to be given to CloudFormation as it is', () => {
  expect(Buffer.byteLength(JSON.stringify(template))).toBeLessThan(30_000)
})

test('it tells the ARN that the stacks of the members are deployed with', () => {
  const { Outputs } = z.parse(
    z.object({ Outputs: z.looseObject({}) }),
    resolveTemplate(template, 'us-east-1', { OrganizationId: ORGANIZATION, BundleBucket: 'bundles' }),
  )
  expect(Outputs).toMatchObject({ HubBusArn: { Value: '<Bus.Arn>' }, AlarmTopicArn: {}, TrailLogGroup: {} })
})

test.each(['o-1', 'r-a1b2', 'O-A1B2C3D4E5', 'o-a1b2c3d4e5"', ''])(
  'it takes no organization of the name %j',
  (OrganizationId) => {
    expect(() => resolveTemplate(template, 'us-east-1', { OrganizationId, BundleBucket: 'bundles' })).toThrow(
      'OrganizationId',
    )
  },
)
