import { randomUUID } from 'node:crypto'
import { PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge'
import { CreateQueueCommand, DeleteMessageCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs'
import * as z from 'zod/mini'
import type { AwsAccount } from '../src/aws-account.ts'
import type { Clients } from './clients.ts'

/** What a rule's target gets of the default event bus. */
const DeliveredEvent = z.looseObject({
  'detail-type': z.string(),
  time: z.string(),
  detail: z.looseObject({ roleName: z.optional(z.string()) }),
})

/** How something is called and tagged, so that whoever looks sees whose it is. */
export interface Owned {
  readonly name: string
  readonly tags: Readonly<Record<string, string>>
}

export type DeliveredEvent = z.infer<typeof DeliveredEvent>

/**
 * Lays a rule with a queue of its own, as somebody would who wants to hear of outcomes (docs/events.md).
 *
 * @param account its id, partition and region
 * @param owned what the rule and the queue are called, and their tags
 * @param seconds for how long to wait for an event where none is there: at most 20
 * @returns takes the events that have come and were not taken yet
 */
export async function collectEvents(
  { events, sqs }: Pick<Clients, 'events' | 'sqs'>,
  { partition, region, account }: AwsAccount,
  pattern: object,
  owned: Owned = { name: `collected-${randomUUID()}`, tags: {} },
  seconds = 0,
): Promise<() => Promise<readonly DeliveredEvent[]>> {
  const { name: Name, tags } = owned
  const Arn = `arn:${partition}:sqs:${region}:${account}:${Name}`
  const ruleArn = `arn:${partition}:events:${region}:${account}:rule/${Name}`
  const Attributes = { Policy: JSON.stringify(sentBy(ruleArn, Arn)) }
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: Name, Attributes, tags: { ...tags } }))
  const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }))
  await events.send(new PutRuleCommand({ Name, EventPattern: JSON.stringify(pattern), Tags }))
  await events.send(new PutTargetsCommand({ Rule: Name, Targets: [{ Id: 'queue', Arn }] }))
  return async () => {
    const taken: DeliveredEvent[] = []
    while (true) {
      const receive = new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: seconds })
      const { Messages: messages = [] } = await sqs.send(receive)
      if (messages.length === 0) return taken
      for (const { Body: body = 'null', ReceiptHandle } of messages) {
        taken.push(DeliveredEvent.parse(JSON.parse(body)))
        await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }))
      }
    }
  }
}

/** Without it EventBridge may not send (EventBridge User Guide, "Using resource-based policies"). */
function sentBy(ruleArn: string, Resource: string) {
  const Condition = { ArnEquals: { 'aws:SourceArn': ruleArn } }
  const Principal = { Service: 'events.amazonaws.com' }
  return {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal, Action: 'sqs:SendMessage', Resource, Condition }],
  }
}
