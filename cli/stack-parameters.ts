import { readFileSync } from 'node:fs'
import { isMap, isScalar, parseDocument } from 'yaml'
import * as z from 'zod/mini'
import { readInput } from '../src/input.ts'

/** A deployment parameter that decides about roles: an option of the command line under its name in kebab-case. */
export interface StackParameter {
  readonly name: string
  readonly option: string
  /** Variable of the functions' environment that it is deployed as. */
  readonly variable: string
  readonly meaning: string
  readonly defaultValue: string
}

/** These say when and how the functions run, or what `doctor` looks at; nothing about what becomes of a role. */
const OF_THE_FUNCTIONS = ['sessionDuration', 'schedule', 'maxChanges', 'logLevel']

const Service = z.object({
  service: z.string(),
  params: z.object({ default: z.record(z.string(), z.string()) }),
  provider: z.object({ environment: z.record(z.string(), z.string()) }),
  custom: z.looseObject({ prefix: z.string(), queueName: z.string() }),
})

/** The same from cli/ and from dist/. */
const source = parseDocument(readFileSync(new URL('../serverless.yml', import.meta.url), 'utf8'), { logLevel: 'error' })
const service = readInput(Service, source.toJS(), 'serverless.yml')

/** The parameters of the stack as serverless.yml has them: their names, meanings and defaults stand there alone. */
const ALL_PARAMETERS: readonly StackParameter[] = Object.entries(service.params.default).map(
  ([name, defaultValue]) => ({
    name,
    option: name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`),
    variable: variableOf(name),
    meaning: commentOf(name),
    defaultValue,
  }),
)

export const STACK_PARAMETERS = ALL_PARAMETERS.filter(({ name }) => !OF_THE_FUNCTIONS.includes(name))

/** The parameters that an environment of the functions was deployed with, as far as they differ from the defaults. */
export function parametersOf(environment: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    ALL_PARAMETERS.flatMap(({ name, variable, defaultValue }) => {
      const value = environment[variable]
      return value === undefined || value === defaultValue ? [] : [[name, value]]
    }),
  )
}

/** The name of the stack and the beginning of the names of all that is in it. */
export function stackName(stage: string): string {
  return resolve(service.custom.prefix, stage, {})
}

/** The environment of the functions of a stack that is deployed with these parameters, the others by default. */
export function environmentOf(
  stage: string,
  parameters: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(service.provider.environment).map(([variable, text]) => [
      variable,
      resolve(text, stage, parameters),
    ]),
  )
}

function variableOf(name: string): string {
  const found = Object.entries(service.provider.environment).find(([, text]) => text === `\${param:${name}}`)
  if (found === undefined) throw new Error(`serverless.yml: no variable of the environment holds the parameter ${name}`)
  return found[0]
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
  return text.replace(/\$\{(\w+):([\w.]+)\}/g, (whole, kind: string, path: string) => {
    if (kind === 'param') return parameters[path] ?? service.params.default[path] ?? whole
    if (kind === 'sls' && path === 'stage') return stage
    const value = path.split('.').reduce<unknown>((found, key) => Reflect.get(Object(found), key), service)
    return kind === 'self' && typeof value === 'string' ? resolve(value, stage, parameters) : whole
  })
}
