import { GetQueueAttributesCommand, GetQueueUrlCommand, QueueDoesNotExist, SQSClient } from '@aws-sdk/client-sqs'
import { MalformedResponseError } from '../errors.ts'
import { type AwsTarget, maxAttempts, requestHandler } from './clients.ts'
import { unlessMissing } from './unless-missing.ts'

/** About how many messages a queue holds (SQS promises no exact number). */
export interface QueueDepth {
  readonly url: string
  readonly waiting: number
  /** Received and not deleted yet. */
  readonly inFlight: number
  readonly delayed: number
}

/** @returns a function that is undefined for a queue that is not there */
export function queueDepthReader(target: AwsTarget): (queueName: string) => Promise<QueueDepth | undefined> {
  const client = new SQSClient({ requestHandler, maxAttempts, ...target })
  return (queueName) =>
    unlessMissing(QueueDoesNotExist, async () => {
      const { QueueUrl: url } = await client.send(new GetQueueUrlCommand({ QueueName: queueName }))
      if (url === undefined) throw new MalformedResponseError(`GetQueueUrl: found no URL for ${queueName}`)
      const command = new GetQueueAttributesCommand({
        QueueUrl: url,
        AttributeNames: [
          'ApproximateNumberOfMessages',
          'ApproximateNumberOfMessagesNotVisible',
          'ApproximateNumberOfMessagesDelayed',
        ],
      })
      const { Attributes: attributes } = await client.send(command)
      return {
        url,
        waiting: countOf(attributes?.ApproximateNumberOfMessages, queueName),
        inFlight: countOf(attributes?.ApproximateNumberOfMessagesNotVisible, queueName),
        delayed: countOf(attributes?.ApproximateNumberOfMessagesDelayed, queueName),
      }
    })
}

function countOf(attribute: string | undefined, queueName: string): number {
  if (attribute !== undefined && /^\d+$/.test(attribute)) return Number(attribute)
  throw new MalformedResponseError(`GetQueueAttributes: found no number of messages in the answer for ${queueName}`)
}
