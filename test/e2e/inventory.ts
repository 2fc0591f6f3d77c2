import { CloudFormationClient, paginateListStacks } from '@aws-sdk/client-cloudformation'
import { paginateDescribeAlarms } from '@aws-sdk/client-cloudwatch'
import { paginateDescribeLogGroups } from '@aws-sdk/client-cloudwatch-logs'
import { ListRulesCommand } from '@aws-sdk/client-eventbridge'
import { ListSAMLProvidersCommand, paginateListPolicies, paginateListRoles } from '@aws-sdk/client-iam'
import { paginateListFunctions } from '@aws-sdk/client-lambda'
import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3'
import { ListTopicsCommand, SNSClient } from '@aws-sdk/client-sns'
import { paginateListQueues } from '@aws-sdk/client-sqs'
import { paginateDescribeParameters } from '@aws-sdk/client-ssm'
import { ADMIN, REGION } from '../../sandbox/clients.ts'
import { OWN_ROLES_PATH } from '../../src/role/scope.ts'
import { sandbox } from './account.ts'

const { iam, ssm, events, sqs, logs, lambda, cloudWatch, key } = sandbox
const options = { endpoint: key.endpoint, region: REGION, credentials: ADMIN }
const cloudFormation = new CloudFormationClient(options)
const s3 = new S3Client({ ...options, forcePathStyle: true })
const sns = new SNSClient(options)

/** All that is in the account, as `the KIND NAME`, sorted. What stacks have made is marked: `of a stack: the KIND NAME`. */
export async function inventory(): Promise<readonly string[]> {
  const found = new Set<string>()
  const add = (kind: string, name = '', isOfStack = false) =>
    found.add(`${isOfStack ? 'of a stack: ' : ''}the ${kind} ${name}`)
  for await (const { Roles: roles = [] } of paginateListRoles({ client: iam }, {})) {
    for (const { RoleName, Path } of roles) add('role', RoleName, Path === OWN_ROLES_PATH)
  }
  for await (const { Policies: policies = [] } of paginateListPolicies({ client: iam }, { Scope: 'Local' })) {
    for (const { PolicyName } of policies) add('policy', PolicyName, true)
  }
  const { SAMLProviderList: providers = [] } = await iam.send(new ListSAMLProvidersCommand({}))
  for (const { Arn: arn } of providers) add('SAML provider', arn?.split('/').at(-1))
  for await (const { Parameters: parameters = [] } of paginateDescribeParameters({ client: ssm }, {})) {
    for (const { Name } of parameters) add('parameter', Name)
  }
  const { Rules: rules = [] } = await events.send(new ListRulesCommand({}))
  for (const { Name } of rules) add('rule', Name, isOfStack(Name))
  for await (const { QueueUrls: urls = [] } of paginateListQueues({ client: sqs }, {})) {
    for (const name of urls.map((url) => url.split('/').at(-1))) add('queue', name, isOfStack(name))
  }
  for await (const { logGroups = [] } of paginateDescribeLogGroups({ client: logs }, {})) {
    for (const { logGroupName } of logGroups) add('log group', logGroupName, true)
  }
  for await (const { StackSummaries: stacks = [] } of paginateListStacks({ client: cloudFormation }, {})) {
    for (const { StackName, StackStatus } of stacks) if (StackStatus !== 'DELETE_COMPLETE') add('stack', StackName)
  }
  for await (const { Functions: functions = [] } of paginateListFunctions({ client: lambda }, {})) {
    for (const { FunctionName } of functions) add('function', FunctionName, true)
  }
  for await (const { MetricAlarms: alarms = [] } of paginateDescribeAlarms({ client: cloudWatch }, {})) {
    for (const { AlarmName } of alarms) add('alarm', AlarmName, true)
  }
  const { Topics: topics = [] } = await sns.send(new ListTopicsCommand({}))
  for (const { TopicArn } of topics) add('topic', TopicArn, true)
  const { Buckets: buckets = [] } = await s3.send(new ListBucketsCommand({}))
  for (const { Name } of buckets) add('bucket', Name, true)
  return [...found].sort()
}

/** What CloudFormation names itself begins with the logical id. Copies of a rule, which the local AWS needs, are no part of it. */
function isOfStack(name = ''): boolean {
  return /-(?:role-events|dead-letters|parameter-changes|Scheduled\w+)$/.test(name)
}
