import { type CommandUnknownOpts, Option } from '@commander-js/extra-typings'
import { type Config, readConfig } from '../../src/config/read-config.ts'
import { ConfigurationError, InvalidInputError } from '../../src/errors.ts'
import { environmentOf, parametersOf, STACK_PARAMETERS, stackName } from '../stack-parameters.ts'

/** What decides about roles, and where that comes from. */
export interface Settings {
  readonly config: Config
  /** The ARNs that stand in for the SSM parameter, separated by commas; undefined: the parameter applies. */
  readonly providerArn: string | undefined
  /** What a deployment with these settings takes beside the defaults: parameters of serverless.yml by their names. */
  readonly parameters: Readonly<Record<string, string>>
  /** Completes "Settings: …". */
  readonly origin: string
  /** Nobody chose them: no stack was found, and --no-stack was not given. A misspelt --stage looks the same. */
  readonly isFallback: boolean
}

/**
 * Adds the options that {@link resolveSettings} reads, in a group of their own in the help.
 *
 * @param names of the parameters that the command goes by; by default all, and the providers
 */
export function addSettingsOptions<Extended extends CommandUnknownOpts>(
  command: Extended,
  names?: readonly string[],
): Extended {
  const parameters = STACK_PARAMETERS.filter(({ name }) => names === undefined || names.includes(name))
  const options = parameters.map(({ option, meaning, defaultValue }) =>
    new Option(`--${option} <value>`, `${meaning} (default: ${defaultValue || 'empty'})`).helpGroup(GROUP),
  )
  command.addOption(new Option('--no-stack', 'decide without the stack, even if it is deployed').helpGroup(GROUP))
  if (names === undefined) {
    const meaning = 'SAML providers to use instead of those in the SSM parameter'
    command.addOption(new Option('--provider-arn <arns>', meaning).helpGroup(GROUP))
  }
  for (const option of options) command.addOption(option)
  return command
}

const GROUP = 'Settings if no stack is deployed (a deployed one has its own):'

/**
 * The settings to decide by. Where the stack is deployed its own apply: a plan with others would promise what the stack
 * undoes, or the other way round. Without it, the defaults of serverless.yml, each of which an option can change.
 *
 * @param options of the command, by their names
 * @param deployed the environment of the stack's functions, or undefined where there is none
 * @throws ConfigurationError that names the option
 */
export function resolveSettings(
  options: Readonly<Record<string, unknown>>,
  stage: string,
  region: string,
  deployed: Readonly<Record<string, string>> | undefined,
): Settings {
  const name = stackName(stage)
  const given = STACK_PARAMETERS.flatMap((parameter) => {
    const value = options[parameter.name]
    return typeof value === 'string' ? [{ ...parameter, value }] : []
  })
  const providerArn = typeof options.providerArn === 'string' ? options.providerArn : undefined
  const own = providerArn === undefined ? given : [...given, { option: 'provider-arn', value: providerArn }]
  if (deployed !== undefined) {
    if (own.length > 0) {
      const listed = own.map(({ option }) => `--${option}`).join(', ')
      throw new ConfigurationError(
        `the stack ${name} is deployed in ${region}, and its settings apply: leave out ${listed}, or add --no-stack to decide without it`,
      )
    }
    const origin = `those of the stack ${name} in ${region}`
    const parameters = parametersOf(deployed)
    return { config: readConfig(deployed), providerArn: undefined, parameters, origin, isFallback: false }
  }
  const environment = environmentOf(stage, Object.fromEntries(given.map(({ name, value }) => [name, value])))
  const changed = own.map(({ option, value }) => `--${option} ${value}`)
  const why = options.stack === false ? '--no-stack' : `no stack ${name} in ${region}`
  return {
    config: readOptions(environment),
    parameters: parametersOf(environment),
    providerArn,
    origin: `the defaults${changed.length > 0 ? ` except ${changed.join(' ')}` : ''} (${why})`,
    isFallback: options.stack !== false,
  }
}

/** The options of {@link addSettingsOptions} that were given, as words to give them by again. */
export function givenSettings(options: Readonly<Record<string, unknown>>): readonly string[] {
  const named = [...STACK_PARAMETERS, { name: 'providerArn', option: 'provider-arn' }]
  return [
    ...(options.stack === false ? ['--no-stack'] : []),
    ...named.flatMap(({ name, option }) => {
      const value = options[name]
      return typeof value === 'string' ? [`--${option}`, value] : []
    }),
  ]
}

/** Reads the settings as the functions do, and names the option where they would name the variable. */
function readOptions(environment: Readonly<Record<string, string>>): Config {
  try {
    return readConfig(environment)
  } catch (error) {
    if (!(error instanceof ConfigurationError && error.cause instanceof InvalidInputError)) throw error
    const message = error.cause.message.replace(/\benvironment\.([A-Z_]+)(\.\d+)?/g, (whole, variable) => {
      const option = STACK_PARAMETERS.find((parameter) => parameter.variable === variable)?.option
      return option === undefined ? whole : `--${option}`
    })
    throw new ConfigurationError(message, { cause: error })
  }
}
