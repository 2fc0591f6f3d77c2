import type { EventSource, FunctionState } from '../../src/aws/deployed-functions.ts'
import type { EventRule, TopicSubscriptions } from '../../src/aws/deployed-stack.ts'
import type { QueueDepth } from '../../src/aws/queue-depth.ts'
import { countOf } from '../session/count-of.ts'
import { failure, ok, type Verdict, warning } from './finding.ts'
import { type Part, type RuleTarget, type StackPlace, targetText } from './stack-parts.ts'
import type { StackRemedies } from './stack-remedies.ts'

// What is found of a part of the stack is undefined where the part is missing.

/** Whether Lambda can run a function as it was last deployed. */
export function checkFunction(name: string, found: FunctionState | undefined, { remedies }: StackPlace): Verdict {
  if (found === undefined) return failure(`the function ${name} is missing`, remedies.rebuild)
  const { state, lastUpdate, reason } = found
  const why = reason === undefined ? '' : `: ${reason}`
  if (lastUpdate === 'Failed') return failure(`the latest deployment of ${name} failed${why}`, remedies.deployAnew)
  if (state === 'Pending' || lastUpdate === 'InProgress') return warning(`the function ${name} is being deployed`, WAIT)
  if (state !== 'Active') return failure(`the function ${name} is ${state}${why}`, remedies.deployAnew)
  return ok(`the function ${name} is active`)
}

const WAIT = 'wait a minute, and run doctor again'

/**
 * Whether the stack is of the same version as the command line, whose plans and checks may differ else.
 *
 * @param found of each function that is there; undefined of one that is older than the variable that says it
 * @param own of the command line
 */
export function checkVersion(found: readonly (string | undefined)[], own: string, { remedies }: StackPlace): Verdict {
  const [other] = found.filter((version) => version !== own)
  if (found.every((version) => version === own)) return ok(`version ${own} is deployed, that of this command line`)
  if (other === undefined) {
    return warning(`the stack does not say its version: it is older than this command line, ${own}`, remedies.deploy)
  }
  const isNewer = other.localeCompare(own, 'en', { numeric: true }) > 0
  return warning(
    `version ${other} is deployed, and this command line is ${own}`,
    isNewer ? `run the command line of version ${other}` : remedies.deploy,
  )
}

/** Whether somebody switched a function off: with a reserved concurrency of 0, Lambda never runs it. */
export function checkConcurrency(name: string, reserved: number | undefined, { remedies }: StackPlace): Verdict {
  if (reserved !== 0) return ok(`${name} may run`)
  return failure(
    `the reserved concurrency of ${name} is 0: it never runs`,
    remedies.aws('lambda delete-function-concurrency', '--function-name', name),
  )
}

/** Whether Lambda hands what is on the queue to the function. */
export function checkEventSource(
  functionName: string,
  queue: Part,
  sources: readonly EventSource[],
  { remedies }: StackPlace,
): Verdict {
  const source = sources.find(({ arn }) => arn === queue.arn)
  if (source === undefined) return failure(`nothing hands the queue ${queue.name} to ${functionName}`, remedies.rebuild)
  switch (source.state) {
    case 'Enabled':
      return ok(`${functionName} reads the queue ${queue.name}`)
    case 'Creating':
    case 'Enabling':
    case 'Updating':
      return warning(`${functionName} is about to read the queue ${queue.name}`, WAIT)
    default:
      return failure(
        `${functionName} does not read the queue ${queue.name}: the event source is ${source.state}`,
        remedies.aws('lambda update-event-source-mapping', '--uuid', source.uuid, '--enabled'),
      )
  }
}

/** Whether a rule is on and leads where it should. */
export function checkRule(
  name: string,
  target: RuleTarget,
  rule: EventRule | undefined,
  targets: readonly string[],
  { remedies }: StackPlace,
): Verdict {
  if (rule === undefined) return failure(`the rule ${name} is missing`, remedies.rebuild)
  if (!targets.includes(target.part.arn)) {
    const both = isOn(rule) ? '' : ` and is ${rule.state}`
    return failure(`the rule ${name} does not lead to ${target.part.name}${both}`, repair(rule, target, remedies))
  }
  if (!isOn(rule)) return failure(`the rule ${name} is ${rule.state}`, enable(name, remedies))
  return ok(`the rule ${name} is on and leads to ${target.part.name}`)
}

/**
 * Whether a schedule starts the sweep. The name of its rule is generated, so it is known by its target.
 *
 * @param rules all that have the sweep as a target
 * @param strayed rules of the stack with a schedule, and with another target or none; looked for only where no other is there
 */
export function checkSchedule(
  target: RuleTarget,
  rules: readonly EventRule[],
  strayed: readonly EventRule[],
  { remedies }: StackPlace,
): Verdict {
  const sweep = target.part.name
  const schedules = rules.filter(({ schedule }) => schedule !== undefined)
  const on = schedules.find(isOn)
  if (on !== undefined) return ok(`${on.schedule} starts ${sweep}`)
  const [[off], [lost]] = [schedules, strayed]
  if (off !== undefined)
    return failure(`the schedule ${off.name} of ${sweep} is ${off.state}`, enable(off.name, remedies))
  if (lost === undefined) return failure(`no schedule starts ${sweep}`, remedies.rebuild)
  return failure(`the schedule ${lost.name} does not lead to ${sweep}`, repair(lost, target, remedies))
}

function isOn({ state }: EventRule): boolean {
  return state.startsWith('ENABLED')
}

function enable(name: string, { aws }: StackRemedies): string {
  return aws('events enable-rule', '--name', name)
}

function repair(rule: EventRule, target: RuleTarget, remedies: StackRemedies): string {
  const put = remedies.aws('events put-targets', '--rule', rule.name, '--targets', targetText(target))
  return isOn(rule) ? put : `${put}, then ${enable(rule.name, remedies)}`
}

/** How much waits for role-event. No number is too high by itself: a sweep may hand on every role of an account. */
export function checkQueue(name: string, depth: QueueDepth | undefined, { remedies }: StackPlace): Verdict {
  if (depth === undefined) return failure(`the queue ${name} is missing`, remedies.rebuild)
  const { waiting, inFlight, delayed } = depth
  if (waiting + inFlight + delayed === 0) return ok(`the queue ${name} is empty`)
  return ok(`the queue ${name} holds ${waiting} waiting, ${inFlight} in flight, ${delayed} delayed`)
}

/** Whether any event was given up. */
export function checkDeadLetters(
  { name, arn }: Part,
  queue: Part,
  depth: QueueDepth | undefined,
  place: StackPlace,
): Verdict {
  const { stackName, hubBusArn, remedies } = place
  const messages = depth === undefined ? 0 : depth.waiting + depth.inFlight + depth.delayed
  if (messages === 0) return checkQueue(name, depth, place)
  const [orHub, look] =
    hubBusArn === ''
      ? ['', '']
      : [', or that the hub did not take', 'see which of these they are: where role events failed, ']
  return failure(
    `${name} holds ${countOf(messages, 'message')}: events that failed several times${orHub}`,
    `${look}fix what the log of ${stackName}-role-event names, then ${remedies.aws('sqs start-message-move-task', '--source-arn', arn, '--destination-arn', queue.arn)} (docs/operating.md, "A message in the dead-letter queue")`,
  )
}

/** Whether anybody is told of the alarms. */
export function checkAlarmTopic(
  { name, arn }: Part,
  found: TopicSubscriptions | undefined,
  { remedies: { aws } }: StackPlace,
): Verdict {
  const subscribe = `${aws('sns subscribe', '--topic-arn', arn, '--protocol', 'email', '--notification-endpoint', 'you@example.com')}, and confirm the e-mail`
  // A new topic of the same name has the same ARN: the alarms, and CloudFormation, find it again.
  if (found === undefined)
    return failure(`the topic ${name} is missing`, `${aws('sns create-topic', '--name', name)}, then ${subscribe}`)
  const { confirmed, pending } = found
  if (confirmed > 0) return ok(`the alarm topic ${name} has ${countOf(confirmed, 'subscription')}`)
  if (pending === 0) return warning(`nobody is subscribed to the alarms: ${name} has no subscription`, subscribe)
  return warning(
    `nobody is subscribed to the alarms: no subscription of ${name} is confirmed`,
    'open the link in the e-mail "AWS Notification - Subscription Confirmation"',
  )
}
