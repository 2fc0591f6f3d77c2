import { describe, expect, test } from 'vitest'
import { ENVIRONMENT } from '../../fake-aws/environment.ts'
import scp from '../../org/guard-stack-scp.json'
import { isLeft } from './ask-organization.ts'

const ADMINS = ['role/account-admin', 'user/admin', 'root', 'role/path/stacksets-exec-0123', 'user/stacksets-exec-0123']
const STACK_SETS = 'role/stacksets-exec-0123456789abcdef0123456789abcdef'

const own = (name: string) => `arn:aws:iam::ACCOUNT:role/okta-role-trust/okta-role-trust-prod-${name}`
const regional = (service: string, rest: string) => `arn:aws:${service}:us-east-1:ACCOUNT:${rest}`
const backfill = regional('lambda', 'function:okta-role-trust-prod-backfill')
const parameter = regional('ssm', 'parameter/okta/saml-provider-arn')
const provider = 'arn:aws:iam::ACCOUNT:saml-provider/Okta'
const policy = 'arn:aws:iam::ACCOUNT:policy/okta-role-trust/StackSet-x-RemediationPolicy-1'
const execution = 'arn:aws:iam::ACCOUNT:role/stacksets-exec-0123456789abcdef0123456789abcdef'
const queue = regional('sqs', 'okta-role-trust-prod-role-events')
const rule = regional('events', 'rule/okta-role-trust-prod-role-events')
/** CloudFormation makes up the name of the schedule's rule. */
const schedule = regional('events', 'rule/StackSet-okta-role-trust-ScheduledDashsweepEvents-1ABCDEFGHIJKL')
const log = regional('logs', 'log-group:/aws/lambda/okta-role-trust-prod-scheduled-sweep:*')
const stream = regional('logs', 'log-group:/aws/lambda/okta-role-trust-prod-scheduled-sweep:log-stream:x')
const stack = regional('cloudformation', 'stack/StackSet-okta-role-trust-0123/0123')
const ofOurs = {
  'lambda:FunctionArn': 'arn:aws:lambda:us-east-1:111122223333:function:okta-role-trust-prod-role-event',
}

type Attack = readonly [attack: string, action: string, resource: string, context?: Record<string, string | string[]>]

const ATTACKS: readonly Attack[] = [
  ['change the code of a function', 'lambda:UpdateFunctionCode', backfill],
  ['change the settings of a function', 'lambda:UpdateFunctionConfiguration', backfill],
  ['delete a function', 'lambda:DeleteFunction', backfill],
  ['make a function before the stack does', 'lambda:CreateFunction', backfill],
  ['let no function run', 'lambda:PutFunctionConcurrency', backfill],
  ['let somebody else invoke a function', 'lambda:AddPermission', backfill],
  ['put a function on the Internet', 'lambda:CreateFunctionUrlConfig', backfill],
  ['have failed sweeps tried no more', 'lambda:PutFunctionEventInvokeConfig', backfill],
  ['hold a function to an old runtime', 'lambda:PutRuntimeManagementConfig', backfill],
  ['change the code of a version', 'lambda:UpdateFunctionCode', `${backfill}:1`],
  ['lay another queue before a function', 'lambda:CreateEventSourceMapping', '*', ofOurs],
  [
    'take the queue from a function',
    'lambda:UpdateEventSourceMapping',
    regional('lambda', 'event-source-mapping:1'),
    ofOurs,
  ],
  ['cut the queue off', 'lambda:DeleteEventSourceMapping', regional('lambda', 'event-source-mapping:1'), ofOurs],
  [
    'hand a role to a function of their own',
    'iam:PassRole',
    own('backfill'),
    { 'iam:PassedToService': 'lambda.amazonaws.com' },
  ],
  ['hand the role that forwards to a rule of their own', 'iam:PassRole', own('forward')],
  ['let themselves into a role', 'iam:UpdateAssumeRolePolicy', own('backfill')],
  ['give a role more permissions', 'iam:PutRolePolicy', own('backfill')],
  ['give a role a managed policy', 'iam:AttachRolePolicy', own('backfill')],
  ['take a policy from a role', 'iam:DetachRolePolicy', own('backfill')],
  ['take the Deny of report mode from a role', 'iam:DeleteRolePolicy', own('backfill')],
  ['bound a role so that it can do nothing', 'iam:PutRolePermissionsBoundary', own('backfill')],
  ['delete a role', 'iam:DeleteRole', own('backfill')],
  ['make a role that the hub would let in', 'iam:CreateRole', 'arn:aws:iam::ACCOUNT:role/okta-role-trust/mine-forward'],
  ['change what the roles may do', 'iam:CreatePolicyVersion', policy],
  ['go back to an older version of that', 'iam:SetDefaultPolicyVersion', policy],
  ['delete the policy of the roles', 'iam:DeletePolicy', policy],
  ['exchange the metadata of the provider', 'iam:UpdateSAMLProvider', provider],
  ['delete the provider', 'iam:DeleteSAMLProvider', provider],
  ['make the provider anew, with their own metadata', 'iam:CreateSAMLProvider', provider],
  ['name another provider in the parameter', 'ssm:PutParameter', parameter],
  ['delete the parameter', 'ssm:DeleteParameter', parameter],
  ['share the parameter', 'ssm:PutResourcePolicy', parameter],
  ['delete the rule', 'events:DeleteRule', rule],
  ['switch the rule off', 'events:DisableRule', rule],
  ['lead the rule elsewhere', 'events:PutTargets', rule],
  ['cut the rule off', 'events:RemoveTargets', rule],
  ['switch the hub off', 'events:DisableRule', regional('events', 'rule/okta-role-trust-prod-forward')],
  ['switch the schedule off', 'events:DisableRule', schedule],
  ['give the schedule another time', 'events:PutRule', schedule],
  ['delete the queue', 'sqs:DeleteQueue', queue],
  ['let others send to the queue', 'sqs:SetQueueAttributes', queue],
  ['let others send to the queue, by the older call', 'sqs:AddPermission', queue],
  ['empty the queue', 'sqs:PurgeQueue', queue],
  ['delete the dead-letter queue', 'sqs:DeleteQueue', regional('sqs', 'okta-role-trust-prod-dead-letters')],
  ['delete the record of what stood before', 'logs:DeleteLogGroup', log],
  ['let that record expire', 'logs:PutRetentionPolicy', log],
  ['put that record under a key that they then delete', 'logs:AssociateKmsKey', log],
  ['rewrite that record on its way in', 'logs:PutTransformer', log],
  ['mask that record', 'logs:PutDataProtectionPolicy', log],
  ['write a record of something that was not', 'logs:PutLogEvents', stream],
  ['open a stream for such records', 'logs:CreateLogStream', log],
  ['make the log group before the stack does', 'logs:CreateLogGroup', log],
  ['delete the stack', 'cloudformation:DeleteStack', stack],
  ['change the stack', 'cloudformation:UpdateStack', stack],
  ['change the role of StackSets', 'iam:UpdateAssumeRolePolicy', execution],
  ['give the role of StackSets a policy', 'iam:PutRolePolicy', execution],
  [
    'make a role that is named like that of StackSets',
    'iam:CreateRole',
    'arn:aws:iam::ACCOUNT:role/stacksets-exec-mine',
  ],
  ['make one below a path that is named so', 'iam:CreateRole', 'arn:aws:iam::ACCOUNT:role/stacksets-exec-x/mine'],
  ['hand the role of StackSets to a service', 'iam:PassRole', execution],
  [
    'tell the hub that all is well',
    'events:PutEvents',
    regional('events', 'event-bus/default'),
    { 'events:source': ['com.acme', 'okta-role-trust'] },
  ],
]

describe('the service control policy that guards the stack', () => {
  test.for(ATTACKS)('keeps an administrator of the account from it: %s', async ([, action, resource, context]) => {
    for (const principal of ADMINS) expect(await isLeft(scp, principal, action, resource, context)).toBe(false)
  })

  test.for(ATTACKS.filter(([, action]) => action !== 'events:PutEvents'))(
    'lets StackSets do what the stack needs, whoever else could %s',
    async ([, action, resource, context]) => {
      expect(await isLeft(scp, STACK_SETS, action, resource, context)).toBe(true)
    },
  )

  test.for<Attack>([
    ['look at a function', 'lambda:GetFunctionConfiguration', backfill],
    ['run a backfill', 'lambda:InvokeFunction', backfill],
    ['look at a role', 'iam:GetRole', own('backfill')],
    ['have IAM simulate a function', 'iam:SimulatePrincipalPolicy', own('backfill')],
    ['take on a role that lets them in', 'sts:AssumeRole', own('reader')],
    ['look at the provider', 'iam:GetSAMLProvider', provider],
    ['read the parameter', 'ssm:GetParameter', parameter],
    ['look at a rule', 'events:ListTargetsByRule', rule],
    ['send dead letters back', 'sqs:SendMessage', queue],
    ['read the dead letters', 'sqs:ReceiveMessage', regional('sqs', 'okta-role-trust-prod-dead-letters')],
    ['move the dead letters', 'sqs:StartMessageMoveTask', regional('sqs', 'okta-role-trust-prod-dead-letters')],
    ['read the log', 'logs:FilterLogEvents', log],
    ['hand the log on', 'logs:PutSubscriptionFilter', log],
    ['write a log of their own', 'logs:PutLogEvents', regional('logs', 'log-group:/aws/lambda/payroll:log-stream:x')],
    ['look at the stack', 'cloudformation:DescribeStackResources', stack],
    ['tag a role of their own', 'iam:TagRole', 'arn:aws:iam::ACCOUNT:role/data-analyst'],
    ['write a trust policy of their own', 'iam:UpdateAssumeRolePolicy', 'arn:aws:iam::ACCOUNT:role/data-analyst'],
    ['make a role', 'iam:CreateRole', 'arn:aws:iam::ACCOUNT:role/okta-role-trusted'],
    ['make another provider', 'iam:CreateSAMLProvider', 'arn:aws:iam::ACCOUNT:saml-provider/Entra'],
    ['write another parameter', 'ssm:PutParameter', regional('ssm', 'parameter/okta/other')],
    ['deploy another function', 'lambda:UpdateFunctionCode', regional('lambda', 'function:payroll')],
    [
      'lay a queue before another function',
      'lambda:CreateEventSourceMapping',
      '*',
      { 'lambda:FunctionArn': 'arn:aws:lambda:us-east-1:111122223333:function:payroll' },
    ],
    ['make a rule of their own on the same events', 'events:PutRule', regional('events', 'rule/payroll')],
    [
      'make a schedule of their own that is named alike',
      'events:PutRule',
      regional('events', 'rule/payroll-ScheduledDashreportEventsRuleSchedule1-1ABCDEFGHIJKL'),
    ],
    ['delete another stack', 'cloudformation:DeleteStack', regional('cloudformation', 'stack/payroll/1')],
    [
      'send events of their own',
      'events:PutEvents',
      regional('events', 'event-bus/default'),
      { 'events:source': ['com.acme'] },
    ],
  ])('leaves it to an administrator to %s', async ([, action, resource, context]) => {
    expect(await isLeft(scp, 'role/account-admin', action, resource, context)).toBe(true)
  })

  test.for<Attack>([
    ['iam:UpdateAssumeRolePolicy', 'iam:UpdateAssumeRolePolicy', 'arn:aws:iam::ACCOUNT:role/data-analyst'],
    ['sqs:DeleteMessage', 'sqs:DeleteMessage', queue],
    ['sqs:SendMessage', 'sqs:SendMessage', queue],
    ['logs:CreateLogStream', 'logs:CreateLogStream', log],
    ['logs:PutLogEvents', 'logs:PutLogEvents', stream],
    [
      'events:PutEvents',
      'events:PutEvents',
      regional('events', 'event-bus/default'),
      { 'events:source': ['okta-role-trust'] },
    ],
  ])('lets the functions go on with %s', async ([, action, resource, context]) => {
    expect(await isLeft(scp, 'role/okta-role-trust/okta-role-trust-prod-role-event', action, resource, context)).toBe(
      true,
    )
  })

  test('keeps even the functions from what they do not do', async () => {
    const principal = 'role/okta-role-trust/okta-role-trust-prod-role-event'
    expect(await isLeft(scp, principal, 'lambda:UpdateFunctionCode', backfill)).toBe(false)
    expect(await isLeft(scp, principal, 'iam:PutRolePolicy', own('backfill'))).toBe(false)
  })

  test('guards the parameter that the stack is deployed with by default', () => {
    expect(JSON.stringify(scp)).toContain(`:parameter${ENVIRONMENT.PARAMETER_NAME}"`)
  })

  test('fits into the 5,120 characters that every organization may use', () => {
    expect(JSON.stringify(scp, null, 2).length).toBeLessThanOrEqual(5120)
  })
})
