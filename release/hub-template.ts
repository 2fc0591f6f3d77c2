import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import * as z from 'zod/mini'
import { checkLength } from './template-length.ts'

const Template = z.looseObject({
  Resources: z.record(z.string(), z.looseObject({ Type: z.string(), Properties: z.looseObject({}) })),
})
const Coded = z.looseObject({
  Handler: z.string(),
  Environment: z.object({ Variables: z.record(z.string(), z.unknown()) }),
})

/** The files in handlers/ that the hub runs. */
export const HUB_FUNCTIONS = ['hub-recorder', 'hub-check', 'hub-widget'] as const

/**
 * The template of hub.yml, with the code of its functions and the version.
 *
 * @param keys where each function's code lies in the bucket, by {@link HUB_FUNCTIONS}
 * @throws Error where a function has no code, or the template is too long
 */
export function hubTemplate(keys: Readonly<Record<string, string>>, version: string): unknown {
  const { AWSTemplateFormatVersion, Parameters, Resources, Outputs } = z.parse(
    Template,
    parse(readFileSync(join(import.meta.dirname, 'hub.yml'), 'utf8'), { merge: true }),
  )
  const resources = Object.entries(Resources).map(([id, resource]) => {
    if (resource.Type !== 'AWS::Lambda::Function') return [id, resource]
    const { Environment, ...properties } = z.parse(Coded, resource.Properties)
    const key = keys[/^handlers\/([\w-]+)\.handler$/.exec(properties.Handler)?.[1] ?? '']
    if (key === undefined) throw new Error(`There is no bundle for the function ${id}`)
    const Code = { S3Bucket: { Ref: 'BundleBucket' }, S3Key: key }
    const Variables = { ...Environment.Variables, VERSION: version }
    return [id, { ...resource, Properties: { ...properties, Code, Environment: { Variables } } }]
  })
  const template = {
    AWSTemplateFormatVersion,
    Description: `okta-role-trust ${version}: the hub of an organization, which hears what all accounts tell`,
    Parameters,
    Resources: Object.fromEntries(resources),
    Outputs,
  }
  checkLength(template, "The hub's template")
  return template
}
