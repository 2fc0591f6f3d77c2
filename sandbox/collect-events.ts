import { randomUUID } from 'node:crypto'
import { PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge'
import { CreateQueueCommand, DeleteMessageCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs'
import * as z from 'zod/mini'
import { type Clients, REGION } from './clients.ts'

/** What a rule's target gets of the default event bus. */
const DeliveredEvent = z.looseObject({
  'detail-type': z.string(),
  time: z.string(),
  detail: z.looseObject({ roleName: z.optional(z.string()) }),
})

export type DeliveredEvent = z.infer<typeof DeliveredEvent>

/**
 * Lays a rule with a queue of its own, as somebody would who wants to hear of outcomes (docs/events.md).
 *
 * @returns takes the events that have come and were not taken yet
 */
export async function collectEvents(
  { events, sqs }: Pick<Clients, 'events' | 'sqs'>,
  accountId: string,
  pattern: object,
): Promise<() => Promise<readonly DeliveredEvent[]>> {
  const Name = `collected-${randomUUID()}`
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: Name }))
  const Arn = `arn:aws:sqs:${REGION}:${accountId}:${Name}`
  await events.send(new PutRuleCommand({ Name, EventPattern: JSON.stringify(pattern) }))
  await events.send(new PutTargetsCommand({ Rule: Name, Targets: [{ Id: 'queue', Arn }] }))
  return async () => {
    const taken: DeliveredEvent[] = []
    while (true) {
      const receive = new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 })
      const { Messages: messages = [] } = await sqs.send(receive)
      if (messages.length === 0) return taken
      for (const { Body: body = 'null', ReceiptHandle } of messages) {
        taken.push(DeliveredEvent.parse(JSON.parse(body)))
        await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }))
      }
    }
  }
}
