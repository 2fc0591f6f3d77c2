/** Typed word for word on the local AWS, where it mends what it says that it mends (test/e2e/remedies.test.ts). */
export const TRIED = 'tried'

/** The same, on the way that a stack is removed (test/e2e/removal.test.ts). */
export const TRIED_AT_THE_END = 'tried where a stack is removed'

/** The same, where CloudFormation alone deployed the stack (test/e2e/release.test.ts). */
export const TRIED_ON_A_RELEASE = 'tried where a release is deployed'

const NO_ORGANIZATION = 'the local AWS knows no organization'

/**
 * Every command that doctor, a message, a help text, an alarm or a report tells people to type, and why it is not tried on
 * the local AWS where it is not.
 */
export const TOLD_COMMANDS: Readonly<Record<string, string>> = {
  'aws cloudformation activate-organizations-access': NO_ORGANIZATION,
  'aws cloudformation delete-stack': TRIED_ON_A_RELEASE,
  'aws cloudformation deploy': TRIED_ON_A_RELEASE,
  'aws cloudformation wait': TRIED_ON_A_RELEASE,
  'aws cloudtrail create-trail': TRIED,
  'aws cloudtrail get-event-selectors': 'the local AWS knows no organization whose trail a member may not read',
  'aws cloudtrail get-trail-status': 'the local AWS knows no organization whose trail a member may not read',
  'aws cloudtrail start-logging': TRIED,
  'aws cloudtrail update-trail': TRIED,
  'aws configure list-profiles': 'AWS CLI 2 only, which no package registry has',
  'aws events enable-rule': TRIED,
  'aws events put-targets': TRIED,
  'aws iam get-role': TRIED,
  'aws iam list-saml-providers': TRIED,
  'aws iam untag-role': 'the local CloudTrail shows no change of a trust policy, so nothing can be restored there',
  'aws iam update-role': TRIED,
  'aws iam update-saml-provider': 'the local IAM says of no provider that it expires',
  'aws lambda delete-function-concurrency': TRIED,
  'aws lambda update-event-source-mapping': TRIED,
  'aws organizations attach-policy': NO_ORGANIZATION,
  'aws organizations create-policy': NO_ORGANIZATION,
  'aws organizations list-organizational-units-for-parent': NO_ORGANIZATION,
  'aws organizations register-delegated-administrator': NO_ORGANIZATION,
  'aws sns create-topic': TRIED,
  'aws sns subscribe': TRIED,
  'aws sqs start-message-move-task': 'the local SQS does not know the call',
  'aws ssm put-parameter': TRIED,
  'aws sso login': 'AWS CLI 2 only, and the local AWS knows no single sign-on',
  'mkdir -p settings': TRIED,
  'npm run': 'test/release makes a release by it',
  'npx --no okta-role-trust apply': TRIED,
  'npx --no okta-role-trust check': 'it is told with files of your own, and asks nothing of AWS (test/cli/check)',
  'npx --no okta-role-trust doctor': TRIED,
  'npx --no okta-role-trust explain': TRIED,
  'npx --no okta-role-trust history': TRIED,
  'npx --no okta-role-trust org': NO_ORGANIZATION,
  'npx --no okta-role-trust plan': TRIED,
  'npx --no okta-role-trust restore':
    'the local CloudTrail shows no change of a trust policy, so nothing can be restored there',
  'npx --no okta-role-trust statement': TRIED,
  'npx --no okta-role-trust withdraw': TRIED_AT_THE_END,
  'npx --no serverless deploy': TRIED,
  'npx --no serverless remove': TRIED,
}

/** The name of a command in the list: its program, and what of it is called. Undefined: the text begins with no command. */
export function commandName(text: string): string | undefined {
  return /^(?:aws [a-z][\w-]* [a-z][\w-]*|npx (?:--no )?[\w-]+ [a-z]+|npm [a-z]+|mkdir -p settings)/.exec(text)?.[0]
}
