import { GetTopicAttributesCommand, NotFoundException, SNSClient } from '@aws-sdk/client-sns'
import { MalformedResponseError } from '../errors.ts'
import { type AwsTarget, maxAttempts, requestHandler } from './clients.ts'
import { unlessMissing } from './unless-missing.ts'

/** How many hear of what a topic tells. */
export interface TopicSubscriptions {
  readonly confirmed: number
  /** Who has not confirmed hears of nothing. */
  readonly pending: number
}

/** @returns a function that is undefined for a topic that is not there */
export function topicReader(target: AwsTarget): (topicArn: string) => Promise<TopicSubscriptions | undefined> {
  const client = new SNSClient({ requestHandler, maxAttempts, ...target })
  return (topicArn) =>
    unlessMissing(NotFoundException, async () => {
      const { Attributes: attributes } = await client.send(new GetTopicAttributesCommand({ TopicArn: topicArn }))
      const [confirmed, pending] = [attributes?.SubscriptionsConfirmed, attributes?.SubscriptionsPending]
      if (confirmed !== undefined) return { confirmed: Number(confirmed), pending: Number(pending ?? 0) }
      throw new MalformedResponseError(`GetTopicAttributes: found no subscriptions in the answer for ${topicArn}`)
    })
}
