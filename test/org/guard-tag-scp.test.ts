import { runSimulation } from '@cloud-copilot/iam-simulate'
import { describe, expect, it } from 'vitest'
import scp from '../../org/guard-tag-scp.json'
import { ENVIRONMENT } from '../environment.ts'

const ACCOUNT = '111122223333'
const PLATFORM = `arn:aws:iam::${ACCOUNT}:role/platform/identity`
const ADMIN = `arn:aws:iam::${ACCOUNT}:role/account-admin`

const ALL = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }

/** What an administrator of a member account may do, where the organization has attached the policy. */
async function isAllowed(principal: string, action: string, tagKeys?: readonly string[]): Promise<boolean> {
  const [, , , , account = ''] = principal.split(':')
  const guarded = [
    { name: 'FullAWSAccess', policy: ALL },
    { name: 'guard-tag-scp', policy: scp },
  ]
  const result = await runSimulation(
    {
      request: {
        principal,
        action,
        resource: { resource: `arn:aws:iam::${account}:role/data-analyst`, accountId: account },
        contextVariables: { 'aws:PrincipalArn': principal, ...(tagKeys && { 'aws:TagKeys': [...tagKeys] }) },
      },
      identityPolicies: [{ name: 'AdministratorAccess', policy: ALL }],
      serviceControlPolicies: [{ orgIdentifier: 'root', policies: guarded }],
      resourceControlPolicies: [],
    },
    {},
  )
  if (result.resultType === 'error') throw new Error(JSON.stringify(result.errors))
  return result.overallResult === 'Allowed'
}

const CALLS_WITH_TAGS = ['iam:CreateRole', 'iam:TagRole', 'iam:UntagRole']

describe('the service control policy that guards the tag', () => {
  it.each(CALLS_WITH_TAGS)('keeps everybody else from %s with the tag', async (action) => {
    expect(await isAllowed(ADMIN, action, ['okta-sso'])).toBe(false)
    expect(await isAllowed(`arn:aws:iam::${ACCOUNT}:user/admin`, action, ['okta-sso'])).toBe(false)
    expect(await isAllowed(`arn:aws:iam::${ACCOUNT}:root`, action, ['okta-sso'])).toBe(false)
  })

  it.each(CALLS_WITH_TAGS)('lets the named principals %s with the tag, in any account', async (action) => {
    expect(await isAllowed(PLATFORM, action, ['okta-sso'])).toBe(true)
    expect(await isAllowed(PLATFORM.replace(ACCOUNT, '444455556666'), action, ['okta-sso'])).toBe(true)
  })

  it.each(CALLS_WITH_TAGS)(
    'sees the tag on %s in any letter case and among other tags, as IAM does',
    async (action) => {
      expect(await isAllowed(ADMIN, action, ['Okta-SSO'])).toBe(false)
      expect(await isAllowed(ADMIN, action, ['team', 'OKTA-SSO', 'cost-centre'])).toBe(false)
    },
  )

  it.each(CALLS_WITH_TAGS)('leaves %s alone where the tag is not concerned', async (action) => {
    expect(await isAllowed(ADMIN, action, ['team'])).toBe(true)
    expect(await isAllowed(ADMIN, action, ['okta-sso-owner'])).toBe(true)
  })

  it('leaves roles without tags, and every other call, alone', async () => {
    expect(await isAllowed(ADMIN, 'iam:CreateRole')).toBe(true)
    expect(await isAllowed(ADMIN, 'iam:UpdateAssumeRolePolicy')).toBe(true)
    expect(await isAllowed(ADMIN, 'iam:DeleteRole')).toBe(true)
  })

  it('guards the key that the stack is deployed with by default', () => {
    expect(scp.Statement[0]?.Condition['ForAnyValue:StringEqualsIgnoreCase']['aws:TagKeys']).toBe(ENVIRONMENT.TAG_KEY)
  })

  it('fits into the 5,120 characters that every organization may use', () => {
    expect(JSON.stringify(scp, null, 2).length).toBeLessThanOrEqual(5120)
  })
})
