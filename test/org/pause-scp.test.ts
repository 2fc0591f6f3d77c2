import { describe, expect, test } from 'vitest'
import scp from '../../org/pause-scp.json'
import { OWN_ROLES_PATH } from '../../src/role/scope.ts'
import { isLeft } from './ask-organization.ts'

const UPDATE = 'iam:UpdateAssumeRolePolicy'
const ROLE = 'arn:aws:iam::ACCOUNT:role/data-analyst'
const FUNCTIONS = ['role-event', 'scheduled-sweep', 'backfill'].map(
  (name) => `role${OWN_ROLES_PATH}okta-role-trust-prod-${name}`,
)

describe('the service control policy that pauses', () => {
  test.each(FUNCTIONS)('keeps %s from writing any trust policy', async (principal) => {
    expect(await isLeft(scp, principal, UPDATE, ROLE)).toBe(false)
    expect(await isLeft(scp, principal, UPDATE, 'arn:aws:iam::ACCOUNT:role/team/x')).toBe(false)
  })

  test.each(FUNCTIONS)('lets %s look, and tell what it saw', async (principal) => {
    for (const [action, resource] of [
      ['iam:GetRole', ROLE],
      ['iam:GetAccountAuthorizationDetails', '*'],
      ['events:PutEvents', 'arn:aws:events:us-east-1:ACCOUNT:event-bus/default'],
      ['sqs:SendMessage', 'arn:aws:sqs:us-east-1:ACCOUNT:okta-role-trust-prod-role-events'],
      ['ssm:GetParameter', 'arn:aws:ssm:us-east-1:ACCOUNT:parameter/okta/saml-provider-arn'],
    ] as const) {
      expect(await isLeft(scp, principal, action, resource)).toBe(true)
    }
  })

  test.each([
    'role/account-admin',
    'role/okta-role-trust',
    'role/okta-role-trust-x',
    'role/x/okta-role-trust/y',
    'user/okta-role-trust/x',
    'root',
  ])('binds nobody else: %s', async (principal) => {
    expect(await isLeft(scp, principal, UPDATE, ROLE)).toBe(true)
  })

  test('fits into the 5,120 characters that every organization may use', () => {
    expect(JSON.stringify(scp, null, 2).length).toBeLessThanOrEqual(5120)
  })
})
