// What osls asks AWS for, by the name of the call and as IAM sees it. test/e2e/deployer.test.ts records the calls.

export const ACCOUNT = '111122223333'

const STACK = `arn:aws:cloudformation:us-east-1:${ACCOUNT}:stack/okta-role-trust-dev/4f5c0e90-ca2e-11f0-8de9-0242ac120002`
const BUCKET = 'arn:aws:s3:::okta-role-trust-dev-serverlessdeploymentbucket-1abcdefghijkl'
const FILE = `${BUCKET}/serverless/okta-role-trust/dev/1795647344844-2026-11-25T22:55:44.844Z/backfill.zip`
const FUNCTION = `arn:aws:lambda:us-east-1:${ACCOUNT}:function:okta-role-trust-dev-backfill`

interface Permission {
  readonly action: string
  readonly resource: string
}

/** Of deploying, changing a setting, deploying one function, looking at the stack, rolling back and removing. */
export const RECORDED: Readonly<Record<string, Permission>> = {
  'CloudFormation:CreateStack': { action: 'cloudformation:CreateStack', resource: STACK },
  'CloudFormation:DeleteStack': { action: 'cloudformation:DeleteStack', resource: STACK },
  'CloudFormation:DescribeStackEvents': { action: 'cloudformation:DescribeStackEvents', resource: STACK },
  'CloudFormation:DescribeStackResource': { action: 'cloudformation:DescribeStackResource', resource: STACK },
  'CloudFormation:DescribeStacks': { action: 'cloudformation:DescribeStacks', resource: STACK },
  'CloudFormation:ListStackResources': { action: 'cloudformation:ListStackResources', resource: STACK },
  'CloudFormation:UpdateStack': { action: 'cloudformation:UpdateStack', resource: STACK },
  'CloudFormation:ValidateTemplate': { action: 'cloudformation:ValidateTemplate', resource: '*' },
  'Lambda:GetFunction': { action: 'lambda:GetFunction', resource: FUNCTION },
  'Lambda:UpdateFunctionCode': { action: 'lambda:UpdateFunctionCode', resource: FUNCTION },
  'Lambda:UpdateFunctionConfiguration': { action: 'lambda:UpdateFunctionConfiguration', resource: FUNCTION },
  // S3 has no permissions of these names (Service Authorization Reference).
  'S3:DeleteObjects': { action: 's3:DeleteObject', resource: FILE },
  'S3:GetObject': { action: 's3:GetObject', resource: FILE },
  'S3:HeadBucket': { action: 's3:ListBucket', resource: BUCKET },
  'S3:HeadObject': { action: 's3:GetObject', resource: FILE },
  'S3:ListObjectsV2': { action: 's3:ListBucket', resource: BUCKET },
  'S3:PutObject': { action: 's3:PutObject', resource: FILE },
}

/** What is recorded too and needs no permission of this policy. */
export const WITHOUT_PERMISSION: Readonly<Record<string, string>> = {
  'STS:GetCallerIdentity': 'everybody may (AWS STS API Reference)',
  'ECR:DescribeRepositories': 'looks for images of functions; refused, osls takes it that there are none',
}

/** What osls needs that no recording shows, with the reason. */
export const NOT_RECORDED: readonly (Permission & { readonly because: string })[] = [
  {
    action: 'cloudformation:GetTemplate',
    resource: STACK,
    because: 'osls reads the template where a stack goes back from a bucket of your own to its own',
  },
  {
    action: 'cloudformation:TagResource',
    resource: STACK,
    because: 'osls tags the stack with its stage; CloudFormation asks for it where tags are set',
  },
  {
    action: 'cloudformation:UntagResource',
    resource: STACK,
    because: 'a tag of the stack that a later deployment leaves out',
  },
]
