import { runSimulation } from '@cloud-copilot/iam-simulate'
import { describe, expect, it } from 'vitest'
import { ENVIRONMENT } from '../../fake-aws/environment.ts'
import scp from '../../org/guard-tag-scp.json'

const ACCOUNT = '111122223333'
const PLATFORM = `arn:aws:iam::${ACCOUNT}:role/platform/identity`
const ADMIN = `arn:aws:iam::${ACCOUNT}:role/account-admin`
const USER = `arn:aws:iam::${ACCOUNT}:user/admin`
const ROOT = `arn:aws:iam::${ACCOUNT}:root`

const ALL = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }

interface Call {
  readonly principal: string
  readonly action: string
  /** Path and name. */
  readonly role?: string
  /** The keys that the request sets or takes away, as it spells them. */
  readonly tagKeys?: readonly string[]
  /** The keys by which IAM itself knows the tags that the request sets. */
  readonly requestTags?: readonly string[]
}

/** What an administrator of a member account may do, where the organization has attached the policy. */
async function isAllowed({ principal, action, role = 'data-analyst', tagKeys, requestTags = [] }: Call) {
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
        resource: { resource: `arn:aws:iam::${account}:role/${role}`, accountId: account },
        contextVariables: {
          'aws:PrincipalArn': principal,
          ...(tagKeys && { 'aws:TagKeys': [...tagKeys] }),
          ...Object.fromEntries(requestTags.map((key) => [`aws:RequestTag/${key}`, 'true'])),
        },
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
    for (const principal of [ADMIN, USER, ROOT]) {
      expect(await isAllowed({ principal, action, tagKeys: ['okta-sso'] })).toBe(false)
    }
  })

  it.each(CALLS_WITH_TAGS)('lets the named principals %s with the tag, in any account', async (action) => {
    for (const principal of [PLATFORM, PLATFORM.replace(ACCOUNT, '444455556666')]) {
      expect(await isAllowed({ principal, action, tagKeys: ['okta-sso'] })).toBe(true)
    }
  })

  it.each(CALLS_WITH_TAGS)(
    'sees the tag on %s in any letter case and among other tags, as IAM does',
    async (action) => {
      for (const tagKeys of [['Okta-SSO'], ['team', 'OKTA-SSO', 'cost-centre']]) {
        expect(await isAllowed({ principal: ADMIN, action, tagKeys })).toBe(false)
      }
    },
  )

  it.each(['iam:CreateRole', 'iam:TagRole'])(
    'sees what IAM takes for the tag on %s, however the request spells it',
    async (action) => {
      // The Kelvin sign is no k to an operator that ignores the case of letters, and may be one to IAM.
      const call = { action, tagKeys: ['o\u212Ata-sso'], requestTags: ['okta-sso'] }
      expect(await isAllowed({ ...call, principal: ADMIN })).toBe(false)
      expect(await isAllowed({ ...call, principal: PLATFORM })).toBe(true)
    },
  )

  it.each(CALLS_WITH_TAGS)('leaves %s alone where the tag is not concerned', async (action) => {
    for (const key of ['team', 'okta-sso-owner']) {
      expect(await isAllowed({ principal: ADMIN, action, tagKeys: [key], requestTags: [key] })).toBe(true)
    }
  })

  it('leaves roles without tags, and every other call, alone', async () => {
    for (const action of ['iam:CreateRole', 'iam:UpdateAssumeRolePolicy', 'iam:PutRolePolicy', 'iam:PassRole']) {
      expect(await isAllowed({ principal: ADMIN, action })).toBe(true)
      // A path is compared to the letter, and so are the names of those who may tag.
      expect(await isAllowed({ principal: ADMIN, action, role: 'Platform/x' })).toBe(true)
    }
  })

  it('guards the key that the stack is deployed with by default', () => {
    expect(scp.Statement[0]?.Condition['ForAnyValue:StringEqualsIgnoreCase']?.['aws:TagKeys']).toBe(ENVIRONMENT.TAG_KEY)
    expect(scp.Statement[1]?.Condition.Null).toEqual({ [`aws:RequestTag/${ENVIRONMENT.TAG_KEY}`]: 'false' })
  })

  it('names the same principals everywhere, and guards the very roles that they are', () => {
    const [named] = scp.Statement.map(({ Condition }) => Condition.ArnNotLike['aws:PrincipalArn'])
    for (const { Condition } of scp.Statement) expect(Condition.ArnNotLike).toEqual({ 'aws:PrincipalArn': named })
    expect(scp.Statement[2]?.Resource).toBe(named)
  })

  it('fits into the 5,120 characters that every organization may use', () => {
    expect(JSON.stringify(scp, null, 2).length).toBeLessThanOrEqual(5120)
  })
})

describe('whoever may not tag does not become one who may', () => {
  const role = 'platform/x'

  it.each([
    ['making such a role, without the tag', 'iam:CreateRole'],
    ['deleting one, to make it anew', 'iam:DeleteRole'],
    ['letting themselves into one', 'iam:UpdateAssumeRolePolicy'],
    ['giving one more permissions', 'iam:PutRolePolicy'],
    ['giving one more permissions by a managed policy', 'iam:AttachRolePolicy'],
    ['taking a Deny from one', 'iam:DeleteRolePolicy'],
    ['taking a managed Deny from one', 'iam:DetachRolePolicy'],
    ['taking the boundary from one', 'iam:DeleteRolePermissionsBoundary'],
    ['widening the boundary of one', 'iam:PutRolePermissionsBoundary'],
    ['handing one to a function or an instance of their own', 'iam:PassRole'],
  ])('by %s', async (_, action) => {
    for (const principal of [ADMIN, USER, ROOT]) expect(await isAllowed({ principal, action, role })).toBe(false)
    expect(await isAllowed({ principal: ADMIN, action, role: 'platform/deep/x' })).toBe(false)
    expect(await isAllowed({ principal: PLATFORM, action, role })).toBe(true)
  })

  it('and may still look at such a role', async () => {
    for (const action of ['iam:GetRole', 'iam:GetRolePolicy', 'iam:ListAttachedRolePolicies']) {
      expect(await isAllowed({ principal: ADMIN, action, role })).toBe(true)
    }
  })
})
