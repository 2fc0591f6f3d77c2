/** Certifies nothing: where nobody signs in, nobody looks. */
const NO_CERTIFICATE = 'MIIDqDCCApCgAwIBAgIGAYexample'.padEnd(1_000, 'A')

/** What Okta says that it is. */
export function entityId(issuer: string): string {
  return `http://www.okta.com/${issuer}`
}

/**
 * What Okta offers for download as the metadata of its side; IAM takes at least 1,000 characters (IAM API reference).
 *
 * @param certificate that the assertions are signed with: DER in base64
 */
export function samlMetadata(issuer: string, certificate = NO_CERTIFICATE): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<md:EntityDescriptor entityID="${entityId(issuer)}" xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata">
  <md:IDPSSODescriptor WantAuthnRequestsSigned="false" protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
    <md:KeyDescriptor use="signing">
      <ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#">
        <ds:X509Data><ds:X509Certificate>${certificate}</ds:X509Certificate></ds:X509Data>
      </ds:KeyInfo>
    </md:KeyDescriptor>
    <md:NameIDFormat>urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified</md:NameIDFormat>
    <md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"
      Location="https://example.okta.com/app/amazon_aws/${issuer}/sso/saml"/>
  </md:IDPSSODescriptor>
</md:EntityDescriptor>
`
}
