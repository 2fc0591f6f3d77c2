import { AccessAnalyzerClient, ValidatePolicyCommand, type ValidatePolicyFinding } from '@aws-sdk/client-accessanalyzer'
import {
  CloudTrailClient,
  DescribeTrailsCommand,
  GetTrailStatusCommand,
  LookupEventsCommand,
} from '@aws-sdk/client-cloudtrail'
import { DescribeRuleCommand, EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge'
import {
  GetAccountAuthorizationDetailsCommand,
  GetAccountSummaryCommand,
  GetRoleCommand,
  GetSAMLProviderCommand,
  IAMClient,
  UpdateAssumeRolePolicyCommand,
} from '@aws-sdk/client-iam'
import {
  GetFunctionConcurrencyCommand,
  GetFunctionConfigurationCommand,
  LambdaClient,
  ListEventSourceMappingsCommand,
} from '@aws-sdk/client-lambda'
import { GetTopicAttributesCommand, SNSClient } from '@aws-sdk/client-sns'
import { GetQueueUrlCommand, SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs'
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm'
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Account, createAccount } from '../../fake-aws/account.ts'
import { accessDenied, connectionReset } from '../../fake-aws/errors.ts'
import { addRealisticRoles } from '../../fake-aws/realistic-roles.ts'
import { type AccountServer, serveAccount } from '../../fake-aws/server.ts'

// The same account answers the SDK alike, whichever way it is asked.

const TRAIL = 'arn:aws:cloudtrail:us-east-1:111122223333:trail/organization'
const TOPIC = 'arn:aws:sns:us-east-1:111122223333:alarms'
const QUEUE = 'arn:aws:sqs:us-east-1:111122223333:role-events'
const EMPTY_SID: ValidatePolicyFinding = {
  findingType: 'SUGGESTION',
  issueCode: 'EMPTY_SID_VALUE',
  findingDetails: 'Add a value to the empty string in the Sid element.',
  learnMoreLink: 'https://docs.aws.amazon.com/',
  locations: [{ path: [{ value: 'Statement' }, { index: 0 }, { value: 'Sid' }], span: undefined }],
}
const DOCUMENT = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":"*","Action":"sts:*"}}'

let account: Account
let server: AccountServer

beforeEach(async () => {
  account = addRealisticRoles(createAccount({ pageSizes: [3] }))
  account.addRole({ name: 'odd', path: '/a&b/', tags: { 'cost<centre>': '4 & 5' }, document: `{"!'()*":"a b+ü"}` })
  account.putParameter('/okta', 'a <value> & more')
  account.addQueue('role-events')
  account.addFunction('role-event', { TAG_KEY: 'okta-sso' })
  account.cloudTrail.recordWrite('odd')
  account.stack.trails.set(TRAIL, { isLogging: true, selectors: {}, IsMultiRegionTrail: true })
  account.stack.topics.set(TOPIC, [1, 2])
  account.stack.rules.set('hourly', { state: 'ENABLED', schedule: 'rate(1 hour)', targets: [] })
  account.stack.reservedConcurrency.set('role-event', 5)
  account.stack.eventSources.set(`role-event ${QUEUE}`, 'Enabled')
  account.findInPolicies(() => [EMPTY_SID, EMPTY_SID])
  server = await serveAccount(account)
})

afterEach(() => {
  server.close()
  account.detach()
})

const options = () => ({
  endpoint: server.url,
  region: 'us-east-1',
  credentials: { accessKeyId: 'KEY', secretAccessKey: 'secret' },
  maxAttempts: 1,
})
const iam = () => new IAMClient(options())
const sqs = () => new SQSClient(options())
const lambda = () => new LambdaClient(options())
const cloudTrail = () => new CloudTrailClient(options())
const events = () => new EventBridgeClient(options())

const findings = (nextToken?: string) =>
  new AccessAnalyzerClient(options()).send(
    new ValidatePolicyCommand({ policyDocument: DOCUMENT, policyType: 'RESOURCE_POLICY', nextToken }),
  )

const page = (input = {}) => iam().send(new GetAccountAuthorizationDetailsCommand(input))
const entry = { Source: 'a', DetailType: 'b', Detail: '{"c":"ü"}' }

/** The answer, or the error, without what only a request has. */
async function outcomeOf(call: () => Promise<object>): Promise<unknown> {
  try {
    return { ...(await call()), $metadata: undefined }
  } catch (error) {
    if (!(error instanceof Error)) throw error
    const { httpStatusCode } = Object(Reflect.get(error, '$metadata'))
    return { name: error.name, message: error.message, httpStatusCode }
  }
}

test.each<[string, () => Promise<object>]>([
  ['a role', () => iam().send(new GetRoleCommand({ RoleName: 'odd' }))],
  ['a role that is not there', () => iam().send(new GetRoleCommand({ RoleName: 'nobody' }))],
  ['the first page of a scan', () => page({ Filter: ['Role'] })],
  ['a page of at most one role', () => page({ MaxItems: 1 })],
  ['a later page', () => page({ Filter: ['User', 'Role'], Marker: '4/12' })],
  ['a scan of something else', () => page({ Filter: ['User', 'Group'] })],
  ['the summary of the account', () => iam().send(new GetAccountSummaryCommand({}))],
  ['a write', () => iam().send(new UpdateAssumeRolePolicyCommand({ RoleName: 'odd', PolicyDocument: DOCUMENT }))],
  ['a refused write', () => iam().send(new UpdateAssumeRolePolicyCommand({ RoleName: 'odd', PolicyDocument: '{' }))],
  [
    'a SAML provider',
    () => iam().send(new GetSAMLProviderCommand({ SAMLProviderArn: 'arn:aws:iam::111122223333:saml-provider/Okta' })),
  ],
  ['the caller', () => new STSClient(options()).send(new GetCallerIdentityCommand({}))],
  ['a parameter', () => new SSMClient(options()).send(new GetParameterCommand({ Name: '/okta' }))],
  ['a parameter that is not there', () => new SSMClient(options()).send(new GetParameterCommand({ Name: '/none' }))],
  ['the URL of a queue', () => sqs().send(new GetQueueUrlCommand({ QueueName: 'role-events' }))],
  ['the URL of a queue that is not there', () => sqs().send(new GetQueueUrlCommand({ QueueName: 'none' }))],
  [
    'messages',
    () =>
      sqs().send(
        new SendMessageBatchCommand({
          QueueUrl: `${server.url}/111122223333/role-events`,
          Entries: [{ Id: '1', MessageBody: 'ü' }],
        }),
      ),
  ],
  ['a topic', () => new SNSClient(options()).send(new GetTopicAttributesCommand({ TopicArn: TOPIC }))],
  ['a topic that is not there', () => new SNSClient(options()).send(new GetTopicAttributesCommand({ TopicArn: 'x' }))],
  ['the trails', () => cloudTrail().send(new DescribeTrailsCommand({}))],
  ['the status of a trail', () => cloudTrail().send(new GetTrailStatusCommand({ Name: TRAIL }))],
  ['a trail that is not there', () => cloudTrail().send(new GetTrailStatusCommand({ Name: 'none' }))],
  ['records since a time', () => cloudTrail().send(new LookupEventsCommand({ StartTime: new Date(1_000) }))],
  ['records to come', () => cloudTrail().send(new LookupEventsCommand({ StartTime: new Date('2100-01-01') }))],
  ['a rule', () => events().send(new DescribeRuleCommand({ Name: 'hourly' }))],
  ['too many events', () => events().send(new PutEventsCommand({ Entries: Array.from({ length: 11 }, () => entry) }))],
  [
    'the settings of a function',
    () => lambda().send(new GetFunctionConfigurationCommand({ FunctionName: 'role-event' })),
  ],
  ['a function that is not there', () => lambda().send(new GetFunctionConfigurationCommand({ FunctionName: 'none' }))],
  ['its concurrency', () => lambda().send(new GetFunctionConcurrencyCommand({ FunctionName: 'role-event' }))],
  ['findings in a policy', () => findings()],
  ['the last of them', () => findings('1')],
  ['its event sources', () => lambda().send(new ListEventSourceMappingsCommand({ FunctionName: 'role-event' }))],
])('%s over HTTP as in process', async (_, call) => {
  const overHttp = await outcomeOf(call)
  expect(account.calls).toHaveLength(1)
  account.attach()
  expect(overHttp).toEqual(await outcomeOf(call))
  expect(account.calls).toHaveLength(2)
  // What the clients were told to ask is what the account was asked.
  expect(account.calls[0]).toEqual(account.calls[1])
})

test('what the bus and the store of roles take over HTTP is there', async () => {
  await events().send(new PutEventsCommand({ Entries: [entry] }))
  await iam().send(new UpdateAssumeRolePolicyCommand({ RoleName: 'odd', PolicyDocument: DOCUMENT }))
  expect(account.busEvents).toMatchObject([{ source: 'a', detail: { c: 'ü' } }])
  expect(account.trustPolicy('odd')).toEqual(JSON.parse(DOCUMENT))
})

test('a fault happens over HTTP too: as an answer, or as a broken connection', async () => {
  account.failNext('GetRole', accessDenied('iam:GetRole'))
  account.failNext('GetRole', connectionReset())
  const read = () => iam().send(new GetRoleCommand({ RoleName: 'odd' }))
  await expect(read()).rejects.toMatchObject({ name: 'AccessDenied', $metadata: { httpStatusCode: 403 } })
  await expect(read()).rejects.toMatchObject({ code: 'ECONNRESET' })
  expect(account.faultsLeft).toBe(0)
})

test('the keys that signed a request are known', async () => {
  await iam().send(new GetRoleCommand({ RoleName: 'odd' }))
  expect(server.accessKeys).toEqual(new Set(['KEY']))
})
