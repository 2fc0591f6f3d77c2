/** Of nobody: each was made for these tests, and its key thrown away. */
export const VALID_UNTIL_2120 =
  'MIIBETCBuaADAgECAgEBMAoGCCqGSM49BAMCMBIxEDAOBgNVBAMMB2V4YW1wbGUwIBcNMjAwMTAxMDAwMDAwWhgPMjEyMDAxMDEwMDAwMDBaMBIxEDAOBgNVBAMMB2V4YW1wbGUwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAARB+gVGuOglcsJjW0RVZ9V0vwS8DNVeyFVFucTkjJrJT/sMwb913UlCwuslc5/9ZBdtc5Oib0G7XrO78A14eWUdMAoGCCqGSM49BAMCA0cAMEQCICF2Rb+281aDDpFbsq/C4u4vTFWq27piCMdF7Kbsag2pAiAbLljlQBXr9d5B126nylYvaP9R6Pr6/tj0QxbstQK6BQ=='
export const EXPIRED_IN_2020 =
  'MIIBEDCBt6ADAgECAgEBMAoGCCqGSM49BAMCMBIxEDAOBgNVBAMMB2V4YW1wbGUwHhcNMTAwMTAxMDAwMDAwWhcNMjAwMTAxMDAwMDAwWjASMRAwDgYDVQQDDAdleGFtcGxlMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAENnsp1D0E5C0KiF1zvZX69a7+d03miILTq2TCcFoumMbru887Qy2JEHkVG6udMww+yG+GvOrTQElk9S2im7kcTDAKBggqhkjOPQQDAgNIADBFAiEAlyw+QSbc3D0v0VaDuEsK6a0T9hYAnsir7tdr/kMVzT8CIF5GxTrRkbwqTGWX9e74vllMNeOAFVPLZq0Q2p0RAwxG'

interface MetadataOptions {
  readonly entityId?: string
  readonly certificates?: readonly string[]
  readonly comment?: string
  /** Further attributes of the root. */
  readonly attributes?: string
}

/** What Okta shows of an app, long enough for IAM. */
export function metadataOf({
  entityId = 'http://www.okta.com/exk1',
  certificates = [VALID_UNTIL_2120],
  comment = '',
  attributes = '',
}: MetadataOptions = {}): string {
  const keys = certificates.map(
    (certificate) =>
      `<md:KeyDescriptor use="signing"><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data><ds:X509Certificate>${certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>`,
  )
  const service = (binding: string) =>
    `<md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-${binding}" Location="https://example.okta.com/app/amazon_aws/exk1/sso/saml"/>`
  return `<?xml version="1.0" encoding="UTF-8"?><md:EntityDescriptor entityID="${entityId}" xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata"${attributes}><md:IDPSSODescriptor WantAuthnRequestsSigned="false" protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">${keys.join('')}<md:NameIDFormat>urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified</md:NameIDFormat>${service('POST')}${service('Redirect')}</md:IDPSSODescriptor>${comment === '' ? '' : `<!-- ${comment} -->`}</md:EntityDescriptor>
`
}
