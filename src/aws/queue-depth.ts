import { GetQueueAttributesCommand, GetQueueUrlCommand, type SQSClient } from '@aws-sdk/client-sqs'
import { MalformedResponseError } from '../errors.ts'
import { asOutOfTime } from './as-out-of-time.ts'

/** About how many messages a queue holds (SQS promises no exact number). */
export interface QueueDepth {
  readonly waiting: number
  /** Received and not deleted yet. */
  readonly inFlight: number
  readonly delayed: number
}

/**
 * @param deadline where there is one, neither call outlasts it
 * @throws QueueDoesNotExist, OutOfTimeError, MalformedResponseError, and whatever else keeps the number from being known
 */
export async function readQueueDepth(
  client: SQSClient,
  queueName: string,
  deadline?: AbortSignal,
): Promise<QueueDepth> {
  const options = deadline === undefined ? {} : { abortSignal: deadline }
  const { QueueUrl: url } = await client
    .send(new GetQueueUrlCommand({ QueueName: queueName }), options)
    .catch((error) => {
      throw asOutOfTime('GetQueueUrl', error)
    })
  if (url === undefined) throw new MalformedResponseError(`GetQueueUrl: found no URL for ${queueName}`)
  const command = new GetQueueAttributesCommand({
    QueueUrl: url,
    AttributeNames: [
      'ApproximateNumberOfMessages',
      'ApproximateNumberOfMessagesNotVisible',
      'ApproximateNumberOfMessagesDelayed',
    ],
  })
  const { Attributes: attributes } = await client.send(command, options).catch((error) => {
    throw asOutOfTime('GetQueueAttributes', error)
  })
  return {
    waiting: messagesOf(attributes?.ApproximateNumberOfMessages, queueName),
    inFlight: messagesOf(attributes?.ApproximateNumberOfMessagesNotVisible, queueName),
    delayed: messagesOf(attributes?.ApproximateNumberOfMessagesDelayed, queueName),
  }
}

function messagesOf(attribute: string | undefined, queueName: string): number {
  if (attribute !== undefined && /^\d+$/.test(attribute)) return Number(attribute)
  throw new MalformedResponseError(`GetQueueAttributes: found no number of messages in the answer for ${queueName}`)
}
