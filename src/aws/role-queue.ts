import { GetQueueUrlCommand, SendMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs'
import { formatError, MalformedResponseError } from '../errors.ts'
import { deferredEvent } from '../events/read-event.ts'
import { asOutOfTime } from './as-out-of-time.ts'

/** The most that SendMessageBatch takes (SQS API reference). */
const BATCH_SIZE = 10

/**
 * Hands roles on to the queue of role events. A batch that fails does not stop the next one.
 *
 * @param queueName looked up here and not on start, so that a sweep which defers nothing makes no call
 * @param deadline where there is one, no call outlasts it, and none is sent after it
 * @returns the names of the roles that the queue did not take, each with its reason
 * @throws whatever keeps the queue's URL from being found: no role was handed on
 */
export async function deferRoles(
  client: SQSClient,
  queueName: string,
  roleNames: readonly string[],
  deadline?: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const options = deadline === undefined ? {} : { abortSignal: deadline }
  const refused = new Map<string, string>()
  const url = await findQueue(client, queueName, options)
  for (let start = 0; start < roleNames.length; start += BATCH_SIZE) {
    const batch = roleNames.slice(start, start + BATCH_SIZE)
    try {
      for (const [name, reason] of await sendBatch(client, url, batch, options)) refused.set(name, reason)
    } catch (error) {
      for (const name of batch) refused.set(name, formatError(asOutOfTime('SendMessageBatch', error)))
    }
  }
  return refused
}

type Options = { readonly abortSignal?: AbortSignal }

async function findQueue(client: SQSClient, queueName: string, options: Options): Promise<string> {
  try {
    const { QueueUrl: url } = await client.send(new GetQueueUrlCommand({ QueueName: queueName }), options)
    if (url !== undefined) return url
  } catch (error) {
    throw asOutOfTime('GetQueueUrl', error)
  }
  throw new MalformedResponseError(`GetQueueUrl: found no URL in the answer for ${queueName}`)
}

/** The roles of one batch that were not taken: only what SQS says that it took counts as taken. */
async function sendBatch(client: SQSClient, url: string, batch: readonly string[], options: Options) {
  const entries = batch.map((name, index) => ({ Id: `${index}`, MessageBody: JSON.stringify(deferredEvent(name)) }))
  const command = new SendMessageBatchCommand({ QueueUrl: url, Entries: entries })
  const { Successful: taken = [], Failed: failed = [] } = await client.send(command, options)
  return batch.flatMap((name, index): [string, string][] => {
    if (taken.some(({ Id: id }) => id === `${index}`)) return []
    const failure = failed.find(({ Id: id }) => id === `${index}`)
    const reason = failure && `${failure.Code}: ${failure.Message ?? 'no reason given'}`
    return [[name, reason ?? 'MalformedResponseError: SendMessageBatch said nothing about it']]
  })
}
