import type { TopicSubscriptions } from '../../src/aws/topic-subscriptions.ts'
import { failure, ok, type Verdict, warning } from './finding.ts'
import type { Part, StackPlace } from './stack-parts.ts'

/** Whether anybody hears of the alarms. */
export function checkAlarmTopic(
  { name, arn }: Part,
  subscriptions: TopicSubscriptions | undefined,
  { remedies: { aws } }: StackPlace,
): Verdict {
  const subscribe = `${aws('sns subscribe', '--topic-arn', arn, '--protocol', 'email', '--notification-endpoint', 'you@example.com')}, and confirm the e-mail`
  if (subscriptions === undefined) {
    // Of the same name it has the same ARN: the alarms, and CloudFormation, find it again.
    return failure(`the topic ${name} is missing`, `${aws('sns create-topic', '--name', name)}, then ${subscribe}`)
  }
  const { confirmed, pending } = subscriptions
  if (confirmed > 0)
    return ok(`the alarm topic ${name} has ${confirmed === 1 ? '1 subscription' : `${confirmed} subscriptions`}`)
  if (pending > 0) {
    return warning(
      `nobody hears of alarms: no subscription of ${name} is confirmed`,
      'open the link in the e-mail "AWS Notification - Subscription Confirmation"',
    )
  }
  return warning(`nobody hears of alarms: ${name} has no subscription`, subscribe)
}
