import deployerPolicy from '../infra/deployer-policy.json'

/**
 * Of the statements for whoever deploys, those are not for this role: osls does not run in an account of the organization, and
 * no bucket is made there.
 */
const NOT_NEEDED = /^Osls(?!Functions$)|^Bucket$/

/** The rule of the schedule: CloudFormation makes up its name, and begins with that of the stack, StackSet-…. */
const SCHEDULE = 'arn:aws:events:us-east-1:111122223333:rule/StackSet-*-ScheduledDash*'

/** The account and the partition of that policy, which is a file to fill in. */
const toParameters = (text: string) =>
  text
    .replaceAll('arn:aws:', `arn:\${AWS::Partition}:`)
    .replaceAll('111122223333', `\${AWS::AccountId}`)
    .replaceAll('us-east-1', `\${AWS::Region}`)

/**
 * The role by which StackSets works in an account, with what the stacks of this system take instead of AdministratorAccess.
 * StackSets makes it from this template where it is given as the custom execution role template of a service-managed
 * StackSet (CloudFormation User Guide, "Configure a custom execution role template for StackSets").
 */
export function executionRoleTemplate(version: string): unknown {
  const sub = (text: string) => ({ 'Fn::Sub': text })
  const statements = deployerPolicy.Statement.filter(({ Sid }) => !NOT_NEEDED.test(Sid)).map((statement) => ({
    ...statement,
    Resource: [statement.Resource, statement.Sid === 'Rules' ? SCHEDULE : []]
      .flat(2)
      .map((resource) => (resource === '*' ? resource : sub(toParameters(resource)))),
    ...('Condition' in statement && { Condition: conditionOf(statement.Condition) }),
  }))
  return {
    AWSTemplateFormatVersion: '2010-09-09',
    Description: `okta-role-trust ${version}: the execution role of its StackSets`,
    Parameters: {
      TrustedRole: {
        Type: 'String',
        Description: 'ARN of the role that assumes it: the service-linked role of StackSets in the management account',
        AllowedPattern: '^arn:aws[a-z-]*:iam::[0-9]{12}:role/.+$',
      },
      RoleName: {
        Type: 'String',
        Default: 'stacksets-exec-okta-role-trust',
        Description: 'StackSets may assume only what begins with stacksets-exec-',
        AllowedPattern: '^stacksets-exec-[A-Za-z0-9_+=,.@-]{1,49}$',
      },
    },
    Resources: {
      ExecutionRole: {
        Type: 'AWS::IAM::Role',
        Properties: {
          RoleName: { Ref: 'RoleName' },
          AssumeRolePolicyDocument: {
            Version: '2012-10-17',
            Statement: [{ Effect: 'Allow', Principal: { AWS: { Ref: 'TrustedRole' } }, Action: 'sts:AssumeRole' }],
          },
          Policies: [
            {
              PolicyName: 'deploy-okta-role-trust',
              PolicyDocument: { Version: '2012-10-17', Statement: [...statements, ...ofStackSets(sub)] },
            },
          ],
        },
      },
    },
  }
}

function ofStackSets(sub: (text: string) => unknown): readonly unknown[] {
  const stacks = `arn:\${AWS::Partition}:cloudformation:\${AWS::Region}:\${AWS::AccountId}:stack/StackSet-okta-role-trust-*`
  return [
    { Sid: 'Stacks', Effect: 'Allow', Action: 'cloudformation:*', Resource: [sub(stacks)] },
    {
      Sid: 'Code',
      Effect: 'Allow',
      Action: 's3:GetObject',
      // The zips of a release, in whatever bucket of the organization they lie.
      Resource: [sub(`arn:\${AWS::Partition}:s3:::*/*.zip`)],
      Condition: { StringEquals: { 'aws:ResourceOrgID': `\${aws:PrincipalOrgID}` } },
    },
    {
      Sid: 'Provider',
      Effect: 'Allow',
      Action: [
        'iam:CreateSAMLProvider',
        'iam:DeleteSAMLProvider',
        'iam:GetSAMLProvider',
        'iam:ListSAMLProviderTags',
        'iam:TagSAMLProvider',
        'iam:UntagSAMLProvider',
        'iam:UpdateSAMLProvider',
      ],
      Resource: [sub(`arn:\${AWS::Partition}:iam::\${AWS::AccountId}:saml-provider/*`)],
    },
    {
      Sid: 'Parameter',
      Effect: 'Allow',
      Action: [
        'ssm:AddTagsToResource',
        'ssm:DeleteParameter',
        'ssm:GetParameters',
        'ssm:ListTagsForResource',
        'ssm:PutParameter',
        'ssm:RemoveTagsFromResource',
      ],
      Resource: [sub(`arn:\${AWS::Partition}:ssm:\${AWS::Region}:\${AWS::AccountId}:parameter/*`)],
    },
  ]
}

/** ARNs in the values are of the account, too. */
function conditionOf(condition: Readonly<Record<string, Readonly<Record<string, string>>>>): unknown {
  return Object.fromEntries(
    Object.entries(condition).map(([operator, keys]) => [
      operator,
      Object.fromEntries(
        Object.entries(keys).map(([key, value]) => [
          key,
          /111122223333/.test(value) ? { 'Fn::Sub': toParameters(value) } : value,
        ]),
      ),
    ]),
  )
}
