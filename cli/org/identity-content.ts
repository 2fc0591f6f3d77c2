import * as z from 'zod/mini'
import { LONGEST_TEMPLATE } from '../../release/template-length.ts'
import type { StackSetContent } from '../../src/aws/stack-sets.ts'
import { ConfigurationError } from '../../src/errors.ts'
import { readInput } from '../../src/input.ts'
import { parseJson } from '../session/parse-json.ts'

const Template = z.looseObject({
  Parameters: z.record(z.string(), z.unknown()),
  Conditions: z.looseObject({ MakesProvider: z.unknown() }),
  Resources: z.looseObject({
    Provider: z.looseObject({ Properties: z.looseObject({ SamlMetadataDocument: z.unknown() }) }),
  }),
})

const LABEL = "the template of the release's identity stack"

/** Holds always: what is baked in needs no question. */
const BAKED = 'metadata is baked in'
const ALWAYS = { 'Fn::Equals': [BAKED, BAKED] }

export interface WantedIdentity {
  readonly providerName: string
  readonly parameterName: string
  /** Undefined: the accounts have the provider already. */
  readonly xml: string | undefined
}

/**
 * What the identity stacks are made from. The metadata stands in the template: with two certificates it would not fit into a
 * Parameter.
 *
 * @param template of the release
 */
export function identityContent(
  template: string,
  { providerName, parameterName, xml }: WantedIdentity,
  tags: Readonly<Record<string, string>>,
): StackSetContent {
  const parameters = { ProviderName: providerName, ParameterName: parameterName }
  if (xml === undefined) return { template, parameters, tags }
  const released = readInput(Template, parseJson(template, LABEL, 'a template'), LABEL)
  const { Metadata: _, ...Parameters } = released.Parameters
  const { Provider } = released.Resources
  const baked = JSON.stringify({
    ...released,
    Parameters,
    Conditions: { ...released.Conditions, MakesProvider: ALWAYS },
    Resources: {
      ...released.Resources,
      Provider: { ...Provider, Properties: { ...Provider.Properties, SamlMetadataDocument: xml } },
    },
  })
  const length = Buffer.byteLength(baked)
  if (length > LONGEST_TEMPLATE) {
    throw new ConfigurationError(
      `--metadata: the template would have ${length} bytes, and CloudFormation takes ${LONGEST_TEMPLATE}: leave certificates out that Okta no longer signs with`,
    )
  }
  return { template: baked, parameters, tags }
}

/** Whether the stacks look after the SAML provider themselves: by baked metadata, or by that of the Parameter. */
export function makesProvider({ template, parameters }: Pick<StackSetContent, 'template' | 'parameters'>): boolean {
  return template.includes(BAKED) || (parameters.Metadata ?? '') !== ''
}

/** The entityID in the metadata that a template of an identity stack holds, undefined where it makes no provider. */
export function entityIdOf(template: string): string | undefined {
  return /\bentityID\s*=\s*\\?["']([^"'\\]+)/.exec(template)?.[1]
}
