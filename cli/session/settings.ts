import { type CommandUnknownOpts, Option } from '@commander-js/extra-typings'
import { type Config, readConfig } from '../../src/config/read-config.ts'
import { needsFile, readSettingsFile, readStageSettings, type SettingsFile } from '../../src/config/settings-file.ts'
import { settingsProblems } from '../../src/config/settings-problems.ts'
import { ConfigurationError } from '../../src/errors.ts'
import { environmentOf, SETTING_NAMES, STACK_PARAMETERS, settingsOf, stackName } from '../stack-settings.ts'

/** What decides about roles, and where that comes from. */
export interface Settings {
  readonly config: Config
  /** The ARNs that stand in for the SSM parameter, separated by commas; undefined: the parameter applies. */
  readonly providerArn: string | undefined
  /** All settings by their names, but the tags of a stack that is deployed. */
  readonly values: Readonly<Record<string, string>>
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
  command.addOption(
    new Option('--settings <file>', 'file of settings to take instead of settings/<stage>.yml').helpGroup(GROUP),
  )
  if (names === undefined) {
    const meaning = 'SAML providers to use instead of those in the SSM parameter'
    command.addOption(new Option('--provider-arn <arns>', meaning).helpGroup(GROUP))
  }
  for (const option of options) command.addOption(option)
  return command
}

const GROUP = 'Settings if no stack is deployed (a deployed one has its own):'

/** The file of settings/ that a deployment of the stage takes. */
export function stageSettings(stage: string): SettingsFile {
  return readStageSettings('.', stage, SETTING_NAMES)
}

/**
 * The settings to decide by. Where the stack is deployed its own apply: a plan with others would promise what the stack
 * undoes, or the other way round. Without it, those of `--settings`, else of the stage's own file in the current folder, else
 * the defaults of serverless.yml; an option wins over any of them.
 *
 * @param options of the command, by their names
 * @param deployed the environment of the stack's functions, or undefined where there is none
 * @throws ConfigurationError that names the option, or the file and the setting
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
    const refused = [...(typeof options.settings === 'string' ? [{ option: 'settings' }] : []), ...own]
    if (refused.length > 0) {
      const listed = refused.map(({ option }) => `--${option}`).join(', ')
      throw new ConfigurationError(
        `the stack ${name} is deployed in ${region}, and its settings apply: leave out ${listed}, or add --no-stack to decide without it`,
      )
    }
    const origin = `those of the stack ${name} in ${region}`
    return {
      config: readConfig(deployed),
      providerArn: undefined,
      values: settingsOf(deployed),
      origin,
      isFallback: false,
    }
  }
  const file = givenFile(options.settings) ?? stageSettings(stage)
  if (file.kind === 'wrong') throw new ConfigurationError(file.problem)
  const kept = file.kind === 'read' ? file.values : {}
  const environment = environmentOf(stage, {
    ...kept,
    ...Object.fromEntries(given.map(({ name, value }) => [name, value])),
  })
  const problems = settingsProblems(environment, (setting) => {
    const option = given.find(({ name }) => name === setting)?.option
    if (option !== undefined) return `--${option}`
    return `${Object.hasOwn(kept, setting) ? file.file : 'serverless.yml'}: ${setting}`
  })
  if (problems.length > 0) throw new ConfigurationError(problems.join('; '))
  const changed = own.map(({ option, value }) => `--${option} ${value}`)
  const why = options.stack === false ? '--no-stack' : `no stack ${name} in ${region}`
  const isMissed = file.kind === 'missing' && needsFile(stage)
  return {
    config: readConfig(environment),
    values: settingsOf(environment),
    providerArn,
    origin: `${file.kind === 'read' ? file.file : 'the defaults'}${changed.length > 0 ? ` except ${changed.join(' ')}` : ''} (${why}${isMissed ? `, and no ${file.file} here` : ''})`,
    isFallback: options.stack !== false,
  }
}

function givenFile(file: unknown): SettingsFile | undefined {
  if (typeof file !== 'string') return undefined
  const found = readSettingsFile(file, file, SETTING_NAMES)
  if (found.kind !== 'missing') return found
  throw new ConfigurationError(`--settings ${file}: there is no such file; name one that exists`)
}

/** The options of {@link addSettingsOptions} that were given, as words to give them by again. */
export function givenSettings(options: Readonly<Record<string, unknown>>): readonly string[] {
  const named = [
    { name: 'settings', option: 'settings' },
    ...STACK_PARAMETERS,
    { name: 'providerArn', option: 'provider-arn' },
  ]
  return [
    ...(options.stack === false ? ['--no-stack'] : []),
    ...named.flatMap(({ name, option }) => {
      const value = options[name]
      return typeof value === 'string' ? [`--${option}`, value] : []
    }),
  ]
}
