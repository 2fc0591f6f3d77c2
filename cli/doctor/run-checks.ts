import type { SettingsFile } from '../../src/config/settings-file.ts'
import { deploymentWith } from '../session/deployment.ts'
import type { Session } from '../session/session.ts'
import { type Settings, stageSettings } from '../session/settings.ts'
import type { StackTags } from '../session/stack-tags.ts'
import { eventRegionOf, wrongRegion } from '../session/wrong-region.ts'
import { checkAccess } from './check-access.ts'
import { checkMode } from './check-mode.ts'
import { checkRoles } from './check-roles.ts'
import { checkSettings } from './check-settings.ts'
import { checkSid } from './check-sid.ts'
import { checkStack } from './check-stack.ts'
import { checkTrailsOf } from './check-trails.ts'
import { type Answer, answerOf, type Finding, failure, named, ok, unchecked, type Verdict, warning } from './finding.ts'
import { type StackRemedies, stackRemedies } from './stack-remedies.ts'

export interface CheckOptions {
  /** Whether to check the stack. */
  readonly stack: boolean
  readonly now: Date
}

/**
 * Checks all that the system needs to work, at once; the findings come in a fixed order.
 *
 * @throws what keeps everything from being checked: no credentials, or settings that are wrong. What AWS denies to a
 *   single check is a finding
 */
export async function runChecks(session: Session, { stack, now }: CheckOptions): Promise<readonly Finding[]> {
  const [asked, caller] = [await session.asked(), await session.caller()]
  const settings = await answerOf('lambda:GetFunctionConfiguration', session.settings)
  if (settings.kind === 'fault') throw settings.error
  const { partition, region, account, target } = caller
  const scope = { ...session.scope, region: regionOption(region, session.terminal.environment) }
  const deployed = stack && settings.kind === 'read' ? await session.deployed() : undefined
  const isDeployed = deployed !== undefined
  const tags = await answerOf('lambda:ListTags', async () => (isDeployed ? session.deployedTags() : undefined))
  const file = stageSettings(scope.stage)
  const values = settings.kind === 'read' ? inForce(settings.value, isDeployed, tags, file) : undefined
  const releasedAs = isDeployed && tags.kind === 'read' ? tags.value?.releasedAs : undefined
  const released = releasedAs === undefined ? undefined : { name: releasedAs, region }
  const remedies = stackRemedies(scope, region, deploymentWith(scope, file, values, released))
  const unknown = stackRemedies(scope, region, deploymentWith(scope, file, undefined, undefined))
  const place = {
    stackName: session.stackName,
    partition,
    region,
    account,
    hasTelemetry: values?.accountTelemetry !== 'false',
    hubBusArn: values?.hubBusArn ?? '',
    remedies,
  }
  const findings = await Promise.all([
    named('region', [checkRegion(asked.region, partition), ...checkRegionAllowed(region, settings)]),
    checkTrailsOf(caller, remedies).then((verdicts) => named('trail', verdicts)),
    checkAccess(caller, settings, remedies, now),
    // What CloudFormation alone deploys takes no file.
    named(
      'settings',
      isDeployed && !released && values ? checkDeployed(scope.stage, file, values, tags, partition, remedies) : [],
    ),
    stack
      ? checkStack(target, place, unknown, deployed)
      : named('stack', [warning('the stack is not checked', 'leave out --no-stack')]),
    stack && settings.kind === 'read' && !settings.value.isFallback
      ? checkMode(target, settings.value.config, place).then((verdicts) => named('mode', verdicts))
      : [],
    stack && settings.kind === 'read' && !settings.value.isFallback
      ? checkSid(session, target, settings.value.config.sid, place).then((verdicts) => named('sid', verdicts))
      : [],
    checkRoles(session, settings, remedies),
  ])
  return findings.flat()
}

/** All settings that the stack has, or would have: a first one only reports, where no file says what is wanted. */
function inForce(
  { values }: Settings,
  isDeployed: boolean,
  tags: Answer<StackTags | undefined>,
  file: SettingsFile,
): Readonly<Record<string, string>> {
  if (!isDeployed) return file.kind === 'missing' ? { ...values, mode: 'report' } : values
  const { tags: _, ...others } = values
  return tags.kind === 'read' && tags.value !== undefined ? { ...others, tags: tags.value.tags } : others
}

function checkDeployed(
  stage: string,
  file: SettingsFile,
  values: Readonly<Record<string, string>>,
  tags: Answer<StackTags | undefined>,
  partition: string,
  remedies: StackRemedies,
): readonly Verdict[] {
  const unread = tags.kind === 'read' ? [] : [unchecked('the tags of the stack', tags)]
  return [...unread, ...checkSettings(stage, file, values, partition, remedies)]
}

/** Undefined where osls takes the region without being told (infra/region.cjs). */
function regionOption(region: string, environment: Readonly<Record<string, string | undefined>>): string | undefined {
  const { AWS_REGION, AWS_DEFAULT_REGION } = environment
  return region === (AWS_REGION ?? AWS_DEFAULT_REGION ?? 'us-east-1') ? undefined : region
}

/**
 * Whether a stack can live in the region that was asked for: a rule for IAM's events fires in one region of a partition
 * only. Where it cannot, the other checks are of that one.
 */
export function checkRegion(region: string, partition: string): Verdict {
  if (eventRegionOf(partition) === undefined) {
    return warning(
      `it is not known where IAM's events arrive in the partition ${partition}`,
      'see the IAM User Guide, "Monitor IAM events with EventBridge"',
    )
  }
  const problem = wrongRegion({ partition, region })
  if (problem === undefined) return ok(`IAM's events arrive in ${region}`)
  return failure(problem.message, problem.remedy)
}

/**
 * Whether a service control policy keeps Lambda out of the stack's region, as those that deny regions may: no function
 * could live there (Organizations User Guide, "Deny access to AWS based on the requested AWS Region").
 *
 * @param settings as they were asked of a function there
 */
function checkRegionAllowed(region: string, settings: Answer<unknown>): readonly Verdict[] {
  if (settings.kind !== 'denied' || !/service control policy/.test(settings.deniedBy ?? '')) return []
  return [
    failure(
      `a service control policy denies ${settings.permission} in ${region}: if it is one that denies regions, the stack cannot live there`,
      `let that policy except ${region} (docs/organization.md, "What can go wrong")`,
    ),
  ]
}
