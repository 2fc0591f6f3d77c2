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
