import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, test } from 'vitest'
import { createAccount } from '../fake-aws/account.ts'
import type { CallName } from '../fake-aws/api-calls.ts'
import { ENVIRONMENT } from '../fake-aws/environment.ts'
import { packageStack, policiesOf, propertiesOf, resourcesOfType, type Stack } from '../sandbox/package-stack.ts'
import { runCli } from './cli/command-line.ts'
import { ec2, PARAMETER, policy, TAGGED } from './functions.ts'
import { isAllowed } from './stack/is-allowed.ts'

const READER = 'arn:aws:iam::999988887777:role/auditor'
const ROLE = 'ReaderRole'
const STACK = 'okta-role-trust-dev'

const named = (service: string, name: string) => `arn:aws:${service}:us-east-1:111122223333:${name}`
const ofIam = (name: string) => `arn:aws:iam::111122223333:${name}`
const FUNCTION = named('lambda', `function:${STACK}-backfill`)
const RULE = named('events', `rule/${STACK}-role-events`)
const QUEUE = named('sqs', `${STACK}-role-events`)
const TRAIL = named('cloudtrail', 'trail/management-events')

/** What each call of the two commands takes, on what. */
const PERMISSION_OF: Readonly<Partial<Record<CallName, readonly [string, string]>>> = {
  GetFunctionConfiguration: ['lambda:GetFunctionConfiguration', FUNCTION],
  GetFunctionConcurrency: ['lambda:GetFunctionConcurrency', FUNCTION],
  ListTags: ['lambda:ListTags', FUNCTION],
  ListFunctions: ['lambda:ListFunctions', '*'],
  ListEventSourceMappings: ['lambda:ListEventSourceMappings', '*'],
  GetParameter: ['ssm:GetParameter', named('ssm', 'parameter/okta/saml-provider-arn')],
  GetSAMLProvider: ['iam:GetSAMLProvider', ofIam('saml-provider/Okta')],
  GetAccountAuthorizationDetails: ['iam:GetAccountAuthorizationDetails', '*'],
  GetAccountSummary: ['iam:GetAccountSummary', '*'],
  GetRole: ['iam:GetRole', ofIam('role/analyst')],
  ListRoles: ['iam:ListRoles', '*'],
  SimulatePrincipalPolicy: ['iam:SimulatePrincipalPolicy', ofIam(`role/okta-role-trust/${STACK}-backfill`)],
  DescribeTrails: ['cloudtrail:DescribeTrails', '*'],
  GetTrailStatus: ['cloudtrail:GetTrailStatus', TRAIL],
  GetEventSelectors: ['cloudtrail:GetEventSelectors', TRAIL],
  DescribeRule: ['events:DescribeRule', RULE],
  ListTargetsByRule: ['events:ListTargetsByRule', RULE],
  ListRules: ['events:ListRules', '*'],
  ListRuleNamesByTarget: ['events:ListRuleNamesByTarget', '*'],
  GetQueueUrl: ['sqs:GetQueueUrl', QUEUE],
  GetQueueAttributes: ['sqs:GetQueueAttributes', QUEUE],
  GetTopicAttributes: ['sns:GetTopicAttributes', named('sns', `${STACK}-alarms`)],
}
/** It takes no permission. */
const FREE = 'GetCallerIdentity'

let stack: Stack
let without: Stack
beforeAll(async () => {
  stack = await packageStack(`--param=readerPrincipal=${READER}`)
  without = await packageStack()
}, 240_000)

/** Of `org status`. */
const STATUS = 'logs:FilterLogEvents'

test('plan and doctor make these calls, and the reader may make each of them', async () => {
  const calls = await callsOfPlanAndDoctor()
  expect(calls).toEqual(Object.keys(PERMISSION_OF).toSorted())
  for (const [action, resource] of Object.values(PERMISSION_OF)) {
    expect([action, await isAllowed(stack, ROLE, action, resource)]).toEqual([action, 'Allowed'])
  }
})

test('doctor looks at the schedule, whose rule CloudFormation names after the stack, which is not always ours to name', async () => {
  const ask = (rule: string) => isAllowed(stack, ROLE, 'events:DescribeRule', named('events', `rule/${rule}`))
  for (const rule of [
    `${STACK}-ScheduledDashsweepEventsRuleSchedule1-1ABCDEFGHIJKL`,
    'StackSet-okta-role-trust-ScheduledDashsweepEvents-1ABCDEFGHIJKL',
  ]) {
    expect(await ask(rule)).toBe('Allowed')
  }
  expect(await ask('payroll')).toBe('ImplicitlyDenied')
})

test('org status reads when a sweep finished, and no other log', async () => {
  // CloudWatch Logs asks about a group so.
  const log = (name: string) => named('logs', `log-group:/aws/lambda/${name}:log-stream:`)
  const ask = (name: string) => isAllowed(stack, ROLE, STATUS, log(name))
  expect(await ask(`${STACK}-scheduled-sweep`)).toBe('Allowed')
  for (const name of [`${STACK}-role-event`, 'payroll']) expect(await ask(name)).toBe('ImplicitlyDenied')
})

/** The names of the calls that the two commands make, whatever they find. */
async function callsOfPlanAndDoctor(): Promise<readonly string[]> {
  const account = createAccount().attach()
  account.putParameter(PARAMETER, account.addProvider('Okta', new Date('2036-01-01')))
  const long = Array.from({ length: 30 }, (_, index) => ({ ...ec2, Sid: `Of${index}` }))
  account.addRole({ name: 'analyst', tags: TAGGED, document: policy(ec2) })
  account.addRole({ name: 'long', tags: TAGGED, document: policy(...long) })
  account.addFunction(`${STACK}-backfill`, { ...ENVIRONMENT, SESSION_DURATION: '7200', SID: 'Other' })
  for (const name of ['role-events', 'dead-letters']) account.addQueue(`${STACK}-${name}`)
  account.stack.trails.set(TRAIL, {
    Name: 'management-events',
    HomeRegion: 'us-east-1',
    IncludeGlobalServiceEvents: true,
    IsMultiRegionTrail: true,
    isLogging: true,
    selectors: {},
  })
  for (const words of [['plan'], ['plan', '--role', 'analyst'], ['doctor']]) await runCli(words)
  account.detach()
  return [...new Set(account.calls.map(({ name }) => name))].filter((name) => name !== FREE).toSorted()
}

describe('the role of the reader', () => {
  test('is there only where somebody is to be one', () => {
    const roles = (of: Stack) => resourcesOfType(of, 'AWS::IAM::Role').length
    expect(propertiesOf(without, ROLE)).toBeUndefined()
    expect(roles(stack)).toBe(roles(without) + 1)
    const { [ROLE]: _, ...others } = stack.template.Resources
    expect(Object.keys(others)).toEqual(Object.keys(without.template.Resources))
  })

  test('lets in that principal and nobody else, and has the name by which the command line looks for it', () => {
    expect(propertiesOf(stack, ROLE)).toMatchObject({
      RoleName: `${STACK}-reader`,
      Path: '/okta-role-trust/',
      AssumeRolePolicyDocument: {
        Statement: [{ Effect: 'Allow', Principal: { AWS: READER }, Action: 'sts:AssumeRole' }],
      },
    })
  })

  test('may only read: each of its permissions is one that plan, doctor or org status uses, or the key of the parameter', () => {
    const used = new Set(Object.values(PERMISSION_OF).map(([action]) => action))
    const allowed = policiesOf(stack, ROLE)
      .flatMap(({ Statement }) => Statement)
      .flatMap(({ Action }) => [Action].flat())
    expect(allowed.filter((action) => !used.has(action))).toEqual(['kms:Decrypt', STATUS])
    for (const action of allowed)
      expect(action).toMatch(/^[a-z]+:(Get|List|Describe|Filter|Simulate|Decrypt)\w+$|^kms:Decrypt$/)
  })

  test.each([
    ['iam:UpdateAssumeRolePolicy', ofIam('role/analyst')],
    ['iam:UpdateAssumeRolePolicy', ofIam(`role/okta-role-trust/${STACK}-reader`)],
    ['iam:PutRolePolicy', ofIam('role/analyst')],
    ['iam:PassRole', ofIam(`role/okta-role-trust/${STACK}-backfill`)],
    ['iam:TagRole', ofIam('role/analyst')],
    ['iam:UpdateSAMLProvider', ofIam('saml-provider/Okta')],
    ['ssm:PutParameter', named('ssm', 'parameter/okta/saml-provider-arn')],
    ['ssm:GetParameter', named('ssm', 'parameter/okta/other')],
    ['lambda:InvokeFunction', FUNCTION],
    ['lambda:GetFunction', FUNCTION],
    ['lambda:UpdateFunctionConfiguration', FUNCTION],
    ['lambda:GetFunctionConfiguration', named('lambda', 'function:another')],
    ['sqs:SendMessage', QUEUE],
    ['sqs:ReceiveMessage', QUEUE],
    ['sqs:GetQueueAttributes', named('sqs', 'another')],
    ['events:PutEvents', named('events', 'event-bus/default')],
    ['events:DisableRule', RULE],
    ['logs:GetLogEvents', named('logs', `log-group:/aws/lambda/${STACK}-backfill:log-stream:x`)],
    ['sts:AssumeRole', ofIam('role/analyst')],
  ])('may not make %s on %s', async (action, resource) => {
    const tag = { 'iam:ResourceTag/okta-sso': 'true' }
    expect(await isAllowed(stack, ROLE, action, resource, tag)).toBe('ImplicitlyDenied')
  })
})

test('the document of the command line names each of its permissions', () => {
  const reference = readFileSync(new URL('../docs/cli.md', import.meta.url), 'utf8')
  for (const [action] of Object.values(PERMISSION_OF)) expect(reference).toContain(`\`${action}\``)
})
