import { checkTrailsOf } from '../cli/doctor/check-trails.ts'
import type { Level, Verdict } from '../cli/doctor/finding.ts'
import { stackRemedies } from '../cli/doctor/stack-remedies.ts'
import { deploymentWith } from '../cli/session/deployment.ts'
import { ConfigurationError } from '../src/errors.ts'
import type { Account } from './account.ts'
import type { Options } from './options.ts'
import type { Run } from './run-names.ts'

/**
 * What doctor says of the account's trails.
 *
 * @throws ConfigurationError where none records the calls of IAM: no event would ever come, so a run could not tell
 *   whether the system works. How to make one is said; a run makes none, since a trail costs, and stays
 */
export async function findTrail(account: Account, { profile }: Options, { stage }: Run): Promise<string> {
  const scope = { profile, stage, region: account.region }
  const deployment = deploymentWith(scope, { kind: 'missing', file: `settings/${stage}.yml` }, undefined, undefined)
  const verdicts = await checkTrailsOf(account, stackRemedies(scope, account.region, deployment))
  return trailOrRefuse(verdicts)
}

/** @throws ConfigurationError where there is none */
export function trailOrRefuse(verdicts: readonly Verdict[]): string {
  const find = (level: Level) => verdicts.find((verdict) => verdict.level === level)
  const failed = find('failure')
  if (failed !== undefined) {
    throw new ConfigurationError(
      `${failed.message}. A run needs such a trail, and nothing was made: ${failed.remedy ?? ''}`,
    )
  }
  const doubtful = find('warning')
  if (doubtful === undefined) return verdicts.map(({ message }) => message).join('; ')
  return `${doubtful.message}; if it does not record the calls of IAM, the stories will end without an event`
}
