import { version } from '../../package.json'
import type { AwsTarget } from '../../src/aws/clients.ts'
import { functionReader } from '../../src/aws/deployed-functions.ts'
import { type StackReader, stackReader } from '../../src/aws/deployed-stack.ts'
import { settingsOf } from '../stack-settings.ts'
import {
  checkAlarmTopic,
  checkConcurrency,
  checkDeadLetters,
  checkEventSource,
  checkFunction,
  checkQueue,
  checkRule,
  checkSchedule,
  checkVersion,
} from './check-parts.ts'
import { checkSameSettings } from './check-settings.ts'
import { answerOf, type Finding, failure, judge, named, ok, type Verdict } from './finding.ts'
import {
  forwardingTarget,
  type Part,
  type RuleTarget,
  ruleTargets,
  type StackPlace,
  scheduleName,
  stackParts,
} from './stack-parts.ts'
import type { StackRemedies } from './stack-remedies.ts'

/**
 * Checks the deployed stack, part by part; where nothing is deployed, that is all it says.
 *
 * @param deployed the environment that is taken for that of all functions; undefined where none is there
 * @param unknown remedies for where none of the functions is there to tell what the stack was deployed with
 */
export async function checkStack(
  target: AwsTarget,
  known: StackPlace,
  unknown: StackRemedies,
  deployed: Readonly<Record<string, string>> | undefined,
): Promise<readonly Finding[]> {
  const [lambda, stack, parts] = [functionReader(target), stackReader(target), stackParts(known)]
  const { roleEvent, scheduledSweep, backfill, dashboardWidget, roleEventQueue, deadLetterQueue, alarmTopic } = parts
  const { hasTelemetry } = known
  const ofTelemetry = hasTelemetry ? [dashboardWidget] : []
  const names = [roleEvent, scheduledSweep, backfill, ...ofTelemetry].map(({ name }) => name)
  const states = await Promise.all(
    names.map(async (name) => ({
      name,
      answer: await answerOf('lambda:GetFunctionConfiguration', () => lambda.readFunction(name)),
    })),
  )
  const isWithoutFunctions = states.every(({ answer }) => answer.kind === 'read' && answer.value === undefined)
  const readDepth = ({ name }: Part) =>
    answerOf('sqs:GetQueueUrl or sqs:GetQueueAttributes', () => stack.readQueueDepth(name))
  const readTopic = () => answerOf('sns:GetTopicAttributes', () => stack.readSubscriptions(alarmTopic.arn))
  if (isWithoutFunctions) {
    const rule = answerOf('events:DescribeRule', () => stack.readRule(parts.roleEventRule.name))
    const others = await Promise.all([rule, readDepth(roleEventQueue), readTopic()])
    if (!others.some((answer) => answer.kind === 'read' && answer.value !== undefined)) {
      const message = `the stack ${known.stackName} is not deployed in ${known.region}`
      return named('stack', [failure(message, `${known.remedies.deploy} (docs/deploying.md, "The steps")`)])
    }
  }
  const place = isWithoutFunctions ? { ...known, remedies: unknown } : known
  const leads = ruleTargets(parts)
  const checks: Readonly<Record<string, () => Promise<readonly Verdict[]>>> = {
    functions: async () => {
      const verdicts = states.flatMap(({ name, answer }) =>
        judge('the functions', answer, (state) => checkFunction(name, state, place)),
      )
      const listed = hasTelemetry ? 'scheduled-sweep, backfill and dashboard-widget' : 'scheduled-sweep and backfill'
      const edited = states.flatMap(({ name, answer }) =>
        deployed !== undefined && answer.kind === 'read' && answer.value !== undefined
          ? checkSameSettings(name, settingsOf(answer.value.environment), settingsOf(deployed), place)
          : [],
      )
      return summed([...verdicts, ...edited], `role-event, ${listed} are active`)
    },
    // What a function that cannot be read keeps to itself, the check before says.
    version: async () => {
      const there = states.flatMap(({ answer }) =>
        answer.kind === 'read' && answer.value ? [answer.value.environment.VERSION] : [],
      )
      return there.length === 0 ? [] : [checkVersion(there, version, place)]
    },
    concurrency: async () => {
      const verdicts = names.map(async (name) => {
        const answer = await answerOf('lambda:GetFunctionConcurrency', () => lambda.readReservedConcurrency(name))
        return judge('the reserved concurrency', answer, (reserved) => checkConcurrency(name, reserved, place))
      })
      return summed((await Promise.all(verdicts)).flat(), 'no function is switched off by a reserved concurrency of 0')
    },
    'role-event-rule': () => examineRule(stack, parts.roleEventRule.name, leads.roleEventRule, place),
    'parameter-rule': () => examineRule(stack, parts.parameterRule.name, leads.parameterRule, place),
    // A rule that is off makes the hub take the account for silent, and says so nowhere else.
    'forwarding-rule': async () =>
      place.hubBusArn === ''
        ? []
        : examineRule(stack, parts.forwardingRule.name, forwardingTarget(place, parts), place),
    schedule: () => examineSchedule(stack, leads.schedule, place),
    'event-source': async () => {
      const { name } = roleEvent
      const answer = await answerOf('lambda:ListEventSourceMappings', () => lambda.listEventSources(name))
      return judge('the event source', answer, (sources) => checkEventSource(name, roleEventQueue, sources, place))
    },
    queue: async () => {
      const { name } = roleEventQueue
      return judge(`the queue ${name}`, await readDepth(roleEventQueue), (depth) => checkQueue(name, depth, place))
    },
    'dead-letters': async () =>
      judge(`the queue ${deadLetterQueue.name}`, await readDepth(deadLetterQueue), (depth) =>
        checkDeadLetters(deadLetterQueue, roleEventQueue, depth, place),
      ),
    'alarm-topic': async () => {
      if (!hasTelemetry) return []
      return judge('the alarm topic', await readTopic(), (found) => checkAlarmTopic(alarmTopic, found, place))
    },
  }
  const found = await Promise.all(Object.entries(checks).map(async ([check, run]) => named(check, await run())))
  return found.flat()
}

async function examineRule(stack: StackReader, name: string, leadsTo: RuleTarget, place: StackPlace) {
  const answer = await answerOf('events:DescribeRule or events:ListTargetsByRule', async () => ({
    rule: await stack.readRule(name),
    targets: await stack.listTargets(name),
  }))
  return judge(`the rule ${name}`, answer, ({ rule, targets }) => checkRule(name, leadsTo, rule, targets, place))
}

async function examineSchedule(stack: StackReader, leadsTo: RuleTarget, place: StackPlace) {
  const answer = await answerOf('events:ListRuleNamesByTarget or events:DescribeRule', async () => {
    const names = await stack.listRulesOf(leadsTo.part.arn)
    const rules = (await Promise.all(names.map(stack.readRule))).filter((rule) => rule !== undefined)
    const isThere = rules.some(({ schedule }) => schedule !== undefined)
    return { rules, strayed: isThere ? [] : await stack.listSchedules(scheduleName(place)) }
  })
  return judge('the schedule', answer, ({ rules, strayed }) => checkSchedule(leadsTo, rules, strayed, place))
}

/** One line where all is well; else what is not, each said once. */
function summed(verdicts: readonly Verdict[], allWell: string): readonly Verdict[] {
  const others = new Map(verdicts.filter(({ level }) => level !== 'ok').map((verdict) => [verdict.message, verdict]))
  return others.size === 0 ? [ok(allWell)] : [...others.values()]
}
