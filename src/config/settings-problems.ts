import { ConfigurationError, InvalidInputError } from '../errors.ts'
import { readConfig } from './read-config.ts'
import { settingOf } from './setting-variable.ts'

/**
 * What the functions would refuse, each wrong value under the place where it came from.
 *
 * @param environment that the functions have, or would have
 * @param placeOf where a setting came from, with its name: `settings/prod.yml: maxChanges`
 */
export function settingsProblems(
  environment: Readonly<Record<string, string | undefined>>,
  placeOf: (setting: string) => string,
): readonly string[] {
  try {
    readConfig(environment)
    return []
  } catch (error) {
    if (!(error instanceof ConfigurationError && error.cause instanceof InvalidInputError)) throw error
    return error.cause.problems.map((problem) =>
      problem.replace(/^environment\.([A-Z_]+)(\.\d+)?/, (_, variable: string) => placeOf(settingOf(variable))),
    )
  }
}

/** Settings whose ARN is of the partition that the stack is in: AWS knows no other one there. */
const OF_THE_PARTITION = ['HUB_BUS_ARN', 'READER_PRINCIPAL', 'PERMISSIONS_BOUNDARY']

/**
 * ARNs of another partition, with which a deployment would fail in the middle. Only whoever deploys knows the partition.
 *
 * @param environment and `placeOf` as for {@link settingsProblems}, which finds nothing wrong in it
 */
export function foreignArns(
  environment: Readonly<Record<string, string | undefined>>,
  partition: string,
  placeOf: (setting: string) => string,
): readonly string[] {
  return OF_THE_PARTITION.flatMap((variable) => {
    const arn = environment[variable] ?? ''
    if (arn === '' || arn.startsWith(`arn:${partition}:`)) return []
    return [
      `${placeOf(settingOf(variable))}: found "${arn}", expected an ARN of the partition ${partition}, where the stack is`,
    ]
  })
}
