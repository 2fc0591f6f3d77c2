import type { EventRule } from '../../src/aws/event-rules.ts'
import { failure, ok, type Verdict } from './finding.ts'
import type { Part, StackPlace } from './stack-parts.ts'

/** Whether a rule is on and leads where it should. */
export function checkRule(
  name: string,
  target: Part,
  rule: EventRule | undefined,
  targets: readonly string[],
  { region, deploy }: StackPlace,
): Verdict {
  if (rule === undefined) return failure(`the rule ${name} is missing`, `\`${deploy}\``)
  if (!isOn(rule)) return failure(`the rule ${name} is ${rule.state}`, enable(name, region))
  if (!targets.includes(target.arn)) return failure(`the rule ${name} does not lead to ${target.name}`, `\`${deploy}\``)
  return ok(`the rule ${name} is on and leads to ${target.name}`)
}

/**
 * Whether a schedule starts the sweep. The name of its rule is generated, so it is known by its target.
 *
 * @param rules all that have the sweep as a target
 */
export function checkSchedule(sweep: string, rules: readonly EventRule[], { region, deploy }: StackPlace): Verdict {
  const schedules = rules.filter(({ schedule }) => schedule !== undefined)
  const on = schedules.find(isOn)
  if (on !== undefined) return ok(`${on.schedule} starts ${sweep}`)
  const off = schedules[0]
  if (off === undefined) return failure(`no schedule starts ${sweep}`, `\`${deploy}\``)
  return failure(`the schedule ${off.name} of ${sweep} is ${off.state}`, enable(off.name, region))
}

function isOn({ state }: EventRule): boolean {
  return state.startsWith('ENABLED')
}

function enable(name: string, region: string): string {
  return `\`aws events enable-rule --region ${region} --name ${name}\``
}
