import type { Account, RoleDefinition } from './account.ts'
import { ENVIRONMENT } from './environment.ts'

const IAM = 'arn:aws:iam::111122223333'
const OKTA = `${IAM}:saml-provider/Okta`
const AUDIENCE = 'https://signin.aws.amazon.com/saml'
const TAGGED = { 'okta-sso': 'true' }

const signIn = {
  Effect: 'Allow',
  Principal: { Federated: OKTA },
  Action: 'sts:AssumeRoleWithSAML',
  Condition: { StringEquals: { 'SAML:aud': AUDIENCE } },
}

/** The roles of an account that has grown for years: one for each way in which a trust policy can meet Okta. */
const ROLES: readonly RoleDefinition[] = [
  // Made for EC2, and now for people too.
  tagged('data-analyst', trustOf({ Service: 'ec2.amazonaws.com' })),
  // The tag in other letters: IAM's tag keys are case-insensitive.
  {
    ...tagged('security-auditor', trustOf({ AWS: 'arn:aws:iam::444455556666:root' })),
    path: '/team/security/',
    tags: { 'Okta-SSO': 'TRUE' },
  },

  // Three that are right already: Okta's own template, lists with more in them, and patterns.
  tagged('prod-readonly', signIn),
  tagged('platform-admin', {
    Sid: 'PeopleOfBothDirectories',
    Effect: 'Allow',
    Principal: { Federated: [`${IAM}:saml-provider/Entra`, OKTA] },
    Action: ['sts:AssumeRoleWithSAML', 'sts:TagSession'],
    Condition: { StringEquals: { 'SAML:aud': ['https://eu-west-1.signin.aws.amazon.com/saml', AUDIENCE] } },
  }),
  tagged('support-engineer', {
    ...signIn,
    Action: 'sts:AssumeRole*',
    Condition: { StringLike: { 'saml:aud': 'https://*signin.aws.amazon.com/saml' } },
  }),

  // Trusts Okta with any audience.
  tagged('finance-reporting', { ...trustOf({ Federated: OKTA }), Action: 'sts:AssumeRoleWithSAML' }),
  // From the office only: its owner's decision.
  tagged('billing-viewer', {
    ...signIn,
    Condition: { ...signIn.Condition, IpAddress: { 'aws:SourceIp': '203.0.113.0/24' } },
  }),
  // Never by single sign-on: its owner's decision too.
  tagged('vault-unsealer', trustOf({ AWS: `${IAM}:role/vault` }), {
    Sid: 'NoSingleSignOn',
    Effect: 'Deny',
    Principal: '*',
    Action: 'sts:AssumeRoleWithSAML',
  }),

  // Trusted by so many accounts that one statement more passes the quota.
  tagged(
    'shared-deployer',
    trustOf({ AWS: Array.from({ length: 45 }, (_, index) => pipelineOf(200000000000 + index)) }),
  ),
  // Written by this system before the provider was replaced.
  tagged('ml-engineer', trustOf({ Service: 'sagemaker.amazonaws.com' }), {
    Sid: 'OktaSso',
    ...signIn,
    Principal: { Federated: `${IAM}:saml-provider/Okta-2023` },
  }),
  // One of the roles that it trusts has been deleted since.
  tagged('incident-responder', trustOf({ AWS: ['AROAJQABLZS4A3QDU576Q', `${IAM}:role/on-call`] })),

  // Tagged by a script that tagged everything, though nobody can change it.
  {
    ...tagged('AWSServiceRoleForAutoScaling', trustOf({ Service: 'autoscaling.amazonaws.com' })),
    path: '/aws-service-role/autoscaling.amazonaws.com/',
  },
  { ...tagged('ci-runner', trustOf({ Service: 'codebuild.amazonaws.com' })), tags: { team: 'platform' } },
  // Lost its tag, still trusts Okta.
  {
    ...tagged('contractor-sandbox', trustOf({ Service: 'ec2.amazonaws.com' }), { Sid: 'OktaSso', ...signIn }),
    tags: {},
  },
]

/** Adds the roles, the SAML provider that they are about, and the parameter that names it. */
export function addRealisticRoles(account: Account): Account {
  account.putParameter(ENVIRONMENT.PARAMETER_NAME, account.addProvider('Okta', new Date('2036-01-01T00:00:00Z')))
  for (const role of ROLES) account.addRole(role)
  return account
}

function tagged(name: string, ...statements: readonly object[]): RoleDefinition {
  return { name, tags: TAGGED, document: { Version: '2012-10-17', Statement: statements } }
}

function trustOf(principal: object): object {
  return { Effect: 'Allow', Principal: principal, Action: 'sts:AssumeRole' }
}

function pipelineOf(account: number): string {
  return `arn:aws:iam::${account}:role/release`
}
