import { expect, test } from 'vitest'
import { createAccount } from '../../fake-aws/account.ts'
import { addRealisticRoles } from '../../fake-aws/realistic-roles.ts'
import { trustPolicyRefusal } from '../../fake-aws/trust-policy-refusal.ts'
import { planTrust } from '../../src/trust-policy/plan.ts'

const wanted = {
  providers: ['arn:aws:iam::111122223333:saml-provider/Okta'],
  audiences: ['https://signin.aws.amazon.com/saml'],
  actions: ['sts:AssumeRoleWithSAML'],
  sid: 'OktaSso',
}
const account = addRealisticRoles(createAccount())

test.each([
  ['data-analyst', { kind: 'change', reason: 'access-missing', notes: [] }],
  ['security-auditor', { kind: 'change', reason: 'access-missing', notes: [] }],
  ['prod-readonly', { kind: 'unchanged', notes: [] }],
  ['platform-admin', { kind: 'unchanged', notes: [] }],
  ['support-engineer', { kind: 'unchanged', notes: [] }],
  ['finance-reporting', { kind: 'unchanged', notes: ['no-audience-condition'] }],
  ['billing-viewer', { kind: 'unchanged', notes: ['restricted-by-owner'] }],
  ['vault-unsealer', { kind: 'blocked', reason: 'explicit-deny' }],
  ['shared-deployer', { kind: 'blocked', reason: 'quota' }],
  ['ml-engineer', { kind: 'change', reason: 'managed-statement-differs', notes: [] }],
  ['incident-responder', { kind: 'blocked', reason: 'dangling-principal' }],
  ['AWSServiceRoleForAutoScaling', { kind: 'change' }],
  ['ci-runner', { kind: 'change' }],
  ['contractor-sandbox', { kind: 'unchanged', notes: [] }],
])('%s is what its story says', (name, plan) => {
  expect(planTrust(account.role(name).document, wanted, 2048)).toMatchObject(plan)
})

test('only the role with a deleted principal holds what IAM would not take today', () => {
  const refused = account.roles().filter(({ document = '' }) => trustPolicyRefusal(document, 2048) !== undefined)
  expect(refused.map(({ name }) => name)).toEqual(['incident-responder'])
})
