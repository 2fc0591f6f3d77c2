import { GetQueueUrlCommand, SendMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs'
import { deferredEvent } from '../events.ts'

/** The most that SendMessageBatch takes (SQS API reference). */
const BATCH_SIZE = 10

/**
 * Hands roles on to the queue of role events.
 *
 * @param queueName looked up here and not on start, so that a sweep which defers nothing makes no call
 * @returns the names of the roles that the queue did not take, each with its reason
 */
export async function deferRoles(client: SQSClient, queueName: string, roleNames: readonly string[]) {
  const refused = new Map<string, string>()
  const { QueueUrl } = await client.send(new GetQueueUrlCommand({ QueueName: queueName }))
  for (let start = 0; start < roleNames.length; start += BATCH_SIZE) {
    const batch = roleNames.slice(start, start + BATCH_SIZE)
    const Entries = batch.map((name, index) => ({ Id: `${index}`, MessageBody: JSON.stringify(deferredEvent(name)) }))
    const { Failed: failed = [] } = await client.send(new SendMessageBatchCommand({ QueueUrl, Entries }))
    for (const { Id: id, Code: code, Message: message } of failed) {
      const name = batch[Number(id)]
      if (name !== undefined) refused.set(name, `${code}: ${message ?? 'no reason given'}`)
    }
  }
  return refused
}
