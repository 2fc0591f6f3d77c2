import type { EventRule } from '../../src/aws/event-rules.ts'
import { failure, ok, type Verdict } from './finding.ts'
import { type RuleTarget, targetText } from './rule-targets.ts'
import type { StackPlace } from './stack-parts.ts'
import type { StackRemedies } from './stack-remedies.ts'

/** Whether a rule is on and leads where it should. */
export function checkRule(
  name: string,
  target: RuleTarget,
  rule: EventRule | undefined,
  targets: readonly string[],
  { remedies }: StackPlace,
): Verdict {
  if (rule === undefined) return failure(`the rule ${name} is missing`, remedies.rebuild)
  const leads = targets.includes(target.part.arn)
  if (!leads) {
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
 * @param strayed of the stack, by a schedule, with another target or none; looked for only where no other is there
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
  const off = schedules[0]
  if (off !== undefined)
    return failure(`the schedule ${off.name} of ${sweep} is ${off.state}`, enable(off.name, remedies))
  const [lost] = strayed
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
