import { generate } from 'selfsigned'
import { entityId, samlMetadata } from '../sandbox/saml-metadata.ts'
import { type Assertion, signedResponse } from './signed-response.ts'

/** An identity provider that signs for one run. Its key is in memory alone: nothing here hands it out, prints or writes it. */
export interface IdentityProvider {
  /** What IAM makes a SAML provider of. */
  readonly metadata: string
  /** A SAML response with an assertion that says so, in base64, as STS takes it. */
  sign(assertion: Omit<Assertion, 'issuer'>): string
}

/** For how long the certificate holds, in milliseconds: a run takes less than an hour, and no key should outlive its use. */
const LIFETIME = 24 * 60 * 60 * 1000

/** @param name of the SAML provider to be */
export async function createIdentityProvider(name: string, now = new Date()): Promise<IdentityProvider> {
  const { private: key, cert: certificate } = await generate([{ name: 'commonName', value: name }], {
    keySize: 2048,
    algorithm: 'sha256',
    // Clocks differ.
    notBeforeDate: new Date(now.getTime() - 5 * 60 * 1000),
    notAfterDate: new Date(now.getTime() + LIFETIME),
  })
  const issuer = entityId(name)
  const base64 = certificate.replace(/-----[A-Z ]+-----|\s/g, '')
  return {
    metadata: samlMetadata(name, base64),
    sign: (assertion) => Buffer.from(signedResponse({ ...assertion, issuer }, key, certificate)).toString('base64'),
  }
}
