import { CloudFormationClient } from '@aws-sdk/client-cloudformation'
import { CloudTrailClient } from '@aws-sdk/client-cloudtrail'
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch'
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs'
import { EventBridgeClient } from '@aws-sdk/client-eventbridge'
import { IAMClient, type IAMClientConfig } from '@aws-sdk/client-iam'
import { LambdaClient } from '@aws-sdk/client-lambda'
import { S3Client } from '@aws-sdk/client-s3'
import { SQSClient } from '@aws-sdk/client-sqs'
import { SSMClient } from '@aws-sdk/client-ssm'
import type { AwsAccount } from '../src/aws-account.ts'

// The SDK's word on Node versions is for those who deploy it, and Lambda runs another Node.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true'

/** IAM's events reach EventBridge in this one (infra/iam-event-regions.cjs). */
export const REGION = 'us-east-1'

/** An account of the local AWS, by its id. */
export function localAccount(account: string): AwsAccount {
  return { partition: 'aws', region: REGION, account }
}

export interface AccessKey {
  readonly accessKeyId: string
  readonly secretAccessKey: string
}

/** The local AWS takes this key for the account's root user. */
export const ADMIN: AccessKey = { accessKeyId: 'test', secretAccessKey: 'test' }

export type Clients = ReturnType<typeof clientsWith>

/** Clients of everything that the sandbox looks at. */
export function clientsOf(endpoint: string, credentials: AccessKey = ADMIN) {
  return clientsWith({ endpoint, credentials: { ...credentials }, region: REGION })
}

type Options = Pick<IAMClientConfig, 'endpoint' | 'credentials' | 'region' | 'maxAttempts'>

/** The same of whichever AWS. */
export function clientsWith(options: Options) {
  return {
    cloudFormation: new CloudFormationClient(options),
    cloudTrail: new CloudTrailClient(options),
    cloudWatch: new CloudWatchClient(options),
    events: new EventBridgeClient(options),
    iam: new IAMClient(options),
    lambda: new LambdaClient(options),
    logs: new CloudWatchLogsClient(options),
    s3: new S3Client({ ...options, forcePathStyle: true }),
    sqs: new SQSClient(options),
    ssm: new SSMClient(options),
  }
}
