import type { TopicSubscriptions } from '../../src/aws/topic-subscriptions.ts'
import { failure, ok, type Verdict, warning } from './finding.ts'
import type { Part, StackPlace } from './stack-parts.ts'

/** Whether anybody hears of the alarms. */
export function checkAlarmTopic(
  { name, arn }: Part,
  subscriptions: TopicSubscriptions | undefined,
  { region, deploy }: StackPlace,
): Verdict {
  if (subscriptions === undefined) return failure(`the topic ${name} is missing`, `\`${deploy}\``)
  const { confirmed, pending } = subscriptions
  if (confirmed > 0)
    return ok(`the alarm topic ${name} has ${confirmed === 1 ? '1 subscription' : `${confirmed} subscriptions`}`)
  if (pending > 0) {
    return warning(
      `nobody hears of alarms: no subscription of ${name} is confirmed`,
      'open the link in the e-mail "AWS Notification - Subscription Confirmation"',
    )
  }
  return warning(
    `nobody hears of alarms: ${name} has no subscription`,
    `\`aws sns subscribe --region ${region} --topic-arn ${arn} --protocol email --notification-endpoint you@example.com\`, and confirm the e-mail`,
  )
}
