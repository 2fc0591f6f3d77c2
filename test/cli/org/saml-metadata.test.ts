import { expect, test } from 'vitest'
import { checkSamlMetadata } from '../../../cli/org/saml-metadata.ts'
import { EXPIRED_IN_2020, metadataOf, VALID_UNTIL_2120 } from './metadata.ts'

const NOW = new Date('2026-11-26')
const check = (xml: string, now = NOW) => checkSamlMetadata(xml, 'okta.xml', now)

test("Okta's metadata is taken as it is, with one certificate and with two", () => {
  for (const certificates of [[VALID_UNTIL_2120], [VALID_UNTIL_2120, EXPIRED_IN_2020]]) {
    const xml = metadataOf({ certificates })
    expect(check(xml)).toEqual({ xml: xml.trim(), entityId: 'http://www.okta.com/exk1', warnings: [] })
  }
  expect(check(metadataOf().replaceAll('md:', '').replace('xmlns:md', 'xmlns')).entityId).toBe(
    'http://www.okta.com/exk1',
  )
})

test('a comment or a space at the end is no part that is missing', () => {
  for (const xml of [`${metadataOf()}<!-- of -- exk1 -->\n<!-- end -->`, metadataOf().trim().replace(/>$/, ' >')]) {
    expect(check(xml).xml).toBe(xml)
  }
})

test('a certificate that ends soon is told', () => {
  expect(check(metadataOf(), new Date('2119-12-20')).warnings).toEqual([
    'the certificate in okta.xml expires on 2120-01-01',
  ])
})

const key = '-----BEGIN PRIVATE KEY-----'
test.each([
  ['nothing', ' \n', 'nothing'],
  ['a page to sign in on', '<!DOCTYPE html><html><body>Sign in</body></html>', 'a page of HTML'],
  ['such a page without a type', '<html lang="en"></html>', 'a page of HTML'],
  ['text', 'see Okta', 'text that is no XML'],
  ['JSON', '{"EntityDescriptor": {}}', 'text that is no XML'],
  ['a certificate alone', '-----BEGIN CERTIFICATE-----', 'text that is no XML'],
  ['another root', '<Response xmlns="urn:oasis:names:tc:SAML:2.0:protocol"/>', 'the root element Response'],
  [
    'several entities',
    metadataOf().replaceAll('EntityDescriptor', 'EntitiesDescriptor'),
    'the root element md:EntitiesDescriptor',
  ],
  [
    'another namespace',
    metadataOf().replace('SAML:2.0:metadata', 'SAML:1.0:metadata'),
    'the root element md:EntityDescriptor',
  ],
  ['a file that is cut off', metadataOf().slice(0, -40), 'no end of md:EntityDescriptor'],
  ['two of them', metadataOf() + metadataOf().replace(/^<\?xml.*\?>/, ''), 'more than one root element'],
  ['no entity', metadataOf({ entityId: '' }), 'no entityID'],
  ['a service provider', metadataOf().replaceAll('IDPSSODescriptor', 'SPSSODescriptor'), 'no IDPSSODescriptor'],
  ['no certificate', metadataOf({ certificates: [] }), 'no certificate'],
  ['a certificate that is none', metadataOf({ certificates: ['TUlJ'] }), 'a certificate that cannot be read'],
  [
    'a certificate that expired',
    metadataOf({ certificates: [EXPIRED_IN_2020] }),
    'a certificate that expired on 2020-01-01',
  ],
  [
    'metadata that expired',
    metadataOf({ attributes: ' validUntil="2026-01-01T00:00:00Z"' }),
    'metadata that was valid until 2026',
  ],
  ['a private key', metadataOf({ comment: key }), 'a private key'],
  ['entities', metadataOf().replace('?>', '?><!DOCTYPE x [<!ENTITY a "b">]>'), 'a document type or entities'],
  ['too much', metadataOf({ comment: 'x'.repeat(50_000) }), 'bytes, expected at most 45000'],
])('%s is refused in one line', (_, xml, found) => {
  expect(() => check(xml)).toThrow(`okta.xml: found `)
  expect(() => check(xml)).toThrow(found)
  expect(() => check(xml)).not.toThrow('\n')
})
