import { rmSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import deployerPolicy from '../../infra/deployer-policy.json'
import { packageStack, resourcesOfType, type Stack } from '../../sandbox/package-stack.ts'
import { type Context, isAllowedToDeployer } from './ask-deployer-policy.ts'
import { LEFT_OUT } from './left-out.ts'
import { ACCOUNT, NOT_RECORDED, RECORDED } from './osls-calls.ts'
import schemaPermissions from './schema-permissions.json'
import { arnsOfType } from './stack-arns.ts'

const LONGEST_STAGE = 'x'.repeat(30)
const OTHERS = '444455556666'

let stack: Stack
let longest: Stack
// One after the other: serverless-esbuild works in one folder of the project.
beforeAll(async () => {
  stack = await packageStack()
  longest = await packageStack(`--stage=${LONGEST_STAGE}`)
}, 120_000)
afterAll(() => {
  for (const { folder } of [stack, longest]) rmSync(folder, { recursive: true })
})

const typesOf = ({ template }: Stack) => [...new Set(Object.values(template.Resources).map(({ Type }) => Type))].sort()

const SCHEMAS: ReadonlyMap<string, readonly string[]> = new Map(Object.entries(schemaPermissions))
const leftOutOf = (type: string) => LEFT_OUT[type] ?? []

/** What CloudFormation asks IAM for to create, read, change and delete resources of a type. */
function neededFor(type: string): readonly string[] {
  const without = leftOutOf(type).flatMap(({ permissions }) => permissions)
  return (SCHEMAS.get(type) ?? []).filter((permission) => !without.includes(permission))
}

const OSLS = [...Object.values(RECORDED), ...NOT_RECORDED]

/** Permissions that are asked for without the name of a resource (Service Authorization Reference). */
const WITHOUT_NAME = ['logs:DescribeIndexPolicies', 'logs:DescribeLogGroups', 'logs:DescribeResourcePolicies']

/** How CloudFormation asks: most on the resource itself, some on what the resource works with. */
function askedFor(of: Stack, stackName: string, type: string, action: string): readonly [string, Context][] {
  const arns = (wanted: string) => arnsOfType(of, stackName, wanted)
  if (WITHOUT_NAME.includes(action)) return [['*', {}]]
  if (action === 'iam:PassRole') {
    return arns('AWS::IAM::Role').map((role) => [role, { 'iam:PassedToService': 'lambda.amazonaws.com' }])
  }
  if (action.endsWith('tachRolePolicy')) {
    const [policy = ''] = arns('AWS::IAM::ManagedPolicy')
    return arns('AWS::IAM::Role').map((role) => [role, { 'iam:PolicyARN': policy }])
  }
  if (action.endsWith('EventSourceMapping')) {
    const [mapping = ''] = arns(type)
    const resource = action === 'lambda:CreateEventSourceMapping' ? '*' : mapping
    return arns('AWS::Lambda::Function').map((name) => [resource, { 'lambda:FunctionArn': name }])
  }
  if (/^s3:\w+Object$/.test(action)) {
    return arns('AWS::S3::Bucket').map((bucket) => [`${bucket}/serverless/okta-role-trust/dev/1/backfill.zip`, {}])
  }
  return arns(type).map((resource) => [resource, {}])
}

interface Question {
  readonly type: string
  readonly action: string
  readonly resource: string
  readonly context: Context
}

function questionsOf(of: Stack, stackName: string): readonly Question[] {
  return typesOf(of).flatMap((type) =>
    neededFor(type).flatMap((action) =>
      askedFor(of, stackName, type, action).map(([resource, context]) => ({ type, action, resource, context })),
    ),
  )
}

async function refusedOf(questions: readonly Question[]): Promise<readonly Question[]> {
  const refused: Question[] = []
  for (const question of questions) {
    const { action, resource, context } = question
    if (!(await isAllowedToDeployer(action, resource, context))) refused.push(question)
  }
  return refused
}

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
    for (const { action, resource } of OSLS) {
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

  test('knows the schema of each type in the template', () => {
    expect([...SCHEMAS.keys()].sort()).toEqual(typesOf(stack))
  })

  test.each(['dev', LONGEST_STAGE])(
    'lets CloudFormation do all that the stack of the stage %s needs',
    async (stage) => {
      const questions = questionsOf(stage === 'dev' ? stack : longest, `okta-role-trust-${stage}`)
      expect(await refusedOf(questions)).toEqual([])
    },
  )

  test.each(Object.entries(LEFT_OUT))(
    'leaves out of %s what the template does not use, and only that',
    (type, parts) => {
      const properties = resourcesOfType(stack, type).flatMap((resource) => Object.keys(resource.Properties))
      expect(properties).not.toEqual([])
      for (const part of parts) {
        expect(SCHEMAS.get(type)).toEqual(expect.arrayContaining([...part.permissions]))
        for (const property of 'unused' in part ? part.unused : []) expect(properties).not.toContain(property)
      }
    },
  )

  test('holds nothing that neither osls nor a schema needs', () => {
    const needed = [...OSLS.map(({ action }) => action), ...typesOf(stack).flatMap(neededFor)]
    const granted = deployerPolicy.Statement.flatMap(({ Action }) => Action)
    const [patterns, names] = [true, false].map((isPattern) =>
      granted.filter((name) => name.includes('*') === isPattern),
    )
    expect(names?.filter((name) => !needed.includes(name))).toEqual([])
    // They save room, and only read.
    for (const pattern of patterns ?? []) {
      expect(pattern).toMatch(/:(Get|List)\w*\*\w*$/)
      const [start = '', end = ''] = pattern.split('*')
      expect(needed.filter((name) => name.startsWith(start) && name.endsWith(end)).length).toBeGreaterThan(1)
    }
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
