import { readFileSync } from 'node:fs'
import {
  CreateEventBusCommand,
  EventBridgeClient,
  PutEventsCommand,
  PutRuleCommand,
  PutTargetsCommand,
} from '@aws-sdk/client-eventbridge'
import {
  CreateAccountCommand,
  CreateOrganizationalUnitCommand,
  CreateOrganizationCommand,
  ListRootsCommand,
  MoveAccountCommand,
  OrganizationsClient,
} from '@aws-sdk/client-organizations'
import { CreateBucketCommand, PutBucketPolicyCommand, S3Client } from '@aws-sdk/client-s3'
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueUrlCommand,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import { beforeAll, expect, inject, test, vi } from 'vitest'
import { parse } from 'yaml'
import * as z from 'zod/mini'
import { QUIET_SWEEP } from '../../fake-aws/heartbeats.ts'
import { dynamoDbClient } from '../../src/aws/clients.ts'
import { hubTable } from '../../src/aws/hub-table.ts'
import { stackSets } from '../../src/aws/stack-sets.ts'
import { OWN_SOURCE } from '../../src/events/read-event.ts'
import { runCli, temporaryFolder } from '../cli/command-line.ts'
import { writeRelease } from '../cli/org/write-release.ts'
import { coldStartHub } from '../hub/hub-functions.ts'
import { createHubTable } from './create-hub-table.ts'
import { credentialsIn } from './credentials-in.ts'

// An organization of 200 accounts: each gets the stacks, and the hub hears each.

/** StackSets answers at once, and moto when all stacks are made: so in units that take it a second each. */
const UNITS = 10
const ACCOUNTS_IN_UNIT = 20
const MANAGEMENT = '555566667777'
/** That of whoever says nothing else. */
const HUB = '123456789012'
const PREFIX = 'okta-role-trust-hub'
const BUS = `arn:aws:events:us-east-1:${HUB}:event-bus/${PREFIX}`
const QUEUE = `${PREFIX}-heartbeats`
const STAGE = ['--stage', 'many', '--settings', '/dev/null']
const ENGINE = 'okta-role-trust-many'

const region = 'us-east-1'

beforeAll(() => {
  vi.stubEnv('AWS_ENDPOINT_URL', inject('motoEndpoint'))
})

test('each has both stacks after the deployments to their units, and the hub records each', async () => {
  await createHub()
  const { ids, units, bucket } = await createOrganization()
  const release = temporaryFolder()
  writeRelease(release, '1.0.0', forwarding)
  await actAs(MANAGEMENT)
  for (const unit of units) {
    const options = ['--release', release, '--bucket', bucket, '--provider-name', 'Okta', '--hub', BUS, '--ou', unit]
    const { exitCode } = await runCli(['org', 'deploy', ...STAGE, ...options, '--yes'])
    expect(exitCode).toBe(0)
  }
  for (const name of [`${ENGINE}-identity`, ENGINE]) {
    const instances = await stackSets({ region }, 'SELF').listInstances(name)
    expect(instances.map(({ account }) => account).toSorted()).toEqual(ids)
  }

  actAsHub()
  const takeArrived = await heartbeats()
  const told: object[] = []
  for (const account of ids) {
    await tellIn(account)
    const arrived = await takeArrived()
    expect(arrived).toHaveLength(1)
    // moto leaves the account out of what arrives. Once it writes that, this fails, and it need not be put in here.
    expect(arrived[0]).not.toHaveProperty('account')
    told.push(...arrived.map((event) => ({ ...event, account })))
  }
  const hub = await coldStartHub({ TABLE_NAME: PREFIX })
  expect(await hub.record(told)).toEqual([])
  const kept = await hubTable(dynamoDbClient(), PREFIX).readAll()
  expect(kept.map(({ account }) => account).toSorted()).toEqual(ids)
}, 600_000)

/** Tells in an account what a sweep tells. */
async function tellIn(account: string): Promise<void> {
  const Detail = JSON.stringify({ ...QUIET_SWEEP, stack: ENGINE })
  const Entries = [{ Source: OWN_SOURCE, DetailType: 'Sweep Finished', Detail }]
  await new EventBridgeClient(await credentialsIn(account)).send(new PutEventsCommand({ Entries }))
}

/** @returns takes what has come to the hub's queue and was not taken yet */
async function heartbeats() {
  const queue = new SQSClient({ region })
  const { QueueUrl } = await queue.send(new GetQueueUrlCommand({ QueueName: QUEUE }))
  return async () => {
    const receive = new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 })
    const { Messages: messages = [] } = await queue.send(receive)
    for (const { ReceiptHandle } of messages) await queue.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }))
    return messages.map(({ Body: body = '' }) => z.looseObject({}).parse(JSON.parse(body)))
  }
}

/** Of the stack of an account, what hands on what it tells (infra/forwarding.yml); moto would need code for the rest. */
function forwarding(key: string): object {
  const EventPattern = { source: ['okta-role-trust'], account: [{ Ref: 'AWS::AccountId' }] }
  return {
    ForwardingRule: {
      Type: 'AWS::Events::Rule',
      Properties: {
        Name: { 'Fn::Sub': `\${Prefix}-forward` },
        EventPattern,
        Targets: [{ Id: 'hub', Arn: { Ref: 'HubBusArn' } }],
      },
      Metadata: { Code: key },
    },
  }
}

const HubTemplate = z.object({
  Resources: z.object({ HeartbeatRule: z.object({ Properties: z.object({ EventPattern: z.unknown() }) }) }),
})

/** What an event goes through in the hub's account, with the pattern of its template: moto does not deploy that. */
async function createHub(): Promise<void> {
  const template: unknown = parse(readFileSync('release/hub.yml', 'utf8'), { merge: true })
  const { EventPattern: pattern } = HubTemplate.parse(template).Resources.HeartbeatRule.Properties
  const events = new EventBridgeClient({ region })
  await events.send(new CreateEventBusCommand({ Name: PREFIX }))
  const rule = { EventBusName: PREFIX, Name: QUEUE, EventPattern: JSON.stringify(pattern) }
  await events.send(new PutRuleCommand(rule))
  await new SQSClient({ region }).send(new CreateQueueCommand({ QueueName: QUEUE }))
  const Targets = [{ Id: 'heartbeats', Arn: `arn:aws:sqs:${region}:${HUB}:${QUEUE}` }]
  await events.send(new PutTargetsCommand({ EventBusName: PREFIX, Rule: QUEUE, Targets }))
  await createHubTable(dynamoDbClient(), PREFIX)
}

/** With all accounts in units, and the bucket for the code. */
async function createOrganization() {
  const management = await credentialsIn(MANAGEMENT)
  const organizations = new OrganizationsClient(management)
  const { Organization } = await organizations.send(new CreateOrganizationCommand({ FeatureSet: 'ALL' }))
  const { Roots: [{ Id: root = '' } = {}] = [] } = await organizations.send(new ListRootsCommand({}))
  const ids: string[] = []
  const units: string[] = []
  for (let unit = 0; unit < UNITS; unit += 1) {
    const make = new CreateOrganizationalUnitCommand({ ParentId: root, Name: `unit-${unit}` })
    const DestinationParentId = (await organizations.send(make)).OrganizationalUnit?.Id ?? ''
    units.push(DestinationParentId)
    for (let number = 0; number < ACCOUNTS_IN_UNIT; number += 1) {
      const name = `account-${unit}-${number}`
      const create = new CreateAccountCommand({ AccountName: name, Email: `${name}@example.com` })
      const AccountId = (await organizations.send(create)).CreateAccountStatus?.AccountId ?? ''
      await organizations.send(new MoveAccountCommand({ AccountId, SourceParentId: root, DestinationParentId }))
      ids.push(AccountId)
    }
  }
  const bucket = 'bundles-of-many'
  const s3 = new S3Client({ ...management, forcePathStyle: true })
  await s3.send(new CreateBucketCommand({ Bucket: bucket }))
  const readers = {
    Effect: 'Allow',
    Principal: '*',
    Action: 's3:GetObject',
    Resource: `arn:aws:s3:::${bucket}/*`,
    Condition: { StringEquals: { 'aws:PrincipalOrgID': Organization?.Id } },
  }
  const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [readers] })
  await s3.send(new PutBucketPolicyCommand({ Bucket: bucket, Policy }))
  return { ids: ids.toSorted(), units, bucket }
}

/** Lets whatever takes credentials from the environment act in an account. */
async function actAs(accountId: string): Promise<void> {
  const { credentials } = await credentialsIn(accountId)
  vi.stubEnv('AWS_ACCESS_KEY_ID', credentials.accessKeyId)
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', credentials.secretAccessKey)
  vi.stubEnv('AWS_SESSION_TOKEN', credentials.sessionToken)
}

function actAsHub(): void {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test')
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test')
  vi.stubEnv('AWS_SESSION_TOKEN', undefined)
}
