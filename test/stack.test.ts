import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { strFromU8, unzipSync } from 'fflate'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import * as z from 'zod/mini'
import { costTables, sumOf } from '../bench/cost/cost-tables.ts'
import { readHub } from '../bench/cost/hub-usage.ts'
import { memberUsage, organizationTables } from '../bench/cost/organization-tables.ts'
import { readMeasured } from '../bench/cost/read-measured.ts'
import { readStack } from '../bench/cost/read-stack.ts'
import { RUNNING_NODE } from '../bench/find-node.ts'
import { readSetup, type Setup } from '../bench/setup.ts'
import { selectsRoleWrites } from '../cli/doctor/selects-role-writes.ts'
import type { CallName } from '../fake-aws/api-calls.ts'
import { ENVIRONMENT } from '../fake-aws/environment.ts'
import { sample } from '../fake-aws/invocation.ts'
import iamEventRegions from '../infra/iam-event-regions.cjs'
import { HUB_FUNCTIONS, hubTemplate } from '../release/hub-template.ts'
import { copyProject, keepSettings } from '../sandbox/copy-project.ts'
import {
  packageStack,
  packageStackOf,
  policiesOf,
  propertiesOf,
  resourcesOfType,
  type Stack,
} from '../sandbox/package-stack.ts'
import { ROLE_CALLS } from '../src/cloudtrail/role-call.ts'
import { readConfig } from '../src/config/read-config.ts'
import { roleConsoleUrl } from '../src/dashboard-widget/role-console-url.ts'
import { OWN_SOURCE, readEvent } from '../src/events/read-event.ts'
import { OWN_ROLES_PATH } from '../src/role/scope.ts'
import { testDeployerPolicy } from './deployer/test-deployer-policy.ts'
import { textOf } from './documents/documents.ts'
import { dashboardOf, graphMetricsOf } from './stack/dashboard-body.ts'
import { emittedMetrics } from './stack/emitted-metrics.ts'
import { matchesPattern } from './stack/event-pattern.ts'
import { isAllowed } from './stack/is-allowed.ts'
import { recordCalls } from './stack/record-calls.ts'
import { arnOf, resolveReferences } from './stack/resolve-references.ts'
import { runBundle } from './stack/run-bundle.ts'

const FUNCTIONS = {
  'role-event': {
    logicalId: 'RoleDasheventLambdaFunction',
    logGroup: 'RoleDasheventLogGroup',
    role: 'RoleEventRole',
    timeout: 30,
  },
  'scheduled-sweep': {
    logicalId: 'ScheduledDashsweepLambdaFunction',
    logGroup: 'ScheduledDashsweepLogGroup',
    role: 'ScheduledSweepRole',
    timeout: 900,
  },
  backfill: {
    logicalId: 'BackfillLambdaFunction',
    logGroup: 'BackfillLogGroup',
    role: 'BackfillRole',
    timeout: 900,
  },
  'dashboard-widget': {
    logicalId: 'DashboardDashwidgetLambdaFunction',
    logGroup: 'DashboardDashwidgetLogGroup',
    role: 'DashboardWidgetRole',
    timeout: 120,
  },
} as const
const REMEDIATING = ['role-event', 'scheduled-sweep', 'backfill'] as const
const FUNCTION_NAMES = [...REMEDIATING, 'dashboard-widget'] as const

/** What each call of the code needs, as action and resource. */
const PERMISSION_OF: Readonly<Partial<Record<CallName, string>>> = {
  GetRole: 'iam:GetRole arn:aws:iam::111122223333:role/*',
  GetAccountAuthorizationDetails: 'iam:GetAccountAuthorizationDetails *',
  GetAccountSummary: 'iam:GetAccountSummary *',
  UpdateAssumeRolePolicy: 'iam:UpdateAssumeRolePolicy arn:aws:iam::111122223333:role/*',
  GetSAMLProvider: 'iam:GetSAMLProvider arn:aws:iam::111122223333:saml-provider/*',
  GetParameter: 'ssm:GetParameter arn:aws:ssm:us-east-1:111122223333:parameter/okta/saml-provider-arn',
  GetQueueUrl: `sqs:GetQueueUrl ${arnOf('RoleEventQueue')}`,
  SendMessageBatch: `sqs:SendMessage ${arnOf('RoleEventQueue')}`,
  PutEvents: 'events:PutEvents arn:aws:events:us-east-1:111122223333:event-bus/default',
  LookupEvents: 'cloudtrail:LookupEvents *',
  GetQueueAttributes: `sqs:GetQueueAttributes ${arnOf('DeadLetterQueue')}`,
}

/** What is asked in a function's name beside that: by Lambda, by X-Ray, and by Systems Manager for a SecureString. */
function permissionsOfServices(name: keyof typeof FUNCTIONS): readonly string[] {
  const logs = ['logs:CreateLogStream', 'logs:PutLogEvents'].map(
    (action) => `${action} ${arnOf(FUNCTIONS[name].logGroup)}`,
  )
  const polls = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'].map(
    (action) => `${action} ${arnOf('RoleEventQueue')}`,
  )
  const traces = ['xray:PutTraceSegments *', 'xray:PutTelemetryRecords *']
  const decrypts = 'kms:Decrypt arn:aws:kms:us-east-1:111122223333:key/*'
  // Its calls are known by their names only, and this one asks for two queues.
  const findsDeadLetters = `sqs:GetQueueUrl ${arnOf('DeadLetterQueue')}`
  return [
    ...logs,
    ...traces,
    decrypts,
    ...(name === 'role-event' ? polls : []),
    ...(name === 'scheduled-sweep' ? [findsDeadLetters] : []),
  ]
}

/** For how long EventBridge tries to deliver: after that, the schedule has done the same. */
const ONE_HOUR = { MaximumEventAgeInSeconds: 3600, MaximumRetryAttempts: 185 }

const UPDATE = 'iam:UpdateAssumeRolePolicy'
const SOME_ROLE = 'arn:aws:iam::111122223333:role/analytics/data-analyst'
const OWN_ROLE = `arn:aws:iam::111122223333:role${OWN_ROLES_PATH}okta-role-trust-dev-backfill`

const statementsOf = (of: Stack, role: string) => policiesOf(of, role).flatMap(({ Statement }) => Statement)

function permissionsOf(role: string, of: Stack = stack): readonly string[] {
  return statementsOf(of, role)
    .filter(({ Effect }) => Effect === 'Allow')
    .flatMap(({ Action, Resource }) => [Action].flat().map((action) => `${action} ${resolveReferences(Resource)}`))
}

const HUB = 'arn:aws:events:us-east-1:999988887777:event-bus/okta-role-trust-hub'

/** With it the longest name that AWS limits to 64 characters, that of the rule on the parameter, has 64. */
const LONGEST_STAGE = 'x'.repeat(30)

/** Where the stages have a file. */
let project: string
let stack: Stack
let revoking: Stack
let reporting: Stack
let lean: Stack
let forwarding: Stack
let renamed: Stack
let chinese: Stack
let benchSetup: Setup

// One after the other: serverless-esbuild works in one folder of the project.
beforeAll(async () => {
  project = copyProject()
  for (const stage of ['prod', LONGEST_STAGE, `${LONGEST_STAGE}x`]) keepSettings(project, stage)
  stack = await packageStack()
  revoking = await packageStack('--param=onUntag=revoke')
  reporting = await packageStack('--param=mode=report', '--param=onUntag=revoke')
  lean = await packageStack('--param=accountTelemetry=false')
  forwarding = await packageStack(`--param=hubBusArn=${HUB}`)
  renamed = await packageStackOf(
    project,
    '--param=tagKey=Acme:Okta',
    '--param=tagValue=Yes',
    '--param=parameterName=okta-provider',
    '--stage=prod',
  )
  chinese = await packageStackOf(
    project,
    '--region=cn-north-1',
    `--stage=${LONGEST_STAGE}`,
    '--param=hubBusArn=arn:aws-cn:events:cn-north-1:999988887777:event-bus/okta-role-trust-hub',
  )
  benchSetup = await readSetup(RUNNING_NODE, stack.folder, true)
}, 120_000)

afterAll(() => {
  for (const { folder } of [stack, revoking, reporting, lean, forwarding, renamed, chinese]) {
    rmSync(folder, { recursive: true })
  }
  rmSync(project, { recursive: true })
})

describe('each function', () => {
  test.for(Object.entries(FUNCTIONS))('%s runs on Node 24 on arm64, traced, with its own role', ([name, expected]) => {
    expect(propertiesOf(stack, expected.logicalId)).toMatchObject({
      FunctionName: `okta-role-trust-dev-${name}`,
      Handler: `handlers/${name}.handler`,
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      MemorySize: 256,
      Timeout: expected.timeout,
      TracingConfig: { Mode: 'Active' },
      Role: { 'Fn::GetAtt': [expected.role, 'Arn'] },
    })
    expect(propertiesOf(stack, expected.role)).toMatchObject({ Path: OWN_ROLES_PATH })
  })

  test.for(Object.keys(FUNCTIONS))('%s is one ES module, without its source map', (name) => {
    const files = unzipSync(readFileSync(join(stack.folder, `${name}.zip`)))
    expect(Object.keys(files)).toEqual([`handlers/${name}.mjs`])
  })

  test.for(Object.keys(FUNCTIONS))('%s starts, and signs its calls as Lambda lets it', async (name) => {
    const { [`handlers/${name}.mjs`]: bundle = new Uint8Array() } = unzipSync(
      readFileSync(join(stack.folder, `${name}.zip`)),
    )
    const event = name === 'role-event' ? sample('tag-role') : {}
    const credentials = { AWS_ACCESS_KEY_ID: 'AKIAENVIRONMENT', AWS_SECRET_ACCESS_KEY: 'x', AWS_SESSION_TOKEN: 'y' }
    const { stdout, calls, accessKeys } = await runBundle(bundle, stack.folder, event, credentials)
    expect(stdout).toContain('is not authorized to perform: ssm:GetParameter')
    // The sweep tells that it failed.
    const asked = name === 'scheduled-sweep' ? ['GetParameter', 'PutEvents'] : ['GetParameter']
    expect({ calls, accessKeys }).toEqual({ calls: asked, accessKeys: new Set(['AKIAENVIRONMENT']) })
  })

  test.for(Object.keys(FUNCTIONS))('%s is the very bundle that the bench measures', async (name) => {
    const deployed = unzipSync(readFileSync(join(stack.folder, `${name}.zip`)))[`handlers/${name}.mjs`]
    const measured = readFileSync(await benchSetup.bundle(`handlers/${name}.ts`))
    expect(measured.equals(deployed ?? Buffer.of())).toBe(true)
  })

  test.for(Object.values(FUNCTIONS))('$logicalId has an environment that the code reads', ({ logicalId }) => {
    const { Variables } = z
      .object({ Variables: z.record(z.string(), z.string()) })
      .parse(propertiesOf(stack, logicalId)?.Environment)
    expect(Variables).toEqual({
      ...ENVIRONMENT,
      POWERTOOLS_LOG_LEVEL: 'INFO',
      POWERTOOLS_SERVICE_NAME: 'okta-role-trust-dev',
      POWERTOOLS_METRICS_NAMESPACE: 'OktaRoleTrust',
      POWERTOOLS_METRICS_DISABLED: 'false',
    })
    expect(() => readConfig(Variables)).not.toThrow()
  })

  test.for(Object.values(FUNCTIONS))('$logicalId is not traced in China, where Lambda does not offer X-Ray', (of) => {
    expect(propertiesOf(chinese, of.logicalId)).toMatchObject({ Runtime: 'nodejs24.x' })
    expect(propertiesOf(chinese, of.logicalId)).not.toHaveProperty('TracingConfig')
  })

  test('keeps its log for 90 days', () => {
    const names = resourcesOfType(stack, 'AWS::Logs::LogGroup').map(({ Properties }) => Properties)
    expect(names).toEqual(
      Object.keys(FUNCTIONS).map((name) => ({
        LogGroupName: `/aws/lambda/okta-role-trust-dev-${name}`,
        RetentionInDays: 90,
      })),
    )
  })

  test('is not started again by Lambda where a person started it', () => {
    expect(propertiesOf(stack, 'BackfillLambdaEvConf')).toMatchObject({ MaximumRetryAttempts: 0 })
    expect(propertiesOf(stack, 'ScheduledDashsweepLambdaEvConf')).toMatchObject({ MaximumRetryAttempts: 1 })
  })

  test('sweeps by schedule', () => {
    expect(propertiesOf(stack, 'ScheduledDashsweepEventsRuleSchedule1')).toMatchObject({
      ScheduleExpression: 'rate(1 hour)',
      State: 'ENABLED',
      Targets: [{ Arn: { 'Fn::GetAtt': ['ScheduledDashsweepLambdaFunction', 'Arn'] } }],
    })
  })
})

describe('the queue', () => {
  test('waits for IAM to settle, is encrypted, and moves what keeps failing to the dead-letter queue', () => {
    expect(propertiesOf(stack, 'RoleEventQueue')).toMatchObject({
      QueueName: ENVIRONMENT.QUEUE_NAME,
      DelaySeconds: 15,
      SqsManagedSseEnabled: true,
      RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': ['DeadLetterQueue', 'Arn'] }, maxReceiveCount: 5 },
    })
    expect(propertiesOf(stack, 'DeadLetterQueue')).toMatchObject({
      SqsManagedSseEnabled: true,
      MessageRetentionPeriod: 14 * 24 * 60 * 60,
    })
  })

  test('hides a message for 6 times as long as the function may take, and the window', () => {
    const { VisibilityTimeout } = z
      .object({ VisibilityTimeout: z.number() })
      .parse(propertiesOf(stack, 'RoleEventQueue'))
    expect(VisibilityTimeout).toBeGreaterThanOrEqual(6 * FUNCTIONS['role-event'].timeout + 5)
  })

  test('feeds role-event in batches that may fail in part', () => {
    expect(resourcesOfType(stack, 'AWS::Lambda::EventSourceMapping')).toMatchObject([
      {
        Properties: {
          EventSourceArn: { 'Fn::GetAtt': ['RoleEventQueue', 'Arn'] },
          FunctionName: { 'Fn::GetAtt': [FUNCTIONS['role-event'].logicalId, 'Arn'] },
          Enabled: true,
          BatchSize: 10,
          MaximumBatchingWindowInSeconds: 5,
          FunctionResponseTypes: ['ReportBatchItemFailures'],
          ScalingConfig: { MaximumConcurrency: 2 },
        },
      },
    ])
  })

  test.for([
    ['QueuePolicy', 'RoleEventQueue'],
    ['DeadLetterQueuePolicy', 'DeadLetterQueue'],
  ] as const)('%s lets the rule send and nobody else, and nothing in clear text', ([policy, queue]) => {
    const queueArn = { 'Fn::GetAtt': [queue, 'Arn'] }
    expect(propertiesOf(stack, policy)).toEqual({
      Queues: [{ Ref: queue }],
      PolicyDocument: {
        Version: '2012-10-17',
        Statement: [
          {
            Sid: 'RuleSends',
            Effect: 'Allow',
            Principal: { Service: 'events.amazonaws.com' },
            Action: 'sqs:SendMessage',
            Resource: queueArn,
            Condition: { ArnEquals: { 'aws:SourceArn': { 'Fn::GetAtt': ['RoleEventRule', 'Arn'] } } },
          },
          {
            Sid: 'OnlyEncryptedInTransit',
            Effect: 'Deny',
            Principal: '*',
            Action: 'sqs:*',
            Resource: queueArn,
            Condition: { Bool: { 'aws:SecureTransport': 'false' } },
          },
        ],
      },
    })
  })
})

describe('the rule', () => {
  const isLetThrough = (event: unknown, of: Stack = stack) =>
    matchesPattern(resolveReferences(propertiesOf(of, 'RoleEventRule')?.EventPattern), event)

  // Neither is given: then a rule is on, and on the bus that services of AWS send to.
  test.for(['RoleEventRule', 'ParameterRule'])('%s listens to the services of AWS', (rule) => {
    expect(propertiesOf(stack, rule)).not.toHaveProperty('State')
    expect(propertiesOf(stack, rule)).not.toHaveProperty('EventBusName')
  })

  test('sends to the queue, and to the dead-letter queue what it cannot deliver', () => {
    expect(propertiesOf(stack, 'RoleEventRule')).toMatchObject({
      Targets: [
        {
          Arn: { 'Fn::GetAtt': ['RoleEventQueue', 'Arn'] },
          RetryPolicy: ONE_HOUR,
          DeadLetterConfig: { Arn: { 'Fn::GetAtt': ['DeadLetterQueue', 'Arn'] } },
        },
      ],
    })
  })

  test('waits for the calls after which a role may have to be remediated, and for no other', () => {
    const pattern = JSON.stringify(propertiesOf(stack, 'RoleEventRule')?.EventPattern)
    const named = [...pattern.matchAll(/"eventName":(\[.*?\])/g)].flatMap(([, names = '']) => JSON.parse(names))
    expect(named.toSorted()).toEqual(ROLE_CALLS.toSorted())
  })

  test.for(ROLE_CALLS)(
    'lets a sample of %s through, which the code reads, and doctor asks that a trail records',
    (call) => {
      const samples = readdirSync('events').map((file) => sample(basename(file, '.json')))
      const through = samples.filter((event) => isLetThrough(event) && event.detail.eventName === call)
      expect(through).not.toEqual([])
      const here = { stackName: 'okta-role-trust-dev', account: '111122223333' }
      for (const event of through) {
        expect(readEvent(event, { key: 'okta-sso', value: 'true' }, here)).toMatchObject({
          kind: 'role',
          eventName: call,
        })
      }
      const allBut = (...notEquals: readonly string[]) => {
        const field = { equals: [], startsWith: [], endsWith: [], notStartsWith: [], notEndsWith: [] }
        return { basic: [], advanced: [[{ ...field, field: 'eventName', notEquals }]] }
      }
      expect(selectsRoleWrites(allBut('DeleteRole'))).toBe(true)
      expect(selectsRoleWrites(allBut(call))).toBe(false)
    },
  )

  test.for(['create-role-untagged', 'failed-create-role', 'own-update', 'scheduled', 'role-deferred'])(
    'holds %s back',
    (name) => {
      expect(isLetThrough(sample(name))).toBe(false)
    },
  )

  test.for(REMEDIATING.map((name) => FUNCTIONS[name].role))(
    "holds back what the role of %s writes, and no other's under its path",
    (role) => {
      const own = JSON.stringify(sample('own-update'))
      const name = `okta-role-trust/${propertiesOf(stack, role)?.RoleName}`
      const by = (issuer: string) => JSON.parse(own.replace('okta-role-trust/okta-role-trust-dev-role-event', issuer))
      expect(isLetThrough(by(name))).toBe(false)
      for (const other of [`${name}-2`, name.replace('-dev-', '-dev-2-'), 'okta-role-trust/mine']) {
        expect(isLetThrough(by(other))).toBe(true)
      }
    },
  )

  test('holds back what another account forwards', () => {
    expect(isLetThrough({ ...sample('tag-role'), account: '444455556666' })).toBe(false)
  })

  test('holds back what this system itself puts on the bus', () => {
    const { detail } = sample('update-assume-role-policy')
    for (const type of ['Role Patched', 'Sweep Finished', 'Sweep Failed', 'AWS API Call via CloudTrail']) {
      expect(isLetThrough({ ...sample('tag-role'), source: OWN_SOURCE, 'detail-type': type, detail })).toBe(false)
    }
  })

  test('holds back other services, other kinds of events and other calls', () => {
    const event = sample('tag-role')
    const withDetail = (detail: object) => ({ ...event, detail: { ...event.detail, ...detail } })
    expect(isLetThrough({ ...event, source: 'aws.sts' })).toBe(false)
    expect(isLetThrough({ ...event, 'detail-type': 'AWS Service Event via CloudTrail' })).toBe(false)
    expect(isLetThrough(withDetail({ eventSource: 'sts.amazonaws.com' }))).toBe(false)
    for (const eventName of ['DeleteRole', 'TagUser', 'AttachRolePolicy']) {
      expect(isLetThrough(withDetail({ eventName }))).toBe(false)
    }
  })

  test('lets through what an IAM user did, who has no session', () => {
    const event = sample('tag-role')
    const userIdentity = { type: 'IAMUser', arn: 'arn:aws:iam::111122223333:user/grace' }
    expect(isLetThrough({ ...event, detail: { ...event.detail, userIdentity } })).toBe(true)
  })

  test('knows the name that China may use', () => {
    expect(isLetThrough({ ...sample('tag-role'), 'detail-type': 'Amazon API Call via CloudTrail' })).toBe(true)
  })

  test('compares the tag key without regard to letter case', () => {
    const { detail, ...envelope } = sample('tag-role')
    const tagged = (key: string) => ({
      ...envelope,
      detail: { ...detail, requestParameters: { roleName: 'r', tags: [{ key, value: 'true' }] } },
    })
    expect(isLetThrough(tagged('OKTA-SSO'))).toBe(true)
    expect(isLetThrough(tagged('okta-sso-2'))).toBe(false)
    expect(isLetThrough(tagged('acme:okta'), renamed)).toBe(true)
    expect(isLetThrough(tagged('okta-sso'), renamed)).toBe(false)
  })
})

describe('the rule on the parameter', () => {
  const isLetThrough = (event: unknown, of: Stack = stack) =>
    matchesPattern(resolveReferences(propertiesOf(of, 'ParameterRule')?.EventPattern), event)
  const changed = (detail: object) => {
    const event = sample('parameter-changed')
    return { ...event, detail: { ...event.detail, ...detail } }
  }

  test('holds back what another account forwards', () => {
    expect(isLetThrough({ ...sample('parameter-changed'), account: '444455556666' })).toBe(false)
  })

  test('starts the sweep, which lets this rule in and nobody else', () => {
    const sweep = { 'Fn::GetAtt': ['ScheduledDashsweepLambdaFunction', 'Arn'] }
    expect(propertiesOf(stack, 'ParameterRule')).toMatchObject({ Targets: [{ Arn: sweep, RetryPolicy: ONE_HOUR }] })
    const permissions = resourcesOfType(stack, 'AWS::Lambda::Permission').map(({ Properties }) => Properties)
    expect(permissions).toEqual(
      ['ScheduledDashsweepEventsRuleSchedule1', 'ParameterRule'].map((rule) => ({
        FunctionName: sweep,
        Action: 'lambda:InvokeFunction',
        Principal: 'events.amazonaws.com',
        SourceArn: { 'Fn::GetAtt': [rule, 'Arn'] },
      })),
    )
  })

  test.for(['Create', 'Update', 'Delete'])('lets a change through: %s', (operation) => {
    expect(isLetThrough(changed({ operation }))).toBe(true)
  })

  test('holds back a label that moves, other parameters, and calls of Systems Manager', () => {
    expect(isLetThrough(changed({ operation: 'LabelParameterVersion' }))).toBe(false)
    expect(isLetThrough(changed({ name: '/okta/saml-provider-arn-2' }))).toBe(false)
    expect(isLetThrough(changed({ name: '/Okta/saml-provider-arn' }))).toBe(false)
    expect(isLetThrough({ ...sample('parameter-changed'), source: 'aws.iam' })).toBe(false)
    expect(isLetThrough({ ...sample('parameter-changed'), source: OWN_SOURCE })).toBe(false)
    expect(isLetThrough({ ...sample('parameter-changed'), 'detail-type': 'AWS API Call via CloudTrail' })).toBe(false)
    expect(isLetThrough(sample('tag-role'))).toBe(false)
  })

  test('follows the configured name, which may lack the slash', () => {
    expect(isLetThrough(changed({ name: 'okta-provider' }), renamed)).toBe(true)
    expect(isLetThrough(changed({}), renamed)).toBe(false)
  })
})

describe('with a hub', () => {
  const DEAD_LETTERS = { Arn: { 'Fn::GetAtt': ['DeadLetterQueue', 'Arn'] } }
  const isForwarded = (event: unknown) =>
    matchesPattern(resolveReferences(propertiesOf(forwarding, 'ForwardingRule')?.EventPattern), event)
  const told = { ...sample('tag-role'), source: OWN_SOURCE, 'detail-type': 'Sweep Finished', detail: {} }

  test('a rule hands on to it all that this system tells, and to the dead-letter queue what the hub does not take', () => {
    const rule = propertiesOf(forwarding, 'ForwardingRule')
    expect(rule).not.toHaveProperty('State')
    expect(rule).not.toHaveProperty('EventBusName')
    expect(rule?.Targets).toEqual([
      { Id: 'hub', Arn: HUB, RoleArn: { 'Fn::GetAtt': ['ForwardingRole', 'Arn'] }, DeadLetterConfig: DEAD_LETTERS },
    ])
    expect(resolveReferences(propertiesOf(forwarding, 'DeadLetterQueuePolicy'))).toMatchObject({
      PolicyDocument: {
        Statement: [
          {
            Principal: { Service: 'events.amazonaws.com' },
            Action: 'sqs:SendMessage',
            Condition: { ArnEquals: { 'aws:SourceArn': [arnOf('RoleEventRule'), arnOf('ForwardingRule')] } },
          },
          { Effect: 'Deny' },
        ],
      },
    })
    for (const type of ['Role Patched', 'Role Blocked', 'Sweep Finished', 'Sweep Failed', 'Sweep Over Cap']) {
      expect(isForwarded({ ...told, 'detail-type': type })).toBe(true)
    }
  })

  test('nothing is handed on that others tell, in this account or another', () => {
    expect(isForwarded({ ...told, account: '444455556666' })).toBe(false)
    expect(isForwarded({ ...told, source: 'aws.iam' })).toBe(false)
    expect(isForwarded(sample('tag-role'))).toBe(false)
  })

  test('the rule may put events on that bus and do nothing else, and EventBridge alone has its role', async () => {
    expect(permissionsOf('ForwardingRole', forwarding)).toEqual([`events:PutEvents ${HUB}`])
    expect(propertiesOf(forwarding, 'ForwardingRole')).toMatchObject({
      RoleName: 'okta-role-trust-dev-forward',
      Path: OWN_ROLES_PATH,
      AssumeRolePolicyDocument: {
        Statement: [
          {
            Principal: { Service: 'events.amazonaws.com' },
            Action: 'sts:AssumeRole',
            Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
          },
        ],
      },
    })
  })

  // So no function can wait for a hub, fail with it, or be reached by it.
  test('the functions may do what they may do without one, and the stack lets in nobody else', () => {
    for (const name of FUNCTION_NAMES) {
      const { role } = FUNCTIONS[name]
      expect(propertiesOf(forwarding, role)).toEqual(propertiesOf(stack, role))
      expect(permissionsOf(role, forwarding)).toEqual(permissionsOf(role))
    }
    const differing = Object.entries(forwarding.template.Resources).flatMap(([id, { Type, Properties }]) =>
      isDeepStrictEqual(Properties, propertiesOf(stack, id)) ? [] : [`${Type} ${id}`],
    )
    expect(differing.filter((resource) => !resource.startsWith('AWS::Lambda::Function ')).toSorted()).toEqual([
      'AWS::Events::Rule ForwardingRule',
      'AWS::IAM::Role ForwardingRole',
      'AWS::SQS::QueuePolicy DeadLetterQueuePolicy',
    ])
  })

  test('without one, there is no rule, no role, and no word of it', () => {
    expect(JSON.stringify(stack.template)).not.toMatch(/Forwarding|-forward/)
  })
})

describe.each(FUNCTION_NAMES)('the role of %s', (name) => {
  test('allows what the function asks for, and nothing else', async () => {
    const asked = Array.from(await recordCalls(name), (call) => PERMISSION_OF[call] ?? call)
    const needed = [...asked, ...permissionsOfServices(name)]
    expect(permissionsOf(FUNCTIONS[name].role).toSorted()).toEqual(needed.toSorted())
  })

  test('is taken on by Lambda only', () => {
    expect(propertiesOf(stack, FUNCTIONS[name].role)?.AssumeRolePolicyDocument).toEqual({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
    })
  })
})

test('the functions together ask for all that the account in memory answers', async () => {
  const asked = new Set<string>()
  for (const name of FUNCTION_NAMES) for (const call of await recordCalls(name)) asked.add(call)
  expect([...asked].toSorted()).toEqual(Object.keys(PERMISSION_OF).toSorted())
})

/** As Lambda says with each call of a function's code (Lambda Developer Guide, "execution environment credentials"). */
const within = (name: string, stage = 'dev') => ({
  'lambda:SourceFunctionArn': `arn:aws:lambda:us-east-1:111122223333:function:okta-role-trust-${stage}-${name}`,
})

describe.each(REMEDIATING)('the role of %s', (name) => {
  const { role } = FUNCTIONS[name]
  const update = (of: Stack, context: Readonly<Record<string, string>> = {}, resource = SOME_ROLE) =>
    isAllowed(of, role, UPDATE, resource, context)

  test('writes the trust policies of tagged roles only', async () => {
    const tagged = (value: string) => update(stack, { ...within(name), 'iam:ResourceTag/okta-sso': value })
    expect(await tagged('true')).toBe('Allowed')
    expect(await tagged('TRUE')).toBe('Allowed')
    expect(await tagged('false')).toBe('ImplicitlyDenied')
    expect(await update(stack, within(name))).toBe('ImplicitlyDenied')
  })

  test('follows the configured tag', async () => {
    const tag = { 'iam:ResourceTag/Acme:Okta': 'Yes' }
    expect(await update(renamed, { ...within(name, 'prod'), ...tag })).toBe('Allowed')
    expect(await update(stack, { ...within(name), ...tag })).toBe('ImplicitlyDenied')
  })

  test('writes those of untagged roles where withdrawal is on', async () => {
    expect(await update(revoking, within(name))).toBe('Allowed')
  })

  test('writes none for a function of somebody else that it was handed to, nor outside of a function', async () => {
    const tag = { 'iam:ResourceTag/okta-sso': 'true' }
    const others = [
      within('dashboard-widget'),
      within(`${name}-2`),
      within(name, 'prod'),
      { 'lambda:SourceFunctionArn': 'arn:aws:lambda:us-east-1:111122223333:function:x' },
      {},
    ]
    for (const other of others) {
      expect(await update(stack, { ...other, ...tag })).toBe('ImplicitlyDenied')
      expect(await update(revoking, { ...other, ...tag })).toBe('ImplicitlyDenied')
    }
  })

  test('reads and polls wherever it is called from: Lambda itself polls the queue, without such a key', async () => {
    expect(await isAllowed(stack, role, 'iam:GetRole', SOME_ROLE)).toBe('Allowed')
    const polls = await isAllowed(stack, role, 'sqs:ReceiveMessage', arnOf('RoleEventQueue'))
    expect(polls).toBe(name === 'role-event' ? 'Allowed' : 'ImplicitlyDenied')
  })

  test('never writes those of its own kind, tagged or not', async () => {
    const tag = { 'iam:ResourceTag/okta-sso': 'true' }
    expect(await update(stack, { ...within(name), ...tag }, OWN_ROLE)).toBe('ExplicitlyDenied')
    expect(await update(revoking, within(name), OWN_ROLE)).toBe('ExplicitlyDenied')
  })

  test('in report mode writes none, tagged or not, where withdrawal is on and whatever another policy allows', async () => {
    const tag = { 'iam:ResourceTag/okta-sso': 'true' }
    expect(await update(reporting, { ...within(name), ...tag })).toBe('ExplicitlyDenied')
    expect(await update(reporting, within(name))).toBe('ExplicitlyDenied')
  })

  test('reads one parameter, whether its name starts with a slash or not', async () => {
    const parameter = (name: string) => `arn:aws:ssm:us-east-1:111122223333:parameter/${name}`
    const read = (of: Stack, name: string) => isAllowed(of, role, 'ssm:GetParameter', parameter(name))
    expect(await read(stack, 'okta/saml-provider-arn')).toBe('Allowed')
    expect(await read(stack, 'okta/other')).toBe('ImplicitlyDenied')
    expect(await read(renamed, 'okta-provider')).toBe('Allowed')
  })

  // By its text: the simulator does not know the encryption context.
  test('decrypts that parameter and nothing else', () => {
    const parameter = 'arn:aws:ssm:us-east-1:111122223333:parameter/okta/saml-provider-arn'
    expect(resolveReferences(statementsOf(stack, role).filter(({ Action }) => Action === 'kms:Decrypt'))).toMatchObject(
      [
        {
          Condition: {
            StringLike: { 'kms:ViaService': 'ssm.us-east-1.*' },
            StringEquals: { 'kms:EncryptionContext:PARAMETER_ARN': parameter },
          },
        },
      ],
    )
  })

  test('puts events of its own source on the default bus, and no others anywhere', async () => {
    const put = (bus: string, context: Readonly<Record<string, string>>) =>
      isAllowed(stack, role, 'events:PutEvents', `arn:aws:events:us-east-1:111122223333:event-bus/${bus}`, context)
    expect(await put('default', { 'events:source': OWN_SOURCE })).toBe('Allowed')
    expect(await put('default', { 'events:source': 'aws.iam' })).toBe('ImplicitlyDenied')
    expect(await put('default', {})).toBe('ImplicitlyDenied')
    expect(await put('other', { 'events:source': OWN_SOURCE })).toBe('ImplicitlyDenied')
  })
})

describe('in report mode', () => {
  test('no role of the template may write a trust policy, nor do any other call than those of a stack that writes', () => {
    const roles = Object.entries(reporting.template.Resources).filter(([, { Type }]) => Type === 'AWS::IAM::Role')
    expect(roles).toHaveLength(FUNCTION_NAMES.length)
    for (const [role] of roles) {
      const allowed = permissionsOf(role, reporting)
      expect(allowed.filter((permission) => !/^[a-z]+:[A-Za-z]+ /.test(permission))).toEqual([])
      expect(allowed).toEqual(permissionsOf(role).filter((permission) => !permission.startsWith(UPDATE)))
    }
  })

  test('the functions know of it', () => {
    for (const { logicalId } of Object.values(FUNCTIONS)) {
      expect(propertiesOf(reporting, logicalId)).toMatchObject({ Environment: { Variables: { MODE: 'report' } } })
    }
  })
})

describe('the dashboard widget', () => {
  const role = 'DashboardWidgetRole'

  test('decrypts the parameter as the others do, and nothing else', () => {
    const decrypts = (of: string) => statementsOf(stack, of).filter(({ Action }) => Action === 'kms:Decrypt')
    expect(decrypts(role)).toEqual(decrypts('RoleEventRole'))
  })

  test('writes no trust policy, tagged or not, also where withdrawal is on', async () => {
    const tag = { ...within('backfill'), 'iam:ResourceTag/okta-sso': 'true' }
    for (const of of [stack, revoking, reporting]) {
      expect(await isAllowed(of, role, UPDATE, SOME_ROLE, tag)).toBe('ImplicitlyDenied')
      expect(await isAllowed(of, role, UPDATE, OWN_ROLE, tag)).toBe('ImplicitlyDenied')
    }
  })

  test('has no code that could', () => {
    const codeOf = (name: string) =>
      strFromU8(unzipSync(readFileSync(join(stack.folder, `${name}.zip`)))[`handlers/${name}.mjs`] ?? new Uint8Array())
    expect(codeOf('backfill')).toContain('UpdateAssumeRolePolicy')
    expect(codeOf('dashboard-widget')).not.toContain('UpdateAssumeRolePolicy')
    expect(codeOf('dashboard-widget')).toContain('GetAccountAuthorizationDetails')
  })
})

describe('the dashboard', () => {
  const FROM_AWS = [
    'AWS/Lambda Duration FunctionName',
    'AWS/Lambda Errors FunctionName',
    'AWS/SQS ApproximateAgeOfOldestMessage QueueName',
    'AWS/SQS ApproximateNumberOfMessagesVisible QueueName',
  ]
  const metrics = () => graphMetricsOf(dashboardOf(stack))

  test('is named as the stack, in each stage', () => {
    expect(propertiesOf(stack, 'Dashboard')).toMatchObject({ DashboardName: 'okta-role-trust-dev' })
    expect(propertiesOf(renamed, 'Dashboard')).toMatchObject({ DashboardName: 'okta-role-trust-prod' })
    expect(JSON.stringify(dashboardOf(renamed))).not.toContain('-dev')
  })

  test('says the version that is deployed', () => {
    const [table] = dashboardOf(stack).widgets.filter(({ type }) => type === 'custom')
    expect(table?.properties).toMatchObject({
      title: expect.stringContaining(`okta-role-trust ${ENVIRONMENT.VERSION}`),
    })
  })

  test('shows no metric but those that the functions or AWS emit', async () => {
    const emitted = new Set([...FROM_AWS, ...(await emittedMetrics())])
    const shown = metrics().map(({ namespace, name, dimensions }) => `${namespace} ${name} ${Object.keys(dimensions)}`)
    expect([...new Set(shown)].filter((metric) => !emitted.has(metric))).toEqual([])
  })

  test('shows what became of roles, how long it took, the queues and the functions', () => {
    const service = { service: 'okta-role-trust-dev' }
    const own = (name: string) => ({ namespace: 'OktaRoleTrust', name, dimensions: service })
    const ofQueue = (name: string, QueueName: string) => ({ namespace: 'AWS/SQS', name, dimensions: { QueueName } })
    const names = [
      'RolesPatched',
      'RolesBlocked',
      'RolesFailed',
      'RolesDue',
      'RolesWithdrawn',
      'EventToPatchSeconds',
      'SweepsFinished',
    ]
    for (const name of names) expect(metrics()).toContainEqual(own(name))
    expect(metrics()).toContainEqual(ofQueue('ApproximateNumberOfMessagesVisible', ENVIRONMENT.QUEUE_NAME))
    expect(metrics()).toContainEqual(ofQueue('ApproximateAgeOfOldestMessage', ENVIRONMENT.QUEUE_NAME))
    expect(metrics()).toContainEqual(ofQueue('ApproximateNumberOfMessagesVisible', 'okta-role-trust-dev-dead-letters'))
    for (const name of Object.keys(FUNCTIONS)) {
      const dimensions = { FunctionName: `okta-role-trust-dev-${name}` }
      expect(metrics()).toContainEqual({ namespace: 'AWS/Lambda', name: 'Errors', dimensions })
      expect(metrics()).toContainEqual({ namespace: 'AWS/Lambda', name: 'Duration', dimensions })
    }
  })

  test('shows the state of every alarm', () => {
    const { widgets } = dashboardOf(stack)
    const alarms = Object.entries(stack.template.Resources).filter(([, { Type }]) => Type === 'AWS::CloudWatch::Alarm')
    expect(widgets.find(({ type }) => type === 'alarm')?.properties).toMatchObject({
      alarms: alarms.map(([id]) => `${id}.Arn`),
    })
  })

  test('calls the widget, and again with each refresh', () => {
    expect(dashboardOf(stack).widgets.filter(({ type }) => type === 'custom')).toMatchObject([
      {
        width: 24,
        properties: {
          endpoint: `${FUNCTIONS['dashboard-widget'].logicalId}.Arn`,
          updateOn: { refresh: true, resize: false, timeRange: false },
        },
      },
    ])
  })

  test('has a place for each widget, without overlap', () => {
    const taken = dashboardOf(stack).widgets.flatMap(({ x, y, width, height }) =>
      Array.from({ length: width * height }, (_, index) => `${x + (index % width)},${y + Math.floor(index / width)}`),
    )
    expect(new Set(taken).size).toBe(taken.length)
    expect(taken.filter((cell) => Number(cell.split(',')[0]) >= 24)).toEqual([])
  })

  test('tells its address, in the console of the partition where its links lead too', () => {
    const { Mappings, Outputs } = z
      .object({
        Mappings: z.object({ Console: z.record(z.string(), z.object({ domain: z.string() })) }),
        Outputs: z.object({
          DashboardUrl: z.object({ Value: z.object({ 'Fn::Sub': z.tuple([z.string(), z.unknown()]) }) }),
        }),
      })
      .parse(stack.template)
    expect(resolveReferences({ 'Fn::Sub': Outputs.DashboardUrl.Value['Fn::Sub'][0] })).toBe(
      // biome-ignore lint/suspicious/noTemplateCurlyInString: CloudFormation fills it in
      'https://us-east-1.${domain}/cloudwatch/home?region=us-east-1#dashboards/dashboard/${Dashboard}',
    )
    for (const [partition, { domain }] of Object.entries(Mappings.Console)) {
      const url = roleConsoleUrl('r', { partition, region: 'us-east-1', account: '111122223333' }) ?? ''
      expect(new URL(url).hostname).toBe(`us-east-1.${domain}`)
    }
  })
})

describe('the alarms', () => {
  const Alarm = z.looseObject({ MetricName: z.string(), AlarmDescription: z.string() })
  const alarms = () => resourcesOfType(stack, 'AWS::CloudWatch::Alarm').map(({ Properties }) => Alarm.parse(Properties))

  test('watch the dead letters, each function, and what the sweeps report', () => {
    const service = [{ Name: 'service', Value: 'okta-role-trust-dev' }]
    const errors = (name: string) => ({
      Namespace: 'AWS/Lambda',
      MetricName: 'Errors',
      Dimensions: [{ Name: 'FunctionName', Value: `okta-role-trust-dev-${name}` }],
    })
    expect(alarms()).toMatchObject([
      { Namespace: 'AWS/SQS', Dimensions: [{ Value: { 'Fn::GetAtt': ['DeadLetterQueue', 'QueueName'] } }] },
      ...REMEDIATING.map(errors),
      { Namespace: 'OktaRoleTrust', MetricName: 'SweepOverCap', Dimensions: service },
      { Namespace: 'OktaRoleTrust', MetricName: 'RolesBlocked', Dimensions: service },
      { Namespace: 'OktaRoleTrust', MetricName: 'RolesFailed', Dimensions: service },
      { Namespace: 'OktaRoleTrust', MetricName: 'RolesFlapping', Dimensions: service },
      { Namespace: 'OktaRoleTrust', MetricName: 'SweepsFinished', Dimensions: service },
    ])
  })

  const isNoSweep = ({ MetricName: name }: z.infer<typeof Alarm>) => name === 'SweepsFinished'

  test('go to the topic, and say what to do first', () => {
    for (const alarm of alarms()) {
      expect(alarm).toMatchObject({ AlarmActions: [{ Ref: 'AlarmTopic' }] })
      expect(alarm.AlarmDescription).toMatch(/\. First /)
    }
    expect(stack.template).toMatchObject({ Outputs: { AlarmTopicArn: { Value: { Ref: 'AlarmTopic' } } } })
  })

  test('ring at the first sign, and take silence for health', () => {
    for (const alarm of alarms().filter((alarm) => !isNoSweep(alarm))) {
      expect(alarm).toMatchObject({
        TreatMissingData: 'notBreaching',
        EvaluationPeriods: 1,
        ComparisonOperator: 'GreaterThanThreshold',
        Threshold: 0,
      })
    }
  })

  test('ring where no sweep has finished for 26 hours, also where nothing is left that could say so', () => {
    const [noSweep] = alarms().filter(isNoSweep)
    const { Period, EvaluationPeriods, ...alarm } = z
      .looseObject({ Period: z.number(), EvaluationPeriods: z.number() })
      .parse(noSweep)
    expect(alarm).toMatchObject({
      AlarmName: 'okta-role-trust-dev-no-sweep',
      Statistic: 'Sum',
      ComparisonOperator: 'LessThanThreshold',
      Threshold: 1,
      TreatMissingData: 'breaching',
    })
    // The current period may count as one of them, though it has hardly begun.
    expect((EvaluationPeriods - 1) * Period).toBeGreaterThanOrEqual(26 * 60 * 60)
    // What CloudWatch takes: a day in all, and seven days for periods of an hour or more.
    expect(EvaluationPeriods * Period).toBeLessThanOrEqual((Period < 3600 ? 1 : 7) * 24 * 60 * 60)
  })

  test('watch no metric of our own but those that the functions emit', async () => {
    const emitted = await emittedMetrics()
    const own = alarms().filter(({ Namespace }) => Namespace === 'OktaRoleTrust')
    expect(
      own.map(({ MetricName: name }) => `OktaRoleTrust ${name} service`).filter((one) => !emitted.has(one)),
    ).toEqual([])
  })
})

test('packaging leaves nothing behind in the temporary folder of the system', async () => {
  const temporary = mkdtempSync(join(tmpdir(), 'empty-'))
  vi.stubEnv('TMPDIR', temporary)
  // On newer Node, npm keeps compiled code there: one folder, for all runs.
  vi.stubEnv('NODE_DISABLE_COMPILE_CACHE', '1')
  const { folder } = await packageStack()
  expect(readdirSync(temporary)).toEqual([basename(folder)])
  rmSync(temporary, { recursive: true })
}, 60_000)

describe('a wrong setting or stage is refused before anything is packaged, in one line', () => {
  test.each([
    ['--param=maxchanges=0', '--param maxchanges: there is no such setting, expected one of parameterName'],
    ['--param=quota=4096', '--param quota: there is no such setting, expected one of parameterName'],
    ['--param=maxChanges=9999', '--param maxChanges: found "9999", expected a whole number from 0 to 5000'],
    ['--param=logLevel=WARN', '--param logLevel: found "WARN", expected "DEBUG" or "INFO"'],
    ['--param=onUntag=remove', '--param onUntag: found "remove", expected "keep" or "revoke"'],
    [
      '--param=sid=OktaSso2',
      '--param sid: found "OktaSso2", expected at most 32 letters and digits, the last one a letter',
    ],
    ['--param=mode=Report', '--param mode: found "Report", expected "enforce" or "report"'],
    ['--param=exclusions=BreakGlass', '--param exclusions: found "BreakGlass", expected globs'],
    ['--param=audiences=https://*', '--param audiences: found "https://*", expected a URL'],
    ['--param=tagKey=aws:x', '--param tagKey: found "aws:x", expected a key that does not begin with aws:'],
    ['--param=parameterName=/a b', '--param parameterName: found "/a b", expected the name of an SSM parameter'],
    [
      `--stage=${LONGEST_STAGE}x`,
      `--stage ${LONGEST_STAGE}x: the name okta-role-trust-${LONGEST_STAGE}x-parameter-changes would have 65 characters, and AWS takes 64; a stage may have at most 30`,
    ],
  ])(
    '%s',
    async (option, reason) => {
      const failure = packageStackOf(project, option)
      await expect(failure).rejects.toMatchObject({ stdout: expect.stringContaining(`Error:\n${reason}`) })
      await expect(failure).rejects.toMatchObject({ stdout: expect.not.stringMatching(/\n +at /) })
    },
    60_000,
  )

  test('as is none that is as long as it may be', () => {
    const names = resourcesOfType(chinese, 'AWS::Events::Rule').map(({ Properties: { Name } }) => `${Name ?? ''}`)
    expect(Math.max(...names.map(({ length }) => length))).toBe(64)
  })
})

describe('a wrong region', () => {
  test('is refused before anything is packaged, with the reason', async () => {
    const reason =
      /cannot live in eu-west-1\. IAM's CloudTrail events reach EventBridge only in us-east-1 .*us-gov-west-1 .*cn-north-1/
    await expect(packageStack('--region=eu-west-1')).rejects.toMatchObject({ stdout: expect.stringMatching(reason) })
  }, 60_000)

  test('is refused where osls does not know it, and no message offers it', async () => {
    const refusal = expect.stringContaining('The stack cannot be deployed to eusc-de-east-1: osls')
    await expect(packageStack('--region=eusc-de-east-1')).rejects.toMatchObject({ stdout: refusal })
    expect(iamEventRegions.reason).not.toContain('eusc')
  }, 60_000)

  test('is refused by the template itself', () => {
    expect(stack.template.Rules).toMatchObject({
      RegionWhereIamEventsArrive: {
        Assertions: [
          {
            Assert: {
              'Fn::Contains': [['us-east-1', 'us-gov-west-1', 'cn-north-1', 'eusc-de-east-1'], { Ref: 'AWS::Region' }],
            },
          },
        ],
      },
    })
  })
})

test('every name follows the stage', () => {
  expect(propertiesOf(renamed, 'BackfillRole')).toMatchObject({ RoleName: 'okta-role-trust-prod-backfill' })
  expect(JSON.stringify(renamed.template)).not.toContain('okta-role-trust-dev')
})

describe('the policy for whoever deploys', () => {
  // Names do not depend on the region.
  testDeployerPolicy(['dev', LONGEST_STAGE], (stage) => (stage === 'dev' ? stack : chinese))
})

test('docs/cost.md has the tables that `npm run cost` works out', () => {
  expect(textOf('docs/cost.md')).toContain(costTables(readStack(stack), readStack(lean), readMeasured()))
})

describe('an account of an organization, with a hub and without telemetry of its own', () => {
  // A hub adds a rule and a role, whatever else is deployed.
  const member = () => ({ ...readStack(lean), forwards: readStack(forwarding).forwards })

  test('has no alarm, no dashboard and no metrics, and costs at most 0.30 $ a month', () => {
    const counts = member()
    expect(counts).toMatchObject({ alarmMetrics: 0, dashboards: 0, sendsMetrics: false, forwards: true })
    for (const scenario of [
      { roles: 0, patches: 0 },
      { roles: 1000, patches: 1000 },
    ]) {
      expect(sumOf(memberUsage(counts, readMeasured(), scenario))).toBeLessThanOrEqual(0.3)
    }
  })

  test('docs/organization.md has the tables that `npm run cost` works out', () => {
    const hub = readHub(hubTemplate(Object.fromEntries(HUB_FUNCTIONS.map((name) => [name, `${name}.zip`])), ''))
    const tables = organizationTables(member(), hub, readMeasured())
    expect(textOf('docs/organization.md')).toContain(tables)
  })
})
