import { GetQueueUrlCommand, SendMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs'
import { describeError } from '../errors.ts'
import { deferredEvent } from '../events.ts'

/** The most that SendMessageBatch takes (SQS API reference). */
const BATCH_SIZE = 10

/**
 * Hands roles on to the queue of role events. A batch that fails does not stop the next one.
 *
 * @param queueName looked up here and not on start, so that a sweep which defers nothing makes no call
 * @returns the names of the roles that the queue did not take, each with its reason
 */
export async function deferRoles(client: SQSClient, queueName: string, roleNames: readonly string[]) {
  const refused = new Map<string, string>()
  const { QueueUrl: url } = await client.send(new GetQueueUrlCommand({ QueueName: queueName }))
  for (let start = 0; start < roleNames.length; start += BATCH_SIZE) {
    const batch = roleNames.slice(start, start + BATCH_SIZE)
    try {
      for (const [name, reason] of await sendBatch(client, url, batch)) refused.set(name, reason)
    } catch (error) {
      for (const name of batch) refused.set(name, describeError(error))
    }
  }
  return refused
}

async function sendBatch(client: SQSClient, url: string | undefined, batch: readonly string[]) {
  const entries = batch.map((name, index) => ({ Id: `${index}`, MessageBody: JSON.stringify(deferredEvent(name)) }))
  const { Failed: failed = [] } = await client.send(new SendMessageBatchCommand({ QueueUrl: url, Entries: entries }))
  return batch.flatMap((name, index): [string, string][] => {
    const failure = failed.find(({ Id: id }) => id === `${index}`)
    return failure === undefined ? [] : [[name, `${failure.Code}: ${failure.Message ?? 'no reason given'}`]]
  })
}
