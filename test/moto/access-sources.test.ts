import { CreateSAMLProviderCommand } from '@aws-sdk/client-iam'
import { PutParameterCommand } from '@aws-sdk/client-ssm'
import { beforeAll, expect, inject, test, vi } from 'vitest'
import { accessSources } from '../../src/aws/access-sources.ts'
import { iamClient, ssmClient } from '../../src/aws/clients.ts'

let iam: ReturnType<typeof iamClient>
let ssm: ReturnType<typeof ssmClient>
let sources: ReturnType<typeof accessSources>

beforeAll(() => {
  vi.stubEnv('AWS_ENDPOINT_URL', inject('motoEndpoint'))
  iam = iamClient()
  ssm = ssmClient()
  sources = accessSources(iam, ssm)
})

test.each(['String', 'StringList', 'SecureString'] as const)(
  'a parameter of type %s is read in clear',
  async (type) => {
    const value = 'arn:aws:iam::123456789012:saml-provider/Okta,arn:aws:iam::123456789012:saml-provider/Okta-2023'
    await ssm.send(new PutParameterCommand({ Name: `/okta/${type}`, Type: type, Value: value }))
    expect(await sources.readParameter(`/okta/${type}`)).toBe(value)
  },
)

test('a SAML provider is read with the time until when it is valid', async () => {
  const input = { Name: 'Okta', SAMLMetadataDocument: '<EntityDescriptor/>'.padEnd(1000) }
  const { SAMLProviderArn: arn = '' } = await iam.send(new CreateSAMLProviderCommand(input))
  expect(await sources.readSamlProvider(arn)).toEqual({ validUntil: expect.any(Date) })
})

test('a parameter or provider that is not there is no fault', async () => {
  expect(await sources.readParameter('/okta/other')).toBeUndefined()
  expect(await sources.readSamlProvider('arn:aws:iam::123456789012:saml-provider/Other')).toBeUndefined()
})
