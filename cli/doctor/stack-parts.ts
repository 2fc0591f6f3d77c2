import { OWN_ROLES_PATH } from '../../src/role/scope.ts'
import type { StackRemedies } from './stack-remedies.ts'

/** Where a stack is, or would be. */
export interface StackPlace {
  /** Of the stack; the names of its parts begin with it. */
  readonly stackName: string
  readonly partition: string
  readonly region: string
  readonly account: string
  /** Whether it was deployed with its own dashboard and alarms. */
  readonly hasTelemetry: boolean
  /** The bus that all of its events are handed on to; empty where there is none. */
  readonly hubBusArn: string
  readonly remedies: StackRemedies
}

/** The names and ARNs of the parts of a stack, as serverless.yml and infra/ give them. */
export interface StackParts {
  readonly roleEvent: Part
  readonly scheduledSweep: Part
  readonly backfill: Part
  readonly dashboardWidget: Part
  readonly roleEventRule: Part
  readonly parameterRule: Part
  readonly forwardingRule: Part
  readonly roleEventQueue: Part
  readonly deadLetterQueue: Part
  readonly alarmTopic: Part
}

export interface Part {
  readonly name: string
  readonly arn: string
}

export function stackParts({
  stackName,
  partition,
  region,
  account,
}: Pick<StackPlace, 'stackName' | 'partition' | 'region' | 'account'>): StackParts {
  const part = (service: string, kind: string, suffix: string): Part => {
    const name = `${stackName}-${suffix}`
    return { name, arn: `arn:${partition}:${service}:${region}:${account}:${kind}${name}` }
  }
  return {
    roleEvent: part('lambda', 'function:', 'role-event'),
    scheduledSweep: part('lambda', 'function:', 'scheduled-sweep'),
    backfill: part('lambda', 'function:', 'backfill'),
    dashboardWidget: part('lambda', 'function:', 'dashboard-widget'),
    roleEventRule: part('events', 'rule/', 'role-events'),
    parameterRule: part('events', 'rule/', 'parameter-changes'),
    forwardingRule: part('events', 'rule/', 'forward'),
    roleEventQueue: part('sqs', '', 'role-events'),
    deadLetterQueue: part('sqs', '', 'dead-letters'),
    alarmTopic: part('sns', '', 'alarms'),
  }
}

/** What the generated name of the schedule's rule begins with: that of the stack, and of the function in the template. */
export function scheduleName({ stackName }: Pick<StackPlace, 'stackName'>): string {
  return `${stackName}-Scheduled`
}

/** What a rule of the stack leads to, as the template has it. */
export interface RuleTarget {
  readonly id: string
  readonly part: Part
  /** Seconds and attempts after which an event is given up; undefined: by EventBridge's default. */
  readonly retry?: { readonly seconds: number; readonly attempts: number }
  readonly deadLetters?: Part
  /** ARN of the role that EventBridge takes on to hand an event over; undefined: none. */
  readonly role?: string
}

export interface RuleTargets {
  readonly roleEventRule: RuleTarget
  readonly parameterRule: RuleTarget
  readonly schedule: RuleTarget
}

const RETRY = { seconds: 3600, attempts: 185 }

/** The targets by the rules of infra/rule.yml and infra/parameter-rule.yml, and of the schedule, whose target osls names. */
export function ruleTargets({ roleEventQueue, deadLetterQueue, scheduledSweep }: StackParts): RuleTargets {
  return {
    roleEventRule: { id: 'role-event-queue', part: roleEventQueue, retry: RETRY, deadLetters: deadLetterQueue },
    parameterRule: { id: 'scheduled-sweep', part: scheduledSweep, retry: RETRY },
    schedule: { id: 'scheduled-sweepSchedule', part: scheduledSweep },
  }
}

/** The target of infra/forwarding.yml. */
export function forwardingTarget(
  { stackName, partition, account, hubBusArn }: Pick<StackPlace, 'stackName' | 'partition' | 'account' | 'hubBusArn'>,
  { deadLetterQueue }: StackParts,
): RuleTarget {
  return {
    id: 'hub',
    part: { name: hubBusArn, arn: hubBusArn },
    deadLetters: deadLetterQueue,
    role: `arn:${partition}:iam::${account}:role${OWN_ROLES_PATH}${stackName}-forward`,
  }
}

/** The target in the shorthand of the AWS CLI. */
export function targetText({ id, part, retry, deadLetters, role }: RuleTarget): string {
  return [
    `Id=${id},Arn=${part.arn}`,
    ...(role === undefined ? [] : [`RoleArn=${role}`]),
    ...(retry === undefined
      ? []
      : [`RetryPolicy={MaximumEventAgeInSeconds=${retry.seconds},MaximumRetryAttempts=${retry.attempts}}`]),
    ...(deadLetters === undefined ? [] : [`DeadLetterConfig={Arn=${deadLetters.arn}}`]),
  ].join(',')
}
