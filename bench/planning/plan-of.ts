import { planTrust } from '../../src/trust-policy/plan.ts'

const WANTED = {
  providers: ['arn:aws:iam::111122223333:saml-provider/Okta'],
  audiences: ['https://signin.aws.amazon.com/saml'],
  actions: ['sts:AssumeRoleWithSAML'],
  sid: 'OktaSso',
}
const QUOTA = 2048

/** What is measured, and what sorts the documents for it. */
export function planOf(document: string) {
  return planTrust(document, WANTED, QUOTA)
}
