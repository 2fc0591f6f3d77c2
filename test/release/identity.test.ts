import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { entityIdOf, identityContent } from '../../cli/org/identity-content.ts'
import { releasedSettings } from '../../release/settings.ts'
import { metadataOf } from '../cli/org/metadata.ts'
import { resolveTemplate } from './resolve-template.ts'

const released = JSON.stringify(parse(readFileSync('release/identity.yml', 'utf8')))
const wanted = { providerName: 'Okta', parameterName: '/okta/saml-provider-arn' }
const made = (template: string, parameters: Readonly<Record<string, string>> = {}) =>
  resolveTemplate(JSON.parse(template), 'us-east-1', parameters)

describe('the identity template', () => {
  test('makes the parameter alone, where an account has the provider already', () => {
    expect(made(released)).toMatchObject({
      Resources: { ProviderArn: { Properties: { Name: '/okta/saml-provider-arn', Type: 'String' } } },
    })
    expect(JSON.stringify(made(released))).not.toContain('AWS::IAM::SAMLProvider')
    expect(JSON.stringify(made(released, { ProviderName: 'Other' }))).toContain(':saml-provider/Other')
  })

  test('makes the provider too, where it is given the metadata, of any length', () => {
    for (const comment of ['', 'x'.repeat(8_000)]) {
      const xml = metadataOf({ comment })
      const { template, parameters } = identityContent(released, { ...wanted, xml }, {})
      expect(made(template, parameters)).toMatchObject({
        Resources: {
          Provider: { Type: 'AWS::IAM::SAMLProvider', Properties: { Name: 'Okta', SamlMetadataDocument: xml } },
          ProviderArn: { Properties: { Value: '<Provider>' } },
        },
      })
      expect(entityIdOf(template)).toBe('http://www.okta.com/exk1')
    }
  })

  test('changes only the metadata where the certificate does', () => {
    const [old, next] = ['first', 'second'].map((comment) =>
      identityContent(released, { ...wanted, xml: metadataOf({ comment }) }, {}),
    )
    expect(next?.parameters).toEqual(old?.parameters)
    expect(next?.template.replace('second', 'first')).toBe(old?.template)
  })

  test('keeps provider and parameter when the stack goes, but not where it never came about', () => {
    const { Resources } = JSON.parse(released)
    for (const resource of Object.values(Resources)) {
      expect(resource).toMatchObject({ DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' })
    }
  })

  test('takes the names of parameters that the other template takes', () => {
    const { ParameterName } = JSON.parse(released).Parameters
    const [setting] = releasedSettings().filter(({ name }) => name === 'parameterName')
    expect(ParameterName.AllowedPattern).toBe(
      Object.entries(setting?.declaration ?? {}).find(([key]) => key === 'AllowedPattern')?.[1],
    )
    expect(ParameterName.Default).toBe(setting?.declaration.Default)
  })
})
