import type { AwsTarget } from '../../src/aws/clients.ts'
import { functionReader } from '../../src/aws/deployed-functions.ts'
import { ruleReader } from '../../src/aws/event-rules.ts'
import { queueDepthReader } from '../../src/aws/queue-depth.ts'
import { topicReader } from '../../src/aws/topic-subscriptions.ts'
import { answerOf, judge } from './answer.ts'
import { checkAlarmTopic } from './check-alarm-topic.ts'
import { checkConcurrency, checkEventSource, checkFunction } from './check-functions.ts'
import { checkDeadLetters, checkQueue } from './check-queues.ts'
import { checkRule, checkSchedule } from './check-rules.ts'
import { type Finding, failure, ok, type Verdict } from './finding.ts'
import { type RuleTarget, ruleTargets } from './rule-targets.ts'
import { type Part, type StackParts, type StackPlace, scheduleName, stackParts } from './stack-parts.ts'
import type { StackRemedies } from './stack-remedies.ts'

/**
 * Examines the deployed stack, part by part; where nothing is deployed, that is all it says.
 *
 * @param unknown remedies for where none of the functions is there to tell what the stack was deployed with
 */
export async function examineStack(
  target: AwsTarget,
  known: StackPlace,
  unknown: StackRemedies,
): Promise<readonly Finding[]> {
  const parts = stackParts(known)
  const functions = [parts.roleEvent, parts.scheduledSweep, parts.backfill]
  const reader = functionReader(target)
  const states = await Promise.all(
    functions.map(async ({ name }) => ({
      name,
      answer: await answerOf('lambda:GetFunctionConfiguration', () => reader.readFunction(name)),
    })),
  )
  const isWithoutFunctions = states.every(({ answer }) => answer.kind === 'read' && answer.value === undefined)
  if (isWithoutFunctions && !(await hasOtherParts(target, parts))) {
    const message = `the stack ${known.stackName} is not deployed in ${known.region}`
    return [{ check: 'stack', ...failure(message, known.remedies.deploy) }]
  }
  const place = isWithoutFunctions ? { ...known, remedies: unknown } : known
  const verdicts = states.flatMap(({ name, answer }) =>
    judge('the functions', answer, (state) => checkFunction(name, state, place)),
  )
  const checks: readonly [string, readonly Verdict[] | Promise<readonly Verdict[]>][] = [
    ['functions', summed(verdicts, 'role-event, scheduled-sweep and backfill are active')],
    ['concurrency', examineConcurrency(target, functions, place)],
    ...examineRules(target, place),
    ['event-source', examineEventSource(target, place)],
    ...examineQueues(target, place),
    ['alarm-topic', examineTopic(target, place)],
  ]
  const found = await Promise.all(
    checks.map(async ([check, verdicts]) => (await verdicts).map((verdict) => ({ check, ...verdict }))),
  )
  return found.flat()
}

/** Whether anything is left of a stack without functions. */
async function hasOtherParts(target: AwsTarget, parts: StackParts): Promise<boolean> {
  const answers = await Promise.all([
    answerOf('events:DescribeRule', () => ruleReader(target).readRule(parts.roleEventRule.name)),
    answerOf('sqs:GetQueueUrl', () => queueDepthReader(target)(parts.roleEventQueue.name)),
    answerOf('sns:GetTopicAttributes', () => topicReader(target)(parts.alarmTopic.arn)),
  ])
  return answers.some((answer) => answer.kind === 'read' && answer.value !== undefined)
}

async function examineConcurrency(target: AwsTarget, functions: readonly Part[], place: StackPlace) {
  const { readReservedConcurrency } = functionReader(target)
  const verdicts = await Promise.all(
    functions.map(async ({ name }) => {
      const answer = await answerOf('lambda:GetFunctionConcurrency', () => readReservedConcurrency(name))
      return judge('the reserved concurrency', answer, (reserved) => checkConcurrency(name, reserved, place))
    }),
  )
  return summed(verdicts.flat(), 'no function is switched off by a reserved concurrency of 0')
}

async function examineEventSource(target: AwsTarget, place: StackPlace) {
  const { roleEvent, roleEventQueue } = stackParts(place)
  const { listEventSources } = functionReader(target)
  const answer = await answerOf('lambda:ListEventSourceMappings', () => listEventSources(roleEvent.name))
  return judge('the event source', answer, (sources) =>
    checkEventSource(roleEvent.name, roleEventQueue, sources, place),
  )
}

function examineRules(target: AwsTarget, place: StackPlace): [string, Promise<readonly Verdict[]>][] {
  const parts = stackParts(place)
  const { roleEventRule, parameterRule, scheduledSweep } = parts
  const leads = ruleTargets(parts)
  const reader = ruleReader(target)
  const examine = async (rule: Part, leadsTo: RuleTarget) => {
    const answer = await answerOf('events:DescribeRule or events:ListTargetsByRule', async () => ({
      found: await reader.readRule(rule.name),
      targets: await reader.listTargets(rule.name),
    }))
    const what = `the rule ${rule.name}`
    return judge(what, answer, ({ found, targets }) => checkRule(rule.name, leadsTo, found, targets, place))
  }
  const schedule = async () => {
    const answer = await answerOf('events:ListRuleNamesByTarget or events:DescribeRule', async () => {
      const names = await reader.listRulesOf(scheduledSweep.arn)
      const found = await Promise.all(names.map(reader.readRule))
      const rules = found.filter((rule) => rule !== undefined)
      const isThere = rules.some(({ schedule }) => schedule !== undefined)
      return { rules, strayed: isThere ? [] : await reader.listSchedules(scheduleName(place)) }
    })
    return judge('the schedule', answer, ({ rules, strayed }) => checkSchedule(leads.schedule, rules, strayed, place))
  }
  return [
    ['role-event-rule', examine(roleEventRule, leads.roleEventRule)],
    ['parameter-rule', examine(parameterRule, leads.parameterRule)],
    ['schedule', schedule()],
  ]
}

function examineQueues(target: AwsTarget, place: StackPlace): [string, Promise<readonly Verdict[]>][] {
  const { roleEventQueue: queue, deadLetterQueue: deadLetters } = stackParts(place)
  const readDepth = queueDepthReader(target)
  const ask = ({ name }: Part) => answerOf('sqs:GetQueueUrl or sqs:GetQueueAttributes', () => readDepth(name))
  return [
    [
      'queue',
      ask(queue).then((answer) =>
        judge(`the queue ${queue.name}`, answer, (depth) => checkQueue(queue.name, depth, place)),
      ),
    ],
    [
      'dead-letters',
      ask(deadLetters).then((answer) =>
        judge(`the queue ${deadLetters.name}`, answer, (depth) => checkDeadLetters(deadLetters, queue, depth, place)),
      ),
    ],
  ]
}

async function examineTopic(target: AwsTarget, place: StackPlace) {
  const { alarmTopic } = stackParts(place)
  const answer = await answerOf('sns:GetTopicAttributes', () => topicReader(target)(alarmTopic.arn))
  return judge('the alarm topic', answer, (subscriptions) => checkAlarmTopic(alarmTopic, subscriptions, place))
}

/** One line where all is well; else what is not, each said once. */
function summed(verdicts: readonly Verdict[], allWell: string): readonly Verdict[] {
  const others = new Map(verdicts.filter(({ level }) => level !== 'ok').map((verdict) => [verdict.message, verdict]))
  return others.size === 0 ? [ok(allWell)] : [...others.values()]
}
