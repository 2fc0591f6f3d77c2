import { ConfigurationError, InvalidInputError } from '../errors.ts'
import { readConfig } from './read-config.ts'
import { settingOf } from './setting-variable.ts'

/**
 * What the functions would refuse, each wrong value under the place where it came from; undefined where all are right.
 *
 * @param environment that the functions have, or would have
 * @param placeOf where a setting came from, with its name: `settings/prod.yml: maxChanges`
 */
export function settingsProblem(
  environment: Readonly<Record<string, string | undefined>>,
  placeOf: (setting: string) => string,
): string | undefined {
  try {
    readConfig(environment)
    return undefined
  } catch (error) {
    if (!(error instanceof ConfigurationError && error.cause instanceof InvalidInputError)) throw error
    return error.cause.message.replace(/\benvironment\.([A-Z_]+)(\.\d+)?/g, (_, variable: string) =>
      placeOf(settingOf(variable)),
    )
  }
}
