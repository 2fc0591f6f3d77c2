import { describe, expect, test } from 'vitest'
import deployerPolicy from '../../infra/deployer-policy.json'
import { type Context, isAllowedToDeployer } from './ask-deployer-policy.ts'
import { ACCOUNT, NOT_RECORDED, RECORDED } from './osls-calls.ts'

const OTHERS = '444455556666'

/** The policy with the permissions boundary of that name, as docs/security.md says. */
function boundPolicy(name: string): object {
  const inBoundary = { StringEquals: { 'iam:PermissionsBoundary': `arn:aws:iam::${ACCOUNT}:policy/${name}` } }
  return {
    ...deployerPolicy,
    Statement: deployerPolicy.Statement.filter(({ Sid }) => Sid !== 'RolesUnbound').map((statement) =>
      ['RolesPower', 'RolesPolicies'].includes(statement.Sid)
        ? { ...statement, Condition: { ...statement.Condition, ...inBoundary } }
        : statement,
    ),
  }
}

describe('the policy for whoever deploys', () => {
  test('lets osls do what it does, by the statements named after it alone', async () => {
    const Statement = deployerPolicy.Statement.filter(({ Sid }) => Sid.startsWith('Osls'))
    for (const { action, resource } of [...Object.values(RECORDED), ...NOT_RECORDED]) {
      expect({
        action,
        allowed: await isAllowedToDeployer(action, resource, {}, { ...deployerPolicy, Statement }),
      }).toEqual({
        action,
        allowed: true,
      })
    }
  })

  test('lets osls use a deployment bucket of your own, once it is named, and no other place in it', async () => {
    const policy = JSON.parse(JSON.stringify(deployerPolicy).replaceAll('DEPLOYMENT_BUCKET', 'releases'))
    const ask = (action: string, resource: string) => isAllowedToDeployer(action, resource, {}, policy)
    expect(await ask('s3:ListBucket', 'arn:aws:s3:::releases')).toBe(true)
    for (const action of ['s3:PutObject', 's3:GetObject', 's3:DeleteObject']) {
      expect(await ask(action, 'arn:aws:s3:::releases/serverless/okta-role-trust/dev/1/backfill.zip')).toBe(true)
      expect(await ask(action, 'arn:aws:s3:::releases/payroll.csv')).toBe(false)
      expect(await isAllowedToDeployer(action, 'arn:aws:s3:::releases/serverless/okta-role-trust/x')).toBe(false)
    }
    expect(await ask('s3:DeleteBucket', 'arn:aws:s3:::releases')).toBe(false)
  })

  test('fits into a managed policy, with all that is to be filled in', () => {
    const longest = JSON.stringify(boundPolicy('x'.repeat(128)))
      .replaceAll('DEPLOYMENT_BUCKET', 'x'.repeat(63))
      .replaceAll('arn:aws:', 'arn:aws-us-gov:')
      .replaceAll('us-east-1', 'us-gov-west-1')
    // Without white space, which does not count (IAM User Guide, "IAM and AWS STS quotas").
    expect(longest.length).toBeLessThanOrEqual(6144)
  })
})

describe('whoever holds the policy cannot', () => {
  const role = (name: string, account = ACCOUNT) => `arn:aws:iam::${account}:role/${name}`
  const own = role('okta-role-trust/okta-role-trust-dev-backfill')
  const regional = (service: string, rest: string, account = ACCOUNT) =>
    `arn:aws:${service}:us-east-1:${account}:${rest}`
  const admin = { 'iam:PolicyARN': 'arn:aws:iam::aws:policy/AdministratorAccess' }
  const ownPolicy = `arn:aws:iam::${ACCOUNT}:policy/okta-role-trust/okta-role-trust-dev-SweepPolicy-1`
  const lambda = { 'iam:PassedToService': 'lambda.amazonaws.com' }
  const bucket = 'arn:aws:s3:::payroll'

  const ATTACKS: readonly (readonly [attack: string, action: string, resource: string, context?: Context])[] = [
    ['write the trust policy of a role in scope', 'iam:UpdateAssumeRolePolicy', role('data-analyst')],
    [
      'write that of a role that is named like ours',
      'iam:UpdateAssumeRolePolicy',
      role('okta-role-trust-dev-backfill'),
    ],
    ['create a role outside of the path', 'iam:CreateRole', role('okta-role-trust-dev-x')],
    ['create a role of another name below the path', 'iam:CreateRole', role('okta-role-trust/x')],
    ['give a foreign role a policy', 'iam:PutRolePolicy', role('data-analyst')],
    ['delete a foreign role', 'iam:DeleteRole', role('data-analyst')],
    ['tag a foreign role, and so put it in scope', 'iam:TagRole', role('data-analyst')],
    ['attach AdministratorAccess to our role', 'iam:AttachRolePolicy', own, admin],
    [
      'attach our policy to a foreign role',
      'iam:AttachRolePolicy',
      role('data-analyst'),
      { 'iam:PolicyARN': ownPolicy },
    ],
    ['take a policy from a foreign role', 'iam:DetachRolePolicy', role('data-analyst'), { 'iam:PolicyARN': ownPolicy }],
    ['change a managed policy of others', 'iam:CreatePolicyVersion', `arn:aws:iam::${ACCOUNT}:policy/boundary`],
    ['change this very policy', 'iam:CreatePolicyVersion', `arn:aws:iam::${ACCOUNT}:policy/okta-role-trust-deployer`],
    ['give a user a policy', 'iam:PutUserPolicy', `arn:aws:iam::${ACCOUNT}:user/deployer`],
    ['make a user', 'iam:CreateUser', `arn:aws:iam::${ACCOUNT}:user/okta-role-trust-x`],
    ['pass a foreign role to Lambda', 'iam:PassRole', role('account-admin'), lambda],
    ['pass our role to a machine', 'iam:PassRole', own, { 'iam:PassedToService': 'ec2.amazonaws.com' }],
    ['pass our role to EventBridge', 'iam:PassRole', own, { 'iam:PassedToService': 'events.amazonaws.com' }],
    ['pass the role that forwards to Lambda', 'iam:PassRole', role('okta-role-trust/x-forward'), lambda],
    ['create a SAML provider', 'iam:CreateSAMLProvider', `arn:aws:iam::${ACCOUNT}:saml-provider/Okta`],
    ['change a SAML provider', 'iam:UpdateSAMLProvider', `arn:aws:iam::${ACCOUNT}:saml-provider/Okta`],
    ['delete a SAML provider', 'iam:DeleteSAMLProvider', `arn:aws:iam::${ACCOUNT}:saml-provider/Okta`],
    ['write the parameter', 'ssm:PutParameter', regional('ssm', 'parameter/okta/saml-provider-arn')],
    ['delete another stack', 'cloudformation:DeleteStack', regional('cloudformation', 'stack/payroll/1')],
    ['update another stack', 'cloudformation:UpdateStack', regional('cloudformation', 'stack/payroll/1')],
    ['read another stack', 'cloudformation:DescribeStacks', regional('cloudformation', 'stack/payroll/1')],
    ['delete another queue', 'sqs:DeleteQueue', regional('sqs', 'payroll')],
    ["delete another account's queue", 'sqs:DeleteQueue', regional('sqs', 'okta-role-trust-dev-dead-letters', OTHERS)],
    ['read messages', 'sqs:ReceiveMessage', regional('sqs', 'okta-role-trust-dev-role-events')],
    ['delete another function', 'lambda:DeleteFunction', regional('lambda', 'function:payroll')],
    ['change the code of another function', 'lambda:UpdateFunctionCode', regional('lambda', 'function:payroll')],
    ['run a backfill', 'lambda:InvokeFunction', regional('lambda', 'function:okta-role-trust-dev-backfill')],
    [
      'lay a queue before another function',
      'lambda:CreateEventSourceMapping',
      '*',
      { 'lambda:FunctionArn': regional('lambda', 'function:payroll') },
    ],
    [
      'take the queue from another function',
      'lambda:DeleteEventSourceMapping',
      regional('lambda', 'event-source-mapping:1'),
      { 'lambda:FunctionArn': regional('lambda', 'function:payroll') },
    ],
    ['delete another bucket', 's3:DeleteBucket', bucket],
    ['list another bucket', 's3:ListBucket', bucket],
    ['read another bucket', 's3:GetObject', `${bucket}/2026.csv`],
    ['open another bucket', 's3:PutBucketPolicy', bucket],
    ['delete another rule', 'events:DeleteRule', regional('events', 'rule/payroll')],
    ['send events', 'events:PutEvents', regional('events', 'event-bus/default')],
    ['delete another topic', 'sns:DeleteTopic', regional('sns', 'payroll')],
    ['delete another alarm', 'cloudwatch:DeleteAlarms', regional('cloudwatch', 'alarm:payroll')],
    ['delete other logs', 'logs:DeleteLogGroup', regional('logs', 'log-group:/aws/lambda/payroll')],
    ['read logs', 'logs:FilterLogEvents', regional('logs', 'log-group:/aws/lambda/okta-role-trust-dev-backfill')],
    ['stop a trail', 'cloudtrail:StopLogging', regional('cloudtrail', 'trail/management-events')],
  ]

  test.for(ATTACKS)('%s', async ([, action, resource, context]) => {
    expect(await isAllowedToDeployer(action, resource, context)).toBe(false)
  })

  test('put files into a bucket of our name that somebody else owns', async () => {
    const file = 'arn:aws:s3:::okta-role-trust-dev-serverlessdeploymentbucket-1/serverless/okta-role-trust/dev/1/x.zip'
    expect(await isAllowedToDeployer('s3:PutObject', file)).toBe(true)
    expect(await isAllowedToDeployer('s3:PutObject', file, { 'aws:ResourceAccount': OTHERS })).toBe(false)
  })
})

describe('bound to a permissions boundary, as docs/security.md says', () => {
  const boundary = `arn:aws:iam::${ACCOUNT}:policy/boundary`
  const role = `arn:aws:iam::${ACCOUNT}:role/okta-role-trust/okta-role-trust-dev-backfill`
  const policy = boundPolicy('boundary')
  const own = { 'iam:PolicyARN': `arn:aws:iam::${ACCOUNT}:policy/okta-role-trust/okta-role-trust-dev-SweepPolicy-1` }
  const POWERS: readonly (readonly [action: string, context: Context])[] = [
    ['iam:CreateRole', {}],
    ['iam:PutRolePolicy', {}],
    ['iam:PutRolePermissionsBoundary', {}],
    ['iam:AttachRolePolicy', own],
  ]

  test.for(POWERS)('%s is for roles in this boundary only', async ([action, context]) => {
    const ask = (name?: string) =>
      isAllowedToDeployer(action, role, { ...context, ...(name && { 'iam:PermissionsBoundary': name }) }, policy)
    expect(await ask(boundary)).toBe(true)
    expect(await ask()).toBe(false)
    expect(await ask('arn:aws:iam::aws:policy/AdministratorAccess')).toBe(false)
  })

  test('no role gets rid of it', async () => {
    const context = { 'iam:PermissionsBoundary': boundary }
    expect(await isAllowedToDeployer('iam:DeleteRolePermissionsBoundary', role, context, policy)).toBe(false)
    expect(await isAllowedToDeployer('iam:CreatePolicyVersion', boundary, {}, policy)).toBe(false)
  })
})
