import type { CommandUnknownOpts } from '@commander-js/extra-typings'
import { ConfigurationError } from '../../src/errors.ts'
import { givenSettings } from '../session/settings.ts'

/**
 * Refuses what makes no sense for several accounts, before any is looked at.
 *
 * @param refused the names of such options of the command, each with what to do instead
 * @throws ConfigurationError
 */
export function refuseOptions(command: CommandUnknownOpts, refused: Readonly<Record<string, string>>): void {
  const options: Readonly<Record<string, unknown>> = command.opts()
  const [found] = Object.entries(refused).filter(([name]) => options[name] !== undefined)
  if (found !== undefined) {
    throw new ConfigurationError(`--${found[0]} is not for several accounts: ${found[1]}`)
  }
  if (options.providerArn !== undefined) {
    throw new ConfigurationError(
      '--provider-arn is not for several accounts: each has SAML providers of its own; leave it out, and the SSM parameter of each account names them',
    )
  }
  const given = givenSettings(options).filter((word) => word.startsWith('--'))
  if (given.length > 0 && options.stack !== false) {
    throw new ConfigurationError(
      `across accounts the settings hold that are deployed in each: leave out ${given.join(', ')}, or add --no-stack to decide without the stacks`,
    )
  }
}
