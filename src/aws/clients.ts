import { IAMClient } from '@aws-sdk/client-iam'
import { SQSClient } from '@aws-sdk/client-sqs'
import { SSMClient } from '@aws-sdk/client-ssm'
import { IamRetryStrategy, MAX_ATTEMPTS } from './retry.ts'

// Region, credentials and AWS_ENDPOINT_URL come from the environment, by the SDK's own rules.

/**
 * Without these the SDK waits for an answer for as long as the function lives. In milliseconds; a page of 1,000 roles
 * takes IAM some seconds.
 */
const requestHandler = { connectionTimeout: 3_000, requestTimeout: 20_000, throwOnRequestTimeout: true }

export function iamClient(): IAMClient {
  return new IAMClient({ requestHandler, retryStrategy: new IamRetryStrategy() })
}

export function ssmClient(): SSMClient {
  return new SSMClient({ requestHandler, maxAttempts: MAX_ATTEMPTS })
}

export function sqsClient(): SQSClient {
  return new SQSClient({ requestHandler, maxAttempts: MAX_ATTEMPTS })
}
