import { runSimulation } from '@cloud-copilot/iam-simulate'
import { describe, expect, test } from 'vitest'
import * as z from 'zod/mini'
import { executionRoleTemplate } from '../../release/execution-role.ts'
import { isAllowedToDeployer } from '../deployer/ask-deployer-policy.ts'
import { LEFT_OUT } from '../deployer/left-out.ts'
import schemaPermissions from '../deployer/schema-permissions.json'

const MEMBER = '222233334444'
const ADMINISTRATOR = 'arn:aws:iam::999988887777:role/aws-service-role/stacksets.cloudformation.amazonaws.com/OrgAdmin'

const Role = z.object({
  Resources: z.object({
    ExecutionRole: z.object({
      Properties: z.object({
        AssumeRolePolicyDocument: z.unknown(),
        Policies: z.array(z.object({ PolicyDocument: z.unknown() })),
      }),
    }),
  }),
})

/** The role as CloudFormation makes it in an account. */
function roleIn(partition: string, region: string) {
  const text = JSON.stringify(executionRoleTemplate('1.0.0'))
    .replaceAll(`\${AWS::Partition}`, partition)
    .replaceAll(`\${AWS::AccountId}`, MEMBER)
    .replaceAll(`\${AWS::Region}`, region)
    .replace(/\{"Fn::Sub":("(?:[^"\\]|\\.)*")\}/g, '$1')
    .replace('{"Ref":"TrustedRole"}', JSON.stringify(ADMINISTRATOR))
  return z.parse(Role, JSON.parse(text)).Resources.ExecutionRole.Properties
}

const { Policies, AssumeRolePolicyDocument } = roleIn('aws', 'us-east-1')
const [{ PolicyDocument: policy } = { PolicyDocument: undefined }] = Policies

async function isAllowed(action: string, resource: string, contextVariables: Readonly<Record<string, string>> = {}) {
  const result = await runSimulation(
    {
      request: {
        principal: `arn:aws:iam::${MEMBER}:role/stacksets-exec-okta-role-trust`,
        action,
        resource: { resource, accountId: MEMBER },
        contextVariables: { 'aws:PrincipalOrgID': 'o-a1b2c3d4e5', ...contextVariables },
      },
      identityPolicies: [{ name: 'execution-role', policy }],
      serviceControlPolicies: [],
      resourceControlPolicies: [],
    },
    {},
  )
  if (result.resultType === 'error') throw new Error(JSON.stringify(result.errors))
  return result.overallResult === 'Allowed'
}

const regional = (service: string, rest: string) => `arn:aws:${service}:us-east-1:${MEMBER}:${rest}`
const global = (rest: string) => `arn:aws:iam::${MEMBER}:${rest}`

describe('the execution role', () => {
  test('may do in its account what whoever deploys may, but for what osls and its bucket need', async () => {
    const actions = Object.entries(schemaPermissions)
      .filter(([type]) => type !== 'AWS::S3::Bucket' && type !== 'AWS::S3::BucketPolicy')
      .flatMap(([type, permissions]) => {
        const left = (LEFT_OUT[type] ?? []).flatMap((one) => one.permissions)
        return permissions.filter((permission) => !left.includes(permission))
      })
    const own = [
      global('role/okta-role-trust/okta-role-trust-prod-backfill'),
      global('policy/okta-role-trust/okta-role-trust-prod-SweepPolicy-1'),
      regional('lambda', 'function:okta-role-trust-prod-backfill'),
      regional('sqs', 'okta-role-trust-prod-role-events'),
      regional('events', 'rule/okta-role-trust-prod-role-events'),
      regional('logs', 'log-group:/aws/lambda/okta-role-trust-prod-backfill'),
    ]
    const questions = [...new Set(actions)].flatMap((action) =>
      own.filter((arn) => arn.split(':')[2] === action.split(':')[0]).map((resource) => ({ action, resource })),
    )
    // Some are asked without the name of a resource, or on another kind.
    const answer = (asked: Promise<boolean>) => asked.catch(() => 'no such question')
    let allowed = 0
    for (const { action, resource } of questions) {
      const asDeployer = await answer(isAllowedToDeployer(action, resource.replaceAll(MEMBER, '111122223333')))
      expect({ action, resource, allowed: await answer(isAllowed(action, resource)) }).toEqual({
        action,
        resource,
        allowed: asDeployer,
      })
      if (asDeployer === true) allowed += 1
    }
    expect(allowed).toBeGreaterThan(30)
  })

  test('may make provider and parameter, its own stacks, and read the code within the organization', async () => {
    const zip = 'arn:aws:s3:::bundles/0123.zip'
    expect(await isAllowed('iam:CreateSAMLProvider', global('saml-provider/Okta'))).toBe(true)
    expect(await isAllowed('ssm:PutParameter', regional('ssm', 'parameter/okta/saml-provider-arn'))).toBe(true)
    const stack = 'stack/StackSet-okta-role-trust-prod-0f0f/1'
    expect(await isAllowed('cloudformation:UpdateStack', regional('cloudformation', stack))).toBe(true)
    expect(await isAllowed('s3:GetObject', zip, { 'aws:ResourceOrgID': 'o-a1b2c3d4e5' })).toBe(true)
    expect(await isAllowed('s3:GetObject', zip, { 'aws:ResourceOrgID': 'o-other00000' })).toBe(false)
  })

  test("may make the schedule's rule, which CloudFormation names after the stack of the StackSet", async () => {
    const rule = (name: string) => regional('events', `rule/${name}`)
    const schedule = rule('StackSet-okta-role-trust-ScheduledDashsweepEvents-1ABCDEFGHIJKL')
    for (const action of ['PutRule', 'PutTargets', 'DescribeRule', 'RemoveTargets', 'DeleteRule', 'TagResource']) {
      expect(await isAllowed(`events:${action}`, schedule)).toBe(true)
    }
    for (const other of ['payroll', 'payroll-ScheduledDashreportEventsRuleSchedule1-1ABCDEFGHIJKL']) {
      expect(await isAllowed('events:PutRule', rule(other))).toBe(false)
    }
  })

  const admin = { 'iam:PolicyARN': 'arn:aws:iam::aws:policy/AdministratorAccess' }
  const own = global('role/okta-role-trust/okta-role-trust-prod-backfill')
  test.for([
    ['give our role AdministratorAccess', 'iam:AttachRolePolicy', own, admin],
    ['write a trust policy', 'iam:UpdateAssumeRolePolicy', global('role/data-analyst')],
    ['make a role elsewhere', 'iam:CreateRole', global('role/admin')],
    ['change itself', 'iam:PutRolePolicy', global('role/stacksets-exec-okta-role-trust')],
    ['make a user', 'iam:CreateUser', global('user/mallory')],
    ['delete another stack', 'cloudformation:DeleteStack', regional('cloudformation', 'stack/payroll/1')],
    ['read other files', 's3:GetObject', 'arn:aws:s3:::payroll/2026.csv', { 'aws:ResourceOrgID': 'o-a1b2c3d4e5' }],
    ['change another function', 'lambda:UpdateFunctionCode', regional('lambda', 'function:payroll')],
  ] as const)('may not %s', async ([, action, resource, context = {}]) => {
    expect(await isAllowed(action, resource, context)).toBe(false)
  })

  test('is assumed by the role that is named, and nobody else', () => {
    expect(AssumeRolePolicyDocument).toEqual({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { AWS: ADMINISTRATOR }, Action: 'sts:AssumeRole' }],
    })
  })

  test('fits into what IAM takes for a role, in every partition', () => {
    const { Policies } = roleIn('aws-us-gov', 'us-gov-west-1')
    // Without white space (IAM User Guide, "IAM and AWS STS quotas").
    expect(JSON.stringify(Policies[0]?.PolicyDocument).replace(/\s/g, '').length).toBeLessThanOrEqual(10_240)
  })
})
