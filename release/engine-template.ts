import { isDeepStrictEqual } from 'node:util'
import * as z from 'zod/mini'
import { packageStack, type Stack } from '../sandbox/package-stack.ts'
import { chooseByCondition } from './choose-by-condition.ts'
import { isObject } from './json.ts'
import { placeParameters } from './place-parameters.ts'
import { prefixParameter, STACK_NAME, STAGE } from './prefix.ts'
import { type NamedSetting, releasedSettings } from './settings.ts'
import { checkLength } from './template-length.ts'

/** What osls tells of the bucket that it deploys from. */
const OUTPUT_OF_OSLS = 'ServerlessDeploymentBucketName'

/** The stack packaged once more, where that differs in more than values, and the Condition that holds with the usual. */
interface Alternative {
  readonly options: readonly string[]
  readonly condition: string
  readonly definition: unknown
}

const Packaged = z.looseObject({
  Resources: z.record(
    z.string(),
    z.looseObject({
      Type: z.string(),
      Properties: z.looseObject({
        Handler: z.optional(z.string()),
        Code: z.optional(z.looseObject({ S3Key: z.string() })),
        Environment: z.optional(z.looseObject({ Variables: z.record(z.string(), z.unknown()) })),
      }),
    }),
  ),
  Outputs: z.record(z.string(), z.unknown()),
})

/**
 * The stack's template as CloudFormation alone deploys it: what `serverless package` writes, with a Parameter for each
 * setting.
 *
 * @param stack packaged with {@link markedOptions}
 * @param keys where each function's code lies in the bucket, by the names of serverless.yml
 * @throws Error that says which place is not where it was
 */
export async function engineTemplate(
  { template }: Stack,
  keys: Readonly<Record<string, string>>,
  version: string,
): Promise<unknown> {
  const settings = releasedSettings()
  const usual = prepare(template, settings, keys)
  const conditions: Record<string, unknown> = {}
  let chosen: unknown = usual
  for (const { options, condition, definition } of alternativesOf(settings)) {
    const other = prepare((await packageStack(...options)).template, settings, keys)
    if (isDeepStrictEqual(other, usual)) throw new Error(`The template does not depend on ${condition}`)
    chosen = chooseByCondition(chosen, { condition, usual, other })
    conditions[condition] = definition
  }

  const markers = new Map([
    [STACK_NAME, 'Prefix'],
    ...settings
      .filter(({ isMarker }) => isMarker)
      .map(({ packagedWith, parameter }) => [packagedWith, parameter] as const),
  ])
  const { placed, found } = placeParameters(chosen, markers)
  const missing = [...markers.values()].filter((parameter) => !found.has(parameter))
  if (missing.length > 0) throw new Error(`No place was found for ${missing.join(', ')}`)
  const left = /.{0,40}(?:marked|ServerlessDeployment).{0,40}/i.exec(JSON.stringify(placed))
  if (left !== null) throw new Error(`This is left in the template: ${left[0]}`)
  if (!isObject(placed)) throw new Error('A template is an object')

  const { AWSTemplateFormatVersion, Description: _, Rules, Mappings, Resources, Outputs, ...others } = placed
  const [section] = Object.keys(others)
  if (section !== undefined) throw new Error(`The template has a section ${section}, which nobody expects`)
  const released = {
    AWSTemplateFormatVersion,
    Description: `okta-role-trust ${version}: keeps the trust policies of tagged IAM roles trusting Okta`,
    Parameters: {
      Prefix: prefixParameter(Resources),
      ...Object.fromEntries(settings.map(({ parameter, declaration }) => [parameter, declaration])),
    },
    Conditions: conditions,
    Rules,
    Mappings,
    Resources,
    Outputs,
  }
  checkLength(released, 'The template')
  return released
}

/** What to package with, so that each marker can be found; some settings may have another value. */
export function markedOptions(values: Readonly<Record<string, string>> = {}): readonly string[] {
  // osls takes no empty --param, and takes away the spaces around a value. What is left out could come from a file.
  const options = releasedSettings().map(
    ({ name, packagedWith }) => `--param=${name}=${(values[name] ?? packagedWith) || ' '}`,
  )
  return [`--stage=${STAGE}`, ...options]
}

function alternativesOf(settings: readonly NamedSetting[]): readonly Alternative[] {
  const ofSettings = settings.flatMap(({ name, parameter, alternative }) => {
    if (alternative === undefined) return []
    const { value, condition } = alternative
    return [{ options: markedOptions({ [name]: value }), condition, definition: differs({ Ref: parameter }, value) }]
  })
  // X-Ray traces no functions in China (infra/tracing.cjs).
  const inChina = {
    options: [...markedOptions(), '--region=cn-north-1'],
    condition: 'IsOutsideChina',
    definition: differs({ Ref: 'AWS::Partition' }, 'aws-cn'),
  }
  return [...ofSettings, inChina]
}

function differs(value: unknown, from: string) {
  return { 'Fn::Not': [{ 'Fn::Equals': [value, from] }] }
}

/** A packaged template with the code of its functions where it lies now, and with the settings that no marker finds. */
function prepare(template: unknown, settings: readonly NamedSetting[], keys: Readonly<Record<string, string>>) {
  const { Resources, Outputs, ...sections } = z.parse(Packaged, template)
  const { [OUTPUT_OF_OSLS]: ofOsls, ...outputs } = Outputs
  if (ofOsls === undefined) throw new Error(`The packaged template has no output ${OUTPUT_OF_OSLS}`)
  const resources = Object.entries(Resources).map(([id, { Properties: properties, ...resource }]) => {
    const { Handler = '', Code, Environment } = properties
    if (resource.Type !== 'AWS::Lambda::Function') return [id, { ...resource, Properties: properties }]
    const key = keys[/^handlers\/([\w-]+)\.handler$/.exec(Handler)?.[1] ?? '']
    if (key === undefined) throw new Error(`There is no bundle for the function ${id}`)
    const Variables = withReferences(id, Environment?.Variables ?? {}, settings)
    const coded = { ...properties, Code: { ...Code, S3Key: key }, Environment: { Variables } }
    return [id, { ...resource, Properties: coded }]
  })
  return { ...sections, Resources: Object.fromEntries(resources), Outputs: outputs }
}

/** The variables, which show the settings whatever their values are: markers, or references where there is no marker. */
function withReferences(id: string, variables: Readonly<Record<string, unknown>>, settings: readonly NamedSetting[]) {
  const references = settings.map(({ name, variable, parameter, packagedWith, isMarker, alternative }) => {
    const found = variables[variable]
    if (found !== packagedWith && found !== alternative?.value) {
      throw new Error(`The variable ${variable} of ${id} does not hold the setting ${name}`)
    }
    return [variable, isMarker ? packagedWith : { Ref: parameter }]
  })
  return { ...variables, ...Object.fromEntries(references) }
}
