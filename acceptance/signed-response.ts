import { randomUUID } from 'node:crypto'
import { SignedXml } from 'xml-crypto'

/** What an assertion says. */
export interface Assertion {
  readonly issuer: string
  readonly roleArn: string
  readonly providerArn: string
  /** Where it is sent to; IAM compares it with `SAML:aud`. */
  readonly recipient: string
  /** Of whom it is for: those that AWS takes in its partition. */
  readonly audiences: readonly string[]
  readonly userName: string
  readonly now: Date
}

/** For how long a session lasts, in seconds: the shortest that STS gives. */
export const SESSION_SECONDS = 900

/** For how long an assertion holds, in milliseconds: STS takes none that is older (IAM User Guide, "Troubleshoot SAML federation"). */
const LIFETIME = 5 * 60 * 1000

/**
 * A SAML response with a signed assertion, as XML: what AWS needs of it is in the IAM User Guide, "Configure SAML
 * assertions for the authentication response".
 *
 * @param key in PEM
 * @param certificate of that key, in PEM
 */
export function signedResponse(assertion: Assertion, key: string, certificate: string): string {
  const signature = new SignedXml({
    privateKey: key,
    publicCert: certificate,
    signatureAlgorithm: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
    canonicalizationAlgorithm: 'http://www.w3.org/2001/10/xml-exc-c14n#',
  })
  const xpath = "//*[local-name(.)='Assertion']"
  signature.addReference({
    xpath,
    digestAlgorithm: 'http://www.w3.org/2001/04/xmlenc#sha256',
    transforms: ['http://www.w3.org/2000/09/xmldsig#enveloped-signature', 'http://www.w3.org/2001/10/xml-exc-c14n#'],
  })
  // The schema of SAML has the signature right behind the issuer.
  const reference = `${xpath}/*[local-name(.)='Issuer']`
  signature.computeSignature(response(assertion), { prefix: 'ds', location: { reference, action: 'after' } })
  return signature.getSignedXml()
}

function response({ issuer, roleArn, providerArn, recipient, audiences, userName, now }: Assertion): string {
  const [at, before, after] = [now.getTime(), now.getTime() - LIFETIME, now.getTime() + LIFETIME].map((time) =>
    new Date(time).toISOString(),
  )
  const issuedBy = `<saml2:Issuer Format="urn:oasis:names:tc:SAML:2.0:nameid-format:entity">${text(issuer)}</saml2:Issuer>`
  const attribute = (name: string, value: string) =>
    `<saml2:Attribute Name="https://aws.amazon.com/SAML/Attributes/${name}"><saml2:AttributeValue>${text(value)}</saml2:AttributeValue></saml2:Attribute>`
  return [
    `<saml2p:Response xmlns:saml2p="urn:oasis:names:tc:SAML:2.0:protocol" Destination="${text(recipient)}" ID="_${randomUUID()}" IssueInstant="${at}" Version="2.0">`,
    `<saml2:Issuer xmlns:saml2="urn:oasis:names:tc:SAML:2.0:assertion" Format="urn:oasis:names:tc:SAML:2.0:nameid-format:entity">${text(issuer)}</saml2:Issuer>`,
    '<saml2p:Status><saml2p:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></saml2p:Status>',
    `<saml2:Assertion xmlns:saml2="urn:oasis:names:tc:SAML:2.0:assertion" ID="_${randomUUID()}" IssueInstant="${at}" Version="2.0">`,
    issuedBy,
    '<saml2:Subject>',
    `<saml2:NameID Format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent">${text(userName)}</saml2:NameID>`,
    '<saml2:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer">',
    `<saml2:SubjectConfirmationData NotOnOrAfter="${after}" Recipient="${text(recipient)}"/>`,
    '</saml2:SubjectConfirmation></saml2:Subject>',
    `<saml2:Conditions NotBefore="${before}" NotOnOrAfter="${after}"><saml2:AudienceRestriction>`,
    ...audiences.map((audience) => `<saml2:Audience>${text(audience)}</saml2:Audience>`),
    '</saml2:AudienceRestriction></saml2:Conditions>',
    `<saml2:AuthnStatement AuthnInstant="${at}" SessionIndex="_${randomUUID()}"><saml2:AuthnContext>`,
    '<saml2:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:unspecified</saml2:AuthnContextClassRef>',
    '</saml2:AuthnContext></saml2:AuthnStatement>',
    '<saml2:AttributeStatement>',
    attribute('Role', `${roleArn},${providerArn}`),
    attribute('RoleSessionName', userName),
    attribute('SessionDuration', `${SESSION_SECONDS}`),
    '</saml2:AttributeStatement></saml2:Assertion></saml2p:Response>',
  ].join('')
}

function text(value: string): string {
  return value.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)
}
