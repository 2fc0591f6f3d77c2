import { isSamePolicy } from '../src/trust-policy/same-policy.ts'

/** A trust policy of these statements. */
export const policyOf = (...Statement: readonly object[]) => ({ Version: '2012-10-17', Statement })

/** A statement as roles have it before anybody thinks of Okta. */
export const trusting = (service: string) => ({
  Effect: 'Allow',
  Principal: { Service: `${service}.amazonaws.com` },
  Action: 'sts:AssumeRole',
})

/** What AWS's sign-in is in the partition aws. */
const AUDIENCE = 'https://signin.aws.amazon.com/saml'

/** The statement that the system writes with the stack's default settings, but for these (rule 4.1). */
export const oktaSso = (provider: string, { sid = 'OktaSso', audience = AUDIENCE } = {}) => ({
  Sid: sid,
  Effect: 'Allow',
  Principal: { Federated: provider },
  Action: 'sts:AssumeRoleWithSAML',
  Condition: { StringEquals: { 'SAML:aud': audience } },
})

/** Whether a trust policy means what it should: IAM may hand one back in other words. */
export function meansTheSame(found: unknown, expected: object): boolean {
  return isSamePolicy(JSON.stringify(found), JSON.stringify(expected))
}
