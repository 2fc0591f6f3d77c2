import type { Part, StackParts } from './stack-parts.ts'

/** What a rule of the stack leads to, as the template has it. */
export interface RuleTarget {
  readonly id: string
  readonly part: Part
  /** Seconds and attempts after which an event is given up; undefined: by EventBridge's default. */
  readonly retry?: { readonly seconds: number; readonly attempts: number }
  readonly deadLetters?: Part
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

/** The target in the shorthand of the AWS CLI. */
export function targetText({ id, part, retry, deadLetters }: RuleTarget): string {
  return [
    `Id=${id},Arn=${part.arn}`,
    ...(retry === undefined
      ? []
      : [`RetryPolicy={MaximumEventAgeInSeconds=${retry.seconds},MaximumRetryAttempts=${retry.attempts}}`]),
    ...(deadLetters === undefined ? [] : [`DeadLetterConfig={Arn=${deadLetters.arn}}`]),
  ].join(',')
}
