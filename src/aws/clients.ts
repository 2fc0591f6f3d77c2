import { IAMClient, type IAMClientConfig } from '@aws-sdk/client-iam'
import { SQSClient } from '@aws-sdk/client-sqs'
import { SSMClient } from '@aws-sdk/client-ssm'

/**
 * Which account is called, and where. What is left out comes from the environment, by the SDK's own rules, as
 * AWS_ENDPOINT_URL always does.
 */
export type AwsTarget = Pick<IAMClientConfig, 'region' | 'credentials'>

/**
 * Without these the SDK waits for an answer for as long as the function lives. In milliseconds; a page of 1,000 roles
 * takes IAM some seconds.
 */
export const requestHandler = { connectionTimeout: 3_000, requestTimeout: 20_000, throwOnRequestTimeout: true }

/** Attempts of one call in all, the first included, on throttling, 5xx and network faults; with backoff and jitter. */
export const maxAttempts = 5

export function iamClient(target: AwsTarget = {}): IAMClient {
  return new IAMClient({ requestHandler, maxAttempts, ...target })
}

/**
 * For writes: the SDK must not send one again by itself. By then somebody else may have written, and the document that
 * was planned before would undo that. Whoever writes must read anew first.
 */
export function iamWriteClient(target: AwsTarget = {}): IAMClient {
  return new IAMClient({ requestHandler, maxAttempts: 1, ...target })
}

export function ssmClient(target: AwsTarget = {}): SSMClient {
  return new SSMClient({ requestHandler, maxAttempts, ...target })
}

export function sqsClient(): SQSClient {
  return new SQSClient({ requestHandler, maxAttempts })
}
