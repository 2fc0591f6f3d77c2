import { createHash, createVerify, X509Certificate } from 'node:crypto'
import { load } from 'cheerio'
import { beforeAll, expect, test } from 'vitest'
import { createIdentityProvider } from '../../acceptance/identity-provider.ts'

const ROLE = 'arn:aws:iam::111122223333:role/okta-role-trust-acceptance-0123abcd-sign-in'
const PROVIDER = 'arn:aws:iam::111122223333:saml-provider/okta-role-trust-acceptance-0123abcd'
const RECIPIENT = 'https://signin.aws.amazon.com/saml'
const NOW = new Date('2027-03-01T10:00:00.000Z')

let metadata = ''
let xml = ''
beforeAll(async () => {
  const idp = await createIdentityProvider('okta-role-trust-acceptance-0123abcd', NOW)
  metadata = idp.metadata
  const audiences = [RECIPIENT, 'urn:amazon:webservices']
  const said = {
    roleArn: ROLE,
    providerArn: PROVIDER,
    recipient: RECIPIENT,
    audiences,
    userName: 'acceptance',
    now: NOW,
  }
  xml = Buffer.from(idp.sign(said), 'base64').toString('utf8')
})

/** As AWS has it: from the metadata, which is all that it is given. */
function certificateOf(text: string): X509Certificate {
  const [, base64 = ''] = /<ds:X509Certificate>([^<]+)</.exec(text) ?? []
  return new X509Certificate(Buffer.from(base64, 'base64'))
}

/** An element with all that is in it. */
function element(text: string, name: string): string {
  return new RegExp(`<${name}[ >][\\s\\S]*</${name}>`).exec(text)?.[0] ?? ''
}

/**
 * The canonical form (Exclusive XML Canonicalization 1.0) of what needs little for it: its attributes are in order, its
 * namespaces are declared where they are first used, and it holds no comment, no entity and no needless white space.
 */
function canonical(text: string): string {
  return text.replace(/<([\w:]+)([^<>]*?)\s*\/>/g, '<$1$2></$1>')
}

/** Whether a response holds, by nothing but hashes and the key of the certificate. */
function holds(response: string): boolean {
  const signature = element(response, 'ds:Signature')
  const assertion = element(response, 'saml2:Assertion').replace(signature, '')
  const namespace = 'xmlns:ds="http://www.w3.org/2000/09/xmldsig#"'
  const signedInfo = element(signature, 'ds:SignedInfo').replace('<ds:SignedInfo>', `<ds:SignedInfo ${namespace}>`)
  const [, digest] = /<ds:DigestValue>([^<]+)</.exec(signedInfo) ?? []
  const [, value = ''] = /<ds:SignatureValue>([^<]+)</.exec(signature) ?? []
  const [, id] = /^<saml2:Assertion [^>]*ID="([^"]+)"/.exec(assertion) ?? []
  return (
    signedInfo.includes(`URI="#${id}"`) &&
    createHash('sha256').update(canonical(assertion)).digest('base64') === digest &&
    createVerify('sha256').update(canonical(signedInfo)).verify(certificateOf(metadata).publicKey, value, 'base64')
  )
}

test('an assertion holds by the certificate in the metadata, and no other one does', () => {
  expect(holds(xml)).toBe(true)
  expect(holds(xml.replace('sign-in', 'another'))).toBe(false)
  expect(holds(xml.replaceAll(RECIPIENT, 'https://us-east-1.signin.aws.amazon.com/saml'))).toBe(false)
  expect(holds(xml.replace(/(<ds:SignatureValue>.)./, '$1_'))).toBe(false)
})

test('it says what AWS asks of an assertion', () => {
  const document = load(xml, { xml: true })
  const text = (name: string) => document(name.replace(':', '\\:')).text()
  const attribute = (name: string) => document(`[Name="https://aws.amazon.com/SAML/Attributes/${name}"]`).text()
  const confirmation = document('saml2\\:SubjectConfirmationData')
  expect(document('saml2\\:SubjectConfirmation')).toHaveLength(1)
  expect(confirmation.attr('Recipient')).toBe(RECIPIENT)
  expect(confirmation.attr('NotOnOrAfter')).toBe('2027-03-01T10:05:00.000Z')
  expect(text('saml2:NameID')).toBe('acceptance')
  expect(
    document('saml2\\:Audience')
      .toArray()
      .map((one) => document(one).text()),
  ).toContain('urn:amazon:webservices')
  expect(attribute('Role')).toBe(`${ROLE},${PROVIDER}`)
  expect(attribute('RoleSessionName')).toMatch(/^[\w+=,.@-]{2,64}$/)
  expect(attribute('SessionDuration')).toBe('900')
  const entity = load(metadata, { xml: true })('md\\:EntityDescriptor').attr('entityID')
  expect(entity).toMatch(/^http/)
  expect(
    document('saml2\\:Issuer')
      .toArray()
      .map((one) => document(one).text()),
  ).toEqual([entity, entity])
})

test('the signature stands behind the issuer, where the schema has it', () => {
  const document = load(xml, { xml: true })
  const children = document('saml2\\:Assertion').children().toArray()
  expect(children.map(({ tagName }) => tagName).slice(0, 3)).toEqual(['saml2:Issuer', 'ds:Signature', 'saml2:Subject'])
})

test('the metadata is what IAM takes, and nothing of the key is in it', () => {
  // IAM API reference, CreateSAMLProvider.
  expect(metadata.length).toBeGreaterThanOrEqual(1_000)
  expect(metadata).toContain('<md:KeyDescriptor use="signing">')
  const certificate = certificateOf(metadata)
  expect(certificate.issuer).toBe(certificate.subject)
  expect(certificate.verify(certificate.publicKey)).toBe(true)
  expect(certificate.publicKey.asymmetricKeyDetails?.modulusLength).toBe(2_048)
  expect(new Date(certificate.validFrom).getTime()).toBeLessThan(NOW.getTime())
  expect(new Date(certificate.validTo).getTime() - NOW.getTime()).toBe(24 * 60 * 60 * 1000)
  expect(metadata).not.toContain('PRIVATE KEY')
})

test('each run has a key of its own, and the identity provider does not hand it out', async () => {
  const other = await createIdentityProvider('okta-role-trust-acceptance-0123abcd', NOW)
  expect(certificateOf(other.metadata).fingerprint256).not.toBe(certificateOf(metadata).fingerprint256)
  expect(JSON.stringify(other)).not.toContain('PRIVATE')
  expect(Object.keys(other).sort()).toEqual(['metadata', 'sign'])
})
