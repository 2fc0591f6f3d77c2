import { readFileSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import { isMap, isScalar, parseDocument } from 'yaml'
import * as z from 'zod/mini'
import { version } from '../package.json'
import { changedSettings, weakenedBy } from '../src/config/setting-changes.ts'
import { variableOf } from '../src/config/setting-variable.ts'
import { readTags } from '../src/config/stack-settings.ts'
import { readInput } from '../src/input.ts'

/** A setting of the stack: a parameter of its deployment. */
export interface StackParameter {
  readonly name: string
  /** Its name in kebab-case. */
  readonly option: string
  /** Its Parameter in the template of a release. */
  readonly parameter: string
  /** Variable of the functions' environment that it is deployed as, or would be. */
  readonly variable: string
  readonly meaning: string
  readonly defaultValue: string
}

/**
 * These say when and how the functions run, what else is in the stack, or what `doctor` looks at; nothing about what
 * becomes of a role.
 */
const OF_THE_FUNCTIONS = [
  'sessionDuration',
  'schedule',
  'maxChanges',
  'mode',
  'logLevel',
  'permissionsBoundary',
  'tags',
  'logRetentionDays',
  'deploymentBucket',
  'accountTelemetry',
  'hubBusArn',
  'readerPrincipal',
]

/** The stack's tags are no variable of the functions; src/config/read-config.ts reads them beside the others. */
const TAGS = { name: 'tags', variable: 'TAGS' }

const Service = z.object({
  service: z.string(),
  params: z.object({ default: z.record(z.string(), z.string()) }),
  provider: z.object({ environment: z.record(z.string(), z.string()) }),
  custom: z.looseObject({ prefix: z.string(), queueName: z.string() }),
})

/** The same from cli/ and from dist/. */
const source = parseDocument(readFileSync(new URL('../serverless.yml', import.meta.url), 'utf8'), { logLevel: 'error' })
const service = readInput(Service, source.toJS(), 'serverless.yml')

/** The settings of the stack as serverless.yml has them: their names, meanings and defaults stand there alone. */
export const ALL_PARAMETERS: readonly StackParameter[] = Object.entries(service.params.default).map(
  ([name, defaultValue]) => ({
    name,
    option: name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`),
    parameter: name === 'deploymentBucket' ? 'BundleBucket' : `${name.charAt(0).toUpperCase()}${name.slice(1)}`,
    variable: variableOf(name),
    meaning: commentOf(name),
    defaultValue,
  }),
)

/** Those that decide about roles: each is an option of the command line. */
export const STACK_PARAMETERS = ALL_PARAMETERS.filter(({ name }) => !OF_THE_FUNCTIONS.includes(name))

export const SETTING_NAMES: readonly string[] = ALL_PARAMETERS.map(({ name }) => name)

/**
 * All settings, by their names, with which functions of that environment were deployed. What an older version of the stack
 * lacks has its default, which is what that version did.
 *
 * @param environment of the functions, and the tags of the stack as its variable `TAGS`
 */
export function settingsOf(
  environment: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    ALL_PARAMETERS.map(({ name, variable, defaultValue }) => [name, environment[variable] ?? defaultValue]),
  )
}

/** Those of some settings that differ from others, which take the defaults where they say nothing. */
export function differentSettings(
  settings: Readonly<Record<string, string>>,
  others: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    ALL_PARAMETERS.flatMap(({ name, defaultValue }) => {
      const [value, other] = [settings[name], others[name] ?? defaultValue]
      return value === undefined || isSame(name, value, other) ? [] : [[name, value]]
    }),
  )
}

/** Settings by the names of the Parameters that they are in the template of a release. */
export function releaseParameters(settings: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    ALL_PARAMETERS.flatMap(({ name, parameter }) => {
      const value = settings[name]
      return value === undefined ? [] : [[parameter, value]]
    }),
  )
}

/** Those that have to be named with `--allow` where a stack with some settings gets others; what is not there is by default. */
export function weakenedSettings(
  settings: Readonly<Record<string, string>>,
  others: Readonly<Record<string, string>>,
  partition: string,
): readonly string[] {
  return weakenedBy(changedSettings([{ functionName: '', from: settings, to: others }], settingsOf({}), partition))
}

function isSame(name: string, value: string, other: string): boolean {
  return value === other || (name === TAGS.name && isDeepStrictEqual(readTags(value), readTags(other)))
}

/** The name of the stack and the beginning of the names of all that is in it. */
export function stackName(stage: string): string {
  return resolve(service.custom.prefix, stage, {})
}

/** The environment of the functions of a stack that is deployed with these settings, the others by default, and its tags. */
export function environmentOf(
  stage: string,
  settings: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const variables = { ...service.provider.environment, [TAGS.variable]: `\${param:${TAGS.name}}` }
  return Object.fromEntries(
    Object.entries(variables).map(([variable, text]) => [variable, resolve(text, stage, settings)]),
  )
}

/** The comment above a parameter. */
function commentOf(name: string): string {
  const parameters = source.getIn(['params', 'default'], true)
  if (!isMap(parameters)) return ''
  const { key } = parameters.items.find((pair) => isScalar(pair.key) && pair.key.value === name) ?? {}
  // The comment above the first key belongs to the map.
  const own = isScalar(key) ? key.commentBefore : undefined
  return (own ?? parameters.commentBefore ?? '').trim()
}

/** Fills in the kinds of variables that serverless.yml uses for the environment. */
function resolve(text: string, stage: string, parameters: Readonly<Record<string, string>>): string {
  return text.replace(/\$\{(\w+)(?:\([\w./]+\))?:([\w.]+)\}/g, (whole, kind: string, path: string) => {
    // package.json is the only file that it reads a variable from.
    if (kind === 'file') return path === 'version' ? version : whole
    if (kind === 'param') return parameters[path] ?? service.params.default[path] ?? whole
    if (kind === 'sls' && path === 'stage') return stage
    const value = path.split('.').reduce<unknown>((found, key) => Reflect.get(Object(found), key), service)
    return kind === 'self' && typeof value === 'string' ? resolve(value, stage, parameters) : whole
  })
}
