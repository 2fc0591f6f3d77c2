import { LookupEventsCommand } from '@aws-sdk/client-cloudtrail'
import { paginateFilterLogEvents } from '@aws-sdk/client-cloudwatch-logs'
import { CreateRoleCommand, DeleteRoleCommand, type IAMClient, paginateListRoles } from '@aws-sdk/client-iam'
import { SendMessageCommand } from '@aws-sdk/client-sqs'
import { PutParameterCommand } from '@aws-sdk/client-ssm'
import pMap from 'p-map'
import { expect, inject } from 'vitest'
import * as z from 'zod/mini'
import { enterSandbox } from '../../sandbox/sandbox.ts'
import { DEAD_LETTER_QUEUE, type FunctionId, functionName, PARAMETER, QUEUE } from '../../sandbox/stack-names.ts'
import { oktaSso, policyOf, trusting } from '../../sandbox/trust-policies.ts'
import { OWN_ROLES_PATH } from '../../src/role/scope.ts'

// The one account that all of these tests work in.

export const sandbox = enterSandbox(inject('sandbox'))
export const { provider } = sandbox.key

/** A person: EventBridge gets CloudTrail's event of each of their calls. */
export const person = sandbox.iamOfPerson()

export const TAGGED = { 'okta-sso': 'true' }
/** What a new role trusts, and what becomes of it. */
export const own = trusting('ec2')
export const untouched = policyOf(own)
export const patched = policyOf(own, oktaSso(provider))
/** One that blocks a role: its owner keeps Okta out. */
export const stopping = policyOf(own, { Effect: 'Deny', Principal: '*', Action: 'sts:AssumeRoleWithSAML' })

interface NewRole {
  readonly tags?: Readonly<Record<string, string>>
  readonly path?: string
  readonly policy?: object
  /** Who makes it; by default the account's root user, of whom no event tells. */
  readonly by?: IAMClient
}

export async function createRole(RoleName: string, { tags = {}, path: Path, policy = untouched, by }: NewRole = {}) {
  const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }))
  const AssumeRolePolicyDocument = JSON.stringify(policy)
  await (by ?? sandbox.iam).send(
    new CreateRoleCommand({ RoleName, Path, AssumeRolePolicyDocument, ...(Tags.length > 0 && { Tags }) }),
  )
}

/** Deletes all roles but those of the stack. */
export async function deleteRoles(): Promise<void> {
  const names: string[] = []
  for await (const { Roles: roles = [] } of paginateListRoles({ client: sandbox.iam }, {})) {
    for (const { Path = '', RoleName = '' } of roles) if (!Path.startsWith(OWN_ROLES_PATH)) names.push(RoleName)
  }
  await pMap(names, (RoleName) => sandbox.iam.send(new DeleteRoleCommand({ RoleName })), { concurrency: 10 })
}

export async function putParameter(Value: string): Promise<void> {
  await sandbox.ssm.send(new PutParameterCommand({ Name: PARAMETER, Type: 'String', Value, Overwrite: true }))
}

/** Changes the parameter. Functions remember it for five minutes, so they are started anew. */
export async function pointTo(arn: string): Promise<void> {
  await putParameter(arn)
  const readers = ['role-event', 'scheduled-sweep', 'backfill'] as const
  await Promise.all(readers.map((id) => sandbox.restart(id)))
}

/** Puts a message on the queue as it is. */
export async function send(MessageBody: string): Promise<void> {
  await sandbox.sqs.send(new SendMessageCommand({ QueueUrl: await sandbox.queueUrl(QUEUE), MessageBody }))
}

/** For `expect.poll`: what comes soon on an idle machine, and surely within this on a busy one. */
export const SOON = { timeout: 50_000, interval: 100 }

/** Waits until every message on the queue has been dealt with, and sees that none of them was given up. */
export async function allDone(): Promise<void> {
  await expect.poll(() => sandbox.countMessages(QUEUE), SOON).toBe(0)
  expect(await sandbox.countMessages(DEAD_LETTER_QUEUE)).toBe(0)
}

/** What a function has logged of a role, or of whatever else the text names, as text. */
export async function logOf(id: FunctionId, text: string): Promise<readonly string[]> {
  const lines: string[] = []
  const input = { logGroupName: `/aws/lambda/${functionName(id)}` }
  for await (const { events = [] } of paginateFilterLogEvents({ client: sandbox.logs }, input)) {
    lines.push(...events.map(({ message = '' }) => message))
  }
  return lines.filter((line) => line.includes(text))
}

const CallOfFunction = z.object({
  userAgent: z.string(),
  requestParameters: z.looseObject({ Action: z.string(), RoleName: z.optional(z.string()) }),
})

/**
 * The functions' own writes of a role's trust policy, oldest first, among the latest 50 calls of IAM: the local CloudTrail
 * records what was sent, and knows no further page.
 */
export async function writesOfFunctions(roleName: string) {
  const { Events: records = [] } = await sandbox.cloudTrail.send(
    new LookupEventsCommand({
      LookupAttributes: [{ AttributeKey: 'EventSource', AttributeValue: 'iam.amazonaws.com' }],
    }),
  )
  return records
    .filter(({ AccessKeyId = '' }) => isOfRole(AccessKeyId))
    .map(({ CloudTrailEvent: record = '' }) => CallOfFunction.parse(JSON.parse(record)))
    .filter(
      ({ requestParameters: { Action, RoleName } }) => Action === 'UpdateAssumeRolePolicy' && RoleName === roleName,
    )
    .reverse()
}

/** Keys of users start with AKIA, those of assumed roles with ASIA (IAM User Guide, "IAM identifiers"). */
function isOfRole(accessKeyId: string): boolean {
  return accessKeyId.startsWith('ASIA')
}
