import { CreateStackCommand, CreateStackSetCommand } from '@aws-sdk/client-cloudformation'
import { PutEventsCommand, PutPermissionCommand, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge'
import { CreateRoleCommand, PutRolePolicyCommand } from '@aws-sdk/client-iam'
import { CreateFunctionCommand, InvokeCommand } from '@aws-sdk/client-lambda'
import { CreateBucketCommand, PutBucketPolicyCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import { zipSync } from 'fflate'
import { beforeAll, expect, test } from 'vitest'
import { type Clients, localAccount, REGION } from '../../sandbox/clients.ts'
import { collectEvents } from '../../sandbox/collect-events.ts'
import { clientsOfAccount } from '../../sandbox/organization/account.ts'
import { policyOf, trusting } from '../../sandbox/trust-policies.ts'
import { sandbox } from './account.ts'

// What the local AWS does otherwise than AWS between accounts, so that `npm run sandbox:org` has to do it itself. A test here
// fails once the local AWS does as AWS: then that goes.

const HUB = '999999999901'
const MEMBER = '999999999902'
const hub = clientsOfAccount(sandbox.key.endpoint, HUB)
const member = clientsOfAccount(sandbox.key.endpoint, MEMBER)
const BUS = `arn:aws:events:${REGION}:${HUB}:event-bus/default`

const put = ({ events }: Clients, DetailType: string, EventBusName = 'default') =>
  events.send(new PutEventsCommand({ Entries: [{ Source: 'gap', DetailType, Detail: '{}', EventBusName }] }))

/** @returns the ARN of a role that a service of AWS may assume, and that may do everything */
async function createServiceRole({ iam }: Clients, service: string) {
  const RoleName = `for-${service}`
  const AssumeRolePolicyDocument = JSON.stringify(policyOf(trusting(service)))
  const { Role: role } = await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }))
  const PolicyDocument = JSON.stringify(policyOf({ Effect: 'Allow', Action: '*', Resource: '*' }))
  await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'all', PolicyDocument }))
  return role?.Arn
}

beforeAll(async () => {
  const anybody = { StatementId: 'anybody', Action: 'events:PutEvents', Principal: '*' }
  await hub.events.send(new PutPermissionCommand(anybody))
})

test('what a rule sends to the bus of another account does not arrive', async () => {
  const pattern = { source: ['gap'] }
  const takeArrived = await collectEvents(hub, localAccount(HUB), pattern)
  await member.events.send(new PutRuleCommand({ Name: 'forward', EventPattern: JSON.stringify(pattern) }))
  const RoleArn = await createServiceRole(member, 'events')
  await member.events.send(new PutTargetsCommand({ Rule: 'forward', Targets: [{ Id: 'hub', Arn: BUS, RoleArn }] }))
  await put(member, 'of the member')
  await put(hub, 'of the hub')
  expect((await takeArrived()).map((event) => event['detail-type'])).toEqual(['of the hub'])
})

test('nor does what a member puts there itself', async () => {
  const { Entries: [entry] = [] } = await put(member, 'of the member', BUS)
  expect(entry?.ErrorCode).toBe('ResourceNotFoundException')
})

test('an event is of now, whatever time is put', async () => {
  const takeArrived = await collectEvents(hub, localAccount(HUB), { source: ['gap of time'] })
  const Time = new Date('2026-01-01T00:00:00Z')
  const entry = { Source: 'gap of time', DetailType: 'of long ago', Detail: '{}', Time }
  await hub.events.send(new PutEventsCommand({ Entries: [entry] }))
  const [event] = await takeArrived()
  expect(Date.parse(event?.time ?? '')).toBeGreaterThan(Date.now() - 60_000)
})

test('CloudFormation makes no SAML provider', async () => {
  const Resources = { Provider: { Type: 'AWS::IAM::SAMLProvider', Properties: { SamlMetadataDocument: 'none' } } }
  const create = new CreateStackCommand({ StackName: 'identity', TemplateBody: JSON.stringify({ Resources }) })
  await expect(member.cloudFormation.send(create)).rejects.toThrow(
    'Unrecognized resource types: [AWS::IAM::SAMLProvider]',
  )
})

test('CloudFormation has no StackSets', async () => {
  const Resources = { Queue: { Type: 'AWS::SQS::Queue' } }
  const create = new CreateStackSetCommand({ StackSetName: 'all', TemplateBody: JSON.stringify({ Resources }) })
  await expect(hub.cloudFormation.send(create)).rejects.toThrow('CreateStackSet')
})

test('a function does not find its code in the bucket of another account', async () => {
  const [Bucket, Key] = ['code-of-the-hub', 'code.zip']
  await hub.s3.send(new CreateBucketCommand({ Bucket }))
  const memberReads = {
    Effect: 'Allow',
    Principal: { AWS: `arn:aws:iam::${MEMBER}:root` },
    Action: 's3:GetObject',
    Resource: `arn:aws:s3:::${Bucket}/*`,
  }
  await hub.s3.send(new PutBucketPolicyCommand({ Bucket, Policy: JSON.stringify(policyOf(memberReads)) }))
  const code = Buffer.from('export const handler = async () => "the code"')
  await hub.s3.send(new PutObjectCommand({ Bucket, Key, Body: zipSync({ 'index.mjs': code }) }))
  const answerIn = async (account: Clients) => {
    const FunctionName = 'far'
    const Role = await createServiceRole(account, 'lambda')
    const Code = { S3Bucket: Bucket, S3Key: Key }
    await account.lambda.send(
      new CreateFunctionCommand({ FunctionName, Runtime: 'nodejs24.x', Handler: 'index.handler', Role, Code }),
    )
    const { Payload: answer } = await account.lambda.send(new InvokeCommand({ FunctionName }))
    return answer?.transformToString()
  }
  expect(await answerIn(hub)).toBe('"the code"')
  expect(await answerIn(member)).toContain('no code deployed')
})
