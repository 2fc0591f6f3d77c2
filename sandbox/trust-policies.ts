/** A trust policy of these statements. */
export const policyOf = (...Statement: readonly object[]) => ({ Version: '2012-10-17', Statement })

/** A statement as roles have it before anybody thinks of Okta. */
export const trusting = (service: string) => ({
  Effect: 'Allow',
  Principal: { Service: `${service}.amazonaws.com` },
  Action: 'sts:AssumeRole',
})

/** The statement that the system writes with the stack's default parameters (rule 4.1). */
export const oktaSso = (provider: string) => ({
  Sid: 'OktaSso',
  Effect: 'Allow',
  Principal: { Federated: provider },
  Action: 'sts:AssumeRoleWithSAML',
  Condition: { StringEquals: { 'SAML:aud': 'https://signin.aws.amazon.com/saml' } },
})
