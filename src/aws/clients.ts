import { IAMClient } from '@aws-sdk/client-iam'
import { SQSClient } from '@aws-sdk/client-sqs'
import { SSMClient } from '@aws-sdk/client-ssm'
import { IamRetryStrategy, MAX_ATTEMPTS } from './retry.ts'

// Region, credentials and AWS_ENDPOINT_URL come from the environment, by the SDK's own rules.

export function iamClient(): IAMClient {
  return new IAMClient({ retryStrategy: new IamRetryStrategy() })
}

export function ssmClient(): SSMClient {
  return new SSMClient({ maxAttempts: MAX_ATTEMPTS })
}

export function sqsClient(): SQSClient {
  return new SQSClient({ maxAttempts: MAX_ATTEMPTS })
}
