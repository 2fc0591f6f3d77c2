import {
  DescribeRuleCommand,
  EventBridgeClient,
  ListRuleNamesByTargetCommand,
  ListRulesCommand,
  ListTargetsByRuleCommand,
  ResourceNotFoundException,
} from '@aws-sdk/client-eventbridge'
import { GetTopicAttributesCommand, NotFoundException, SNSClient } from '@aws-sdk/client-sns'
import { QueueDoesNotExist, SQSClient } from '@aws-sdk/client-sqs'
import { MalformedResponseError } from '../errors.ts'
import { type AwsTarget, maxAttempts, requestHandler } from './clients.ts'
import { type QueueDepth, readQueueDepth } from './queue-depth.ts'
import { unlessMissing } from './unless-missing.ts'

/** A rule on the default event bus. */
export interface EventRule {
  readonly name: string
  /** `ENABLED`, `ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS` or `DISABLED`. */
  readonly state: string
  /** `rate(…)` or `cron(…)`; undefined where the rule waits for events. */
  readonly schedule: string | undefined
}

/** How many receive what is published to a topic. */
export interface TopicSubscriptions {
  readonly confirmed: number
  /** Whoever has not confirmed receives nothing. */
  readonly pending: number
}

/** The parts of a deployed stack, beside its functions. */
export interface StackReader {
  /** Undefined where there is no such rule. */
  readRule(name: string): Promise<EventRule | undefined>
  /** ARNs; empty where there is no such rule. */
  listTargets(ruleName: string): Promise<readonly string[]>
  /** Names of the rules that have that target. */
  listRulesOf(targetArn: string): Promise<readonly string[]>
  /** Rules with a schedule whose names begin so. */
  listSchedules(namePrefix: string): Promise<readonly EventRule[]>
  /** Undefined where there is no such queue. */
  readQueueDepth(queueName: string): Promise<QueueDepth | undefined>
  /** Undefined where there is no such topic. */
  readSubscriptions(topicArn: string): Promise<TopicSubscriptions | undefined>
}

export function stackReader(target: AwsTarget): StackReader {
  const options = { requestHandler, maxAttempts, ...target }
  const [events, sqs, sns] = [new EventBridgeClient(options), new SQSClient(options), new SNSClient(options)]
  return {
    async readRule(name) {
      const rule = await unlessMissing(ResourceNotFoundException, () =>
        events.send(new DescribeRuleCommand({ Name: name })),
      )
      return rule && { name, state: rule.State ?? 'of no known state', schedule: rule.ScheduleExpression }
    },

    async listTargets(ruleName) {
      const pages = await unlessMissing(ResourceNotFoundException, () =>
        allPages((token) => events.send(new ListTargetsByRuleCommand({ Rule: ruleName, NextToken: token }))),
      )
      return (pages ?? []).flatMap(({ Targets: targets = [] }) => targets.map(({ Arn: arn = '' }) => arn))
    },

    async listRulesOf(targetArn) {
      const pages = await allPages((token) =>
        events.send(new ListRuleNamesByTargetCommand({ TargetArn: targetArn, NextToken: token })),
      )
      return pages.flatMap(({ RuleNames: names = [] }) => names)
    },

    async listSchedules(namePrefix) {
      const pages = await allPages((token) =>
        events.send(new ListRulesCommand({ NamePrefix: namePrefix, NextToken: token })),
      )
      return pages
        .flatMap(({ Rules: rules = [] }) => rules)
        .map(({ Name: name = '', State: state = 'of no known state', ScheduleExpression: schedule }) => {
          return { name, state, schedule }
        })
        .filter(({ schedule }) => schedule !== undefined)
    },

    readQueueDepth: (queueName) => unlessMissing(QueueDoesNotExist, () => readQueueDepth(sqs, queueName)),

    readSubscriptions: (topicArn) =>
      unlessMissing(NotFoundException, async () => {
        const { Attributes: attributes } = await sns.send(new GetTopicAttributesCommand({ TopicArn: topicArn }))
        const [confirmed, pending] = [attributes?.SubscriptionsConfirmed, attributes?.SubscriptionsPending]
        if (confirmed !== undefined) return { confirmed: Number(confirmed), pending: Number(pending ?? 0) }
        throw new MalformedResponseError(`GetTopicAttributes: found no subscriptions in the answer for ${topicArn}`)
      }),
  }
}

/** The SDK has no paginators for these calls. */
async function allPages<Page extends { readonly NextToken?: string | undefined }>(
  load: (token: string | undefined) => Promise<Page>,
): Promise<readonly Page[]> {
  const pages: Page[] = []
  let token: string | undefined
  do {
    const page = await load(token)
    pages.push(page)
    token = page.NextToken
  } while (token !== undefined)
  return pages
}
