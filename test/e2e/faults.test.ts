import { DeleteRolePolicyCommand, PutRolePolicyCommand, UpdateAssumeRolePolicyCommand } from '@aws-sdk/client-iam'
import { ListEventSourceMappingsCommand, UpdateEventSourceMappingCommand } from '@aws-sdk/client-lambda'
import { DeleteMessageCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs'
import { DeleteParameterCommand } from '@aws-sdk/client-ssm'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { DEAD_LETTER_QUEUE, functionName, PARAMETER, QUEUE } from '../../sandbox/stack-names.ts'
import {
  allDone,
  createRole,
  deleteRoles,
  logOf,
  patched,
  person,
  provider,
  putParameter,
  SOON,
  sandbox,
  send,
  TAGGED,
  untouched,
} from './account.ts'

/** What a function logs that cannot load the parameter. */
const NOTHING_WAS_LOOKED_AT = 'no role was looked at'

afterEach(deleteRoles)

describe('a batch with messages that cannot be read', () => {
  const POISON = [
    '{"not": "JSON',
    '{"source":"aws.iam","detail-type":"AWS API Call via CloudTrail","detail":{"eventName":"TagRole"}}',
  ]

  test('costs nobody else anything, and they end in the dead-letter queue as they were', async () => {
    await consumeQueue(false)
    for (const name of ['first', 'second']) await createRole(name, { tags: TAGGED, by: person })
    for (const body of POISON) await send(body)
    await createRole('last', { tags: TAGGED, by: person })
    await consumeQueue(true)

    for (const name of ['first', 'second', 'last']) {
      await expect.poll(() => sandbox.trustPolicy(name), SOON).toEqual(patched)
    }
    // All of them came in one batch.
    await expect.poll(() => logOf('role-event', '"RolesScanned":3'), SOON).toHaveLength(1)
    await expect.poll(() => sandbox.countMessages(DEAD_LETTER_QUEUE), SOON).toBe(POISON.length)
    expect(await sandbox.countMessages(QUEUE)).toBe(0)
    expect(await takeDeadLetters()).toEqual(POISON)
  })
})

describe('where the parameter is missing', () => {
  beforeEach(async () => {
    await sandbox.ssm.send(new DeleteParameterCommand({ Name: PARAMETER }))
    for (const id of ['role-event', 'scheduled-sweep'] as const) await sandbox.restart(id)
  })
  afterEach(() => putParameter(provider))

  test('an event waits, and is done as soon as the parameter is there', async () => {
    await createRole('waiting', { tags: TAGGED, by: person })
    await expect.poll(() => logOf('role-event', NOTHING_WAS_LOOKED_AT), SOON).not.toEqual([])
    expect(await sandbox.trustPolicy('waiting')).toEqual(untouched)
    expect(await sandbox.countMessages(QUEUE)).toBe(1)

    await putParameter(provider)
    await allDone()
    expect(await sandbox.trustPolicy('waiting')).toEqual(patched)
  })

  test('a sweep fails with the command that mends it, touches no role, and succeeds then', async () => {
    await createRole('waiting', { tags: TAGGED })
    await expect(sandbox.invoke('scheduled-sweep', {})).rejects.toThrow(
      `aws ssm put-parameter --region us-east-1 --name ${PARAMETER}`,
    )
    expect(await sandbox.trustPolicy('waiting')).toEqual(untouched)

    await putParameter(provider)
    expect(await sandbox.invoke('scheduled-sweep', {})).toMatchObject({ counts: { patched: 1, failed: 0 } })
    expect(await sandbox.trustPolicy('waiting')).toEqual(patched)
  })
})

describe('where IAM denies role-event', () => {
  /** Denies it one action for as long as the work takes. */
  async function whileDenied(Action: string, work: () => Promise<void>): Promise<void> {
    const denial = { RoleName: functionName('role-event'), PolicyName: 'denial' }
    const Statement = [{ Effect: 'Deny', Action, Resource: '*' }]
    const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement })
    await sandbox.iam.send(new PutRolePolicyCommand({ ...denial, PolicyDocument }))
    try {
      await work()
    } finally {
      await sandbox.iam.send(new DeleteRolePolicyCommand(denial))
    }
  }

  test('the write by an explicit deny, the role is blocked in its words, and a sweep patches it once it is allowed', async () => {
    await whileDenied('iam:UpdateAssumeRolePolicy', async () => {
      await createRole('denied', { tags: TAGGED, by: person })
      await allDone()
      const blocked = await logOf('role-event', 'role denied cannot be changed (refused-by-iam): AccessDenied')
      expect(blocked.join()).toMatch(/explicit deny/i)
      expect(await sandbox.trustPolicy('denied')).toEqual(untouched)
    })
    await sandbox.invoke('scheduled-sweep', {})
    expect(await sandbox.trustPolicy('denied')).toEqual(patched)
  })

  test('the look at a role, the event waits, and is done as soon as it is allowed', async () => {
    await whileDenied('iam:GetRole', async () => {
      await createRole('unseen', { tags: TAGGED, by: person })
      await expect.poll(() => logOf('role-event', 'role unseen failed'), SOON).not.toEqual([])
      expect(await sandbox.trustPolicy('unseen')).toEqual(untouched)
    })
    await allDone()
    expect(await sandbox.trustPolicy('unseen')).toEqual(patched)
  })

  // The local CloudTrail names calls of IAM otherwise than AWS does, so that no role can flap here.
  test("CloudTrail's records of who undoes a patch, a role that was written over is patched all the same", async () => {
    await createRole('overwritten', { tags: TAGGED, policy: patched })
    await sandbox.restart('role-event')
    const unknown = () => logOf('role-event', 'CloudTrail does not say who wrote trust policies lately')
    const before = await unknown()
    await whileDenied('cloudtrail:LookupEvents', async () => {
      const PolicyDocument = JSON.stringify(untouched)
      await person.send(new UpdateAssumeRolePolicyCommand({ RoleName: 'overwritten', PolicyDocument }))
      await allDone()
    })
    expect(await sandbox.trustPolicy('overwritten')).toEqual(patched)
    expect(await unknown()).toHaveLength(before.length + 1)
  })
})

/** Receives and deletes what is in the dead-letter queue. */
async function takeDeadLetters(): Promise<readonly string[]> {
  const QueueUrl = await sandbox.queueUrl(DEAD_LETTER_QUEUE)
  const { Messages: messages = [] } = await sandbox.sqs.send(
    new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }),
  )
  for (const { ReceiptHandle } of messages)
    await sandbox.sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }))
  return messages.map(({ Body = '' }) => Body)
}

/** Switches on or off that Lambda takes messages from the queue. */
async function consumeQueue(Enabled: boolean): Promise<void> {
  const { lambda } = sandbox
  const FunctionName = functionName('role-event')
  const { EventSourceMappings: [mapping] = [] } = await lambda.send(
    new ListEventSourceMappingsCommand({ FunctionName }),
  )
  await lambda.send(new UpdateEventSourceMappingCommand({ UUID: mapping?.UUID, Enabled }))
}
