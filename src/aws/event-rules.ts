import {
  DescribeRuleCommand,
  EventBridgeClient,
  ListRuleNamesByTargetCommand,
  ListRulesCommand,
  ListTargetsByRuleCommand,
  ResourceNotFoundException,
} from '@aws-sdk/client-eventbridge'
import { type AwsTarget, maxAttempts, requestHandler } from './clients.ts'
import { unlessMissing } from './unless-missing.ts'

/** A rule on the default event bus. */
export interface EventRule {
  readonly name: string
  /** `ENABLED`, `ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS` or `DISABLED`. */
  readonly state: string
  /** `rate(…)` or `cron(…)`; undefined where the rule waits for events. */
  readonly schedule: string | undefined
}

export interface RuleReader {
  /** Undefined where there is no such rule. */
  readRule(name: string): Promise<EventRule | undefined>
  /** ARNs; empty where there is no such rule. */
  listTargets(ruleName: string): Promise<readonly string[]>
  /** Names of the rules that have that target. */
  listRulesOf(targetArn: string): Promise<readonly string[]>
  /** Rules with a schedule whose names begin so. */
  listSchedules(namePrefix: string): Promise<readonly EventRule[]>
}

export function ruleReader(target: AwsTarget): RuleReader {
  const client = new EventBridgeClient({ requestHandler, maxAttempts, ...target })
  return {
    async readRule(name) {
      const rule = await unlessMissing(ResourceNotFoundException, () =>
        client.send(new DescribeRuleCommand({ Name: name })),
      )
      return rule && { name, state: rule.State ?? 'of no known state', schedule: rule.ScheduleExpression }
    },

    async listTargets(ruleName) {
      const pages = await unlessMissing(ResourceNotFoundException, () =>
        allPages((token) => client.send(new ListTargetsByRuleCommand({ Rule: ruleName, NextToken: token }))),
      )
      return (pages ?? []).flatMap(({ Targets: targets = [] }) => targets.map(({ Arn: arn = '' }) => arn))
    },

    async listRulesOf(targetArn) {
      const pages = await allPages((token) =>
        client.send(new ListRuleNamesByTargetCommand({ TargetArn: targetArn, NextToken: token })),
      )
      return pages.flatMap(({ RuleNames: names = [] }) => names)
    },

    async listSchedules(namePrefix) {
      const pages = await allPages((token) =>
        client.send(new ListRulesCommand({ NamePrefix: namePrefix, NextToken: token })),
      )
      return pages
        .flatMap(({ Rules: rules = [] }) => rules)
        .map(({ Name: name = '', State: state = 'of no known state', ScheduleExpression: schedule }) => {
          return { name, state, schedule }
        })
        .filter(({ schedule }) => schedule !== undefined)
    },
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
