import { InvalidArgumentError, Option } from '@commander-js/extra-typings'
import type { StackSet } from '../../src/aws/stack-sets.ts'
import { needsFile, readSettingsFile } from '../../src/config/settings-file.ts'
import { settingsProblems } from '../../src/config/settings-problems.ts'
import { readTags, tagsSetting } from '../../src/config/stack-settings.ts'
import { ConfigurationError } from '../../src/errors.ts'
import { stageSettings } from '../session/settings.ts'
import {
  ALL_PARAMETERS,
  environmentOf,
  releaseParameters,
  SETTING_NAMES,
  settingsOf,
  stackName,
} from '../stack-settings.ts'
import type { Release } from './release-files.ts'

type Values = Readonly<Record<string, string>>

/**
 * An account's own dashboard, alarms and metrics cost as many times what they cost as there are accounts, and nobody looks at
 * thousands of them: only a file or an option that asks for them gets them.
 */
const IN_AN_ORGANIZATION: Values = { accountTelemetry: 'false' }

export const settingsOption = new Option(
  '--settings <file>',
  'file of settings to take instead of settings/<stage>.yml',
)
export const paramOption = new Option(
  '--param <name=value>',
  'a setting for this time; may be given several times',
).argParser((text: string, given: readonly string[] = []) => {
  if (!/^\w+=/.test(text)) throw new InvalidArgumentError('Expected NAME=VALUE.')
  return [...given, text]
})

/**
 * The settings of a stage that an organization gets, all of them by their names: those of its file, and those of `--param`.
 *
 * @throws ConfigurationError that names each wrong one
 */
export function orgSettings(stage: string, file: string | undefined, params: readonly string[]): Values {
  const kept = file === undefined ? stageSettings(stage) : readSettingsFile(file, file, SETTING_NAMES)
  if (kept.kind === 'wrong') throw new ConfigurationError(kept.problem)
  if (kept.kind === 'missing' && (file !== undefined || needsFile(stage))) {
    throw new ConfigurationError(
      file === undefined
        ? `--stage ${stage}: there is no ${kept.file}: write the settings that differ from the defaults there, each on a line such as maxChanges: 0, or leave the file empty`
        : `--settings ${file}: there is no such file; name one that exists`,
    )
  }
  const given = Object.fromEntries(
    params.map((text) => [text.slice(0, text.indexOf('=')), text.slice(text.indexOf('=') + 1)]),
  )
  const unknown = Object.keys(given).find((name) => !SETTING_NAMES.includes(name))
  if (unknown !== undefined) {
    throw new ConfigurationError(
      `--param ${unknown}: there is no such setting, expected one of ${SETTING_NAMES.join(', ')}`,
    )
  }
  const ofFile = kept.kind === 'read' ? kept.values : {}
  const environment = environmentOf(stage, { ...IN_AN_ORGANIZATION, ...ofFile, ...given })
  const problems = settingsProblems(environment, (name) => {
    if (Object.hasOwn(given, name)) return `--param ${name}`
    return `${Object.hasOwn(ofFile, name) ? kept.file : 'serverless.yml'}: ${name}`
  })
  if (problems.length > 0) throw new ConfigurationError(problems.join('; '))
  return settingsOf(environment)
}

/**
 * Refuses an ARN of another partition, which AWS does not know here: each account would fail by itself.
 *
 * @throws ConfigurationError that names each
 */
export function refuseForeignArns(settings: Values, partition: string): void {
  const problems = ['hubBusArn', 'readerPrincipal', 'permissionsBoundary'].flatMap((name) => {
    const arn = settings[name] ?? ''
    if (arn === '' || arn.startsWith(`arn:${partition}:`)) return []
    return [`${name}: found "${arn}", expected an ARN of the partition ${partition}, where the accounts are`]
  })
  if (problems.length > 0) throw new ConfigurationError(`${problems.join('; ')}; nothing was changed`)
}

/** The settings that a StackSet deploys, all of them by their names. */
export function settingsOfSet({ parameters, tags }: StackSet): Values {
  const pairs = ALL_PARAMETERS.map(({ name, parameter, defaultValue }) => [
    name,
    name === 'tags' ? tagsSetting(tags) : (parameters[parameter] ?? defaultValue),
  ])
  return Object.fromEntries(pairs)
}

/**
 * The Parameters and tags of a StackSet with these settings.
 *
 * @throws ConfigurationError where the template of the release does not take a value: CloudFormation would refuse it in each
 *   account by itself, after the StackSet was made
 */
export function contentOf(stage: string, settings: Values, { engine, parameters: limits }: Release) {
  const { tags, ...others } = settings
  const wanted = { Prefix: stackName(stage), ...releaseParameters(others) }
  const problems = Object.entries(wanted).flatMap(([name, value]) => {
    const limit = limits[name]
    const [setting] = ALL_PARAMETERS.filter(({ parameter }) => parameter === name)
    if (limit === undefined) {
      return value === setting?.defaultValue
        ? []
        : [`${setting?.name}: the template of this release has no Parameter ${name}`]
    }
    const { AllowedPattern: pattern, AllowedValues: values, ConstraintDescription: expected } = limit
    const isTaken = values?.includes(value) ?? (pattern === undefined || new RegExp(pattern).test(value))
    return isTaken
      ? []
      : [`${setting?.name ?? name}: found ${JSON.stringify(value)}, expected ${expected ?? values?.join(' or ')}`]
  })
  if (problems.length > 0) throw new ConfigurationError(problems.join('; '))
  const parameters = Object.entries(wanted).filter(([name]) => limits[name] !== undefined)
  return { template: engine, parameters: Object.fromEntries(parameters), tags: readTags(tags ?? '') }
}
