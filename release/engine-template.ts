import { isDeepStrictEqual } from 'node:util'
import * as z from 'zod/mini'
import { packageStack, type Stack } from '../sandbox/package-stack.ts'
import { chooseByCondition } from './choose-by-condition.ts'
import { isObject } from './json.ts'
import { placeParameters } from './place-parameters.ts'
import { type NamedSetting, releasedSettings } from './settings.ts'

/** The names of all that is in the stack begin with it; the command line knows a stack by its stage, the rest of it. */
const PREFIX = 'okta-role-trust-'
const MARKED_STAGE = 'marked-stage'

/** Of a function, a role and a rule: the lowest of the limits on the names in this stack. */
const LONGEST_NAME = 64

/** Inline templates of CloudFormation may have as much (CloudFormation quotas). */
const LONGEST_TEMPLATE = 51_200

/** What osls adds to deploy by, and what nobody who deploys the template needs. */
const OF_OSLS = {
  Resources: ['ServerlessDeploymentBucket', 'ServerlessDeploymentBucketPolicy'],
  Outputs: ['ServerlessDeploymentBucketName'],
}

/** X-Ray traces no functions in China (infra/tracing.cjs): a template that is packaged for there has no tracing. */
const IN_CHINA = {
  option: '--region=cn-north-1',
  condition: 'InChina',
  definition: { 'Fn::Equals': [{ Ref: 'AWS::Partition' }, 'aws-cn'] },
}

const Functions = z.record(
  z.string(),
  z.looseObject({
    Type: z.string(),
    Properties: z.looseObject({
      Handler: z.optional(z.string()),
      Environment: z.optional(z.looseObject({ Variables: z.record(z.string(), z.unknown()) })),
    }),
  }),
)

/**
 * The stack's template as CloudFormation alone deploys it: what `serverless package` writes, with a Parameter for each
 * setting.
 *
 * @param usual packaged with {@link markedOptions}
 * @param keys where each function's code lies in the bucket, by the names of serverless.yml
 * @throws Error that says which place is not where it was
 */
export async function engineTemplate(
  usual: Stack,
  keys: Readonly<Record<string, string>>,
  version: string,
): Promise<unknown> {
  const settings = releasedSettings()
  const base = prepare(usual.template, settings, keys)
  const alternatives = settings.flatMap(({ name, parameter, alternative }) =>
    alternative === undefined
      ? []
      : [
          {
            option: `--param=${name}=${alternative.value}`,
            condition: alternative.condition,
            definition: { 'Fn::Equals': [{ Ref: parameter }, alternative.value] },
          },
        ],
  )
  let chosen: unknown = base
  const conditions: Record<string, unknown> = {}
  for (const { option, condition, definition } of [...alternatives, IN_CHINA]) {
    const stack = await packageStack(...markedOptions(), option)
    const other = prepare(stack.template, settings, keys)
    if (isDeepStrictEqual(other, base)) throw new Error(`The template does not differ with ${option}`)
    chosen = chooseByCondition(chosen, { condition, usual: base, other })
    conditions[condition] = definition
  }

  const markers = new Map([
    [`${PREFIX}${MARKED_STAGE}`, 'Prefix'],
    ...settings.filter(isFreeText).map(({ packagedWith, parameter }) => [packagedWith, parameter] as const),
  ])
  const { placed, found } = placeParameters(chosen, markers)
  const missing = [...markers.values()].filter((parameter) => !found.has(parameter))
  if (missing.length > 0) throw new Error(`No place was found for ${missing.join(', ')}`)
  const left = /.{0,40}(?:marked|ServerlessDeployment).{0,40}/i.exec(JSON.stringify(placed))
  if (left !== null) throw new Error(`This is left in the template: ${left[0]}`)
  if (!isObject(placed)) throw new Error('A template is an object')

  const { AWSTemplateFormatVersion, Rules, Mappings, Resources, Outputs, ...unknown } = placed
  const [section] = Object.keys(unknown).filter((key) => key !== 'Description')
  if (section !== undefined) throw new Error(`The template has a section ${section}, which nobody expects`)
  const template = {
    AWSTemplateFormatVersion,
    Description: `okta-role-trust ${version}: keeps the trust policies of tagged IAM roles trusting Okta`,
    Parameters: { BundleBucket, Prefix: prefixParameter(Resources), ...settingParameters(settings) },
    Conditions: conditions,
    Rules,
    Mappings,
    Resources,
    Outputs,
  }
  const length = Buffer.byteLength(JSON.stringify(template))
  if (length > LONGEST_TEMPLATE) throw new Error(`The template has ${length} bytes, and CloudFormation takes 51,200`)
  return template
}

/** What to package with, so that each setting that is free text can be found. */
export function markedOptions(): readonly string[] {
  return [
    `--stage=${MARKED_STAGE}`,
    ...releasedSettings().map(({ name, packagedWith }) => `--param=${name}=${packagedWith}`),
  ]
}

function isFreeText({ limits }: NamedSetting): boolean {
  return 'AllowedPattern' in limits
}

/** A packaged template without what is osls's own, its functions' code in the bucket and their settings as Parameters. */
function prepare(
  template: Stack['template'],
  settings: readonly NamedSetting[],
  keys: Readonly<Record<string, string>>,
) {
  const { Outputs } = z.parse(z.looseObject({ Outputs: z.record(z.string(), z.unknown()) }), template)
  const resources = Object.entries(z.parse(Functions, without(template.Resources, OF_OSLS.Resources)))
  return {
    ...template,
    Resources: Object.fromEntries(
      resources.map(([id, { Properties: properties, ...resource }]) => {
        if (resource.Type !== 'AWS::Lambda::Function') return [id, { ...resource, Properties: properties }]
        const [, name = ''] = /^handlers\/([\w-]+)\.handler$/.exec(properties.Handler ?? '') ?? []
        const key = keys[name]
        if (key === undefined) throw new Error(`There is no bundle for the function ${id}`)
        const Code = { S3Bucket: { Ref: 'BundleBucket' }, S3Key: key }
        const Variables = withReferences(id, properties.Environment?.Variables ?? {}, settings)
        return [id, { ...resource, Properties: { ...properties, Code, Environment: { Variables } } }]
      }),
    ),
    Outputs: without(Outputs, OF_OSLS.Outputs),
  }
}

/** The variables of the settings that no marker can find, found by their names. */
function withReferences(id: string, variables: Readonly<Record<string, unknown>>, settings: readonly NamedSetting[]) {
  const references = settings.map((setting) => {
    const { variable, parameter, packagedWith, alternative } = setting
    const found = variables[variable]
    if (found !== packagedWith && found !== alternative?.value) {
      throw new Error(`The variable ${variable} of ${id} does not hold the setting ${setting.name}`)
    }
    return [variable, isFreeText(setting) ? found : { Ref: parameter }]
  })
  return { ...variables, ...Object.fromEntries(references) }
}

function without(entries: Readonly<Record<string, unknown>>, names: readonly string[]) {
  const missing = names.find((name) => entries[name] === undefined)
  if (missing !== undefined) throw new Error(`The packaged template has no ${missing}`)
  return Object.fromEntries(Object.entries(entries).filter(([name]) => !names.includes(name)))
}

const BundleBucket = {
  Type: 'String',
  Description: 'The bucket that holds the zips of this release, in the region of the stack',
  AllowedPattern: '^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$',
  ConstraintDescription: 'the name of a bucket',
}

/** By the longest name that follows from it. */
function prefixParameter(resources: unknown) {
  const names = [
    ...JSON.stringify(resources).matchAll(/"(?:Name|RoleName|FunctionName)":{"Fn::Sub":"\$\{Prefix\}([\w-]+)"}/g),
  ]
  const longest = Math.max(...names.map(([, rest = '']) => rest.length))
  const stage = LONGEST_NAME - longest - PREFIX.length
  return {
    Type: 'String',
    Default: `${PREFIX}prod`,
    Description: `Begins the names of all that is in the stack, so that several stacks can live in one account. The command line finds the stack by --stage and what follows ${PREFIX}`,
    AllowedPattern: `^${PREFIX}[A-Za-z0-9-]{1,${stage}}$`,
    ConstraintDescription: `${PREFIX} and 1 to ${stage} letters, digits and -`,
  }
}

function settingParameters(settings: readonly NamedSetting[]) {
  return Object.fromEntries(
    settings.map(({ parameter, meaning, defaultValue, limits }) => [
      parameter,
      { Type: 'String', Default: defaultValue, Description: meaning, ...limits },
    ]),
  )
}
