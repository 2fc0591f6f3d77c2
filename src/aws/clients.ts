import type { Readable } from 'node:stream'
import consumers from 'node:stream/consumers'
import { CloudTrailClient } from '@aws-sdk/client-cloudtrail'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { EventBridgeClient } from '@aws-sdk/client-eventbridge'
import { IAMClient, type IAMClientConfig } from '@aws-sdk/client-iam'
import { SQSClient } from '@aws-sdk/client-sqs'
import { SSMClient } from '@aws-sdk/client-ssm'

// All times are in milliseconds.

/**
 * Which account is called, and where. What is left out comes from the environment, by the SDK's own rules, as
 * AWS_ENDPOINT_URL always does.
 */
export type AwsTarget = Pick<IAMClientConfig, 'region' | 'credentials' | 'requestHandler'>

/**
 * Without these the SDK waits for an answer for as long as the function lives. AWS answers in some hundred
 * milliseconds: what takes longer than this is better tried again, on another connection.
 */
export const requestHandler = { connectionTimeout: 3_000, requestTimeout: 5_000, throwOnRequestTimeout: true }

/**
 * For calls where another attempt does not help: a page of 1,000 roles takes IAM some seconds each time, and a write
 * that was given up may still arrive.
 */
export const PATIENT = { requestTimeout: 20_000 }

/**
 * Attempts of one call in all, the first included, on throttling, 5xx and network faults. The SDK waits between them
 * for a random time of at most 50 (throttled: 1,000), then twice, four and eight times as long.
 */
export const maxAttempts = 5

export function iamClient(target: AwsTarget = {}): IAMClient {
  return new IAMClient({ requestHandler, maxAttempts, streamCollector: collectText, ...target })
}

/**
 * Reads an answer into one text while it comes. The SDK's own collector keeps all the pieces until the end, and with
 * pages of several megabytes what these leave behind in memory adds up.
 */
async function collectText(answer: Readable): Promise<Uint8Array> {
  return Buffer.from(await consumers.text(answer))
}

/**
 * For writes: the SDK must not send one again by itself. By then somebody else may have written, and the document that
 * was planned before would undo that. The caller must read again before it writes again.
 *
 * @param reader whose connections are used: the read before a write has left one open, so that the write goes out at
 *   once
 */
export function iamWriteClient(reader: IAMClient): IAMClient {
  const { requestHandler, region, credentials } = reader.config
  return new IAMClient({ requestHandler, region, credentials, maxAttempts: 1 })
}

export function ssmClient(target: AwsTarget = {}): SSMClient {
  return new SSMClient({ requestHandler, maxAttempts, ...target })
}

export function sqsClient(): SQSClient {
  return new SQSClient({ requestHandler, maxAttempts })
}

/** An event is worth one more attempt, and no waiting. */
export function eventBridgeClient(): EventBridgeClient {
  return new EventBridgeClient({ requestHandler, maxAttempts: 2 })
}

/** Of the hub. What throttling leaves undone comes back by its queue. */
export function dynamoDbClient(): DynamoDBClient {
  return new DynamoDBClient({ requestHandler, maxAttempts })
}

/** A patch waits for the answer, and can do without it. */
export function cloudTrailClient(): CloudTrailClient {
  return new CloudTrailClient({ requestHandler, maxAttempts: 2 })
}

/** For a person who waits: a history takes many calls, and CloudTrail allows two a second. */
export function patientCloudTrailClient(target: AwsTarget): CloudTrailClient {
  return new CloudTrailClient({ requestHandler, maxAttempts: 8, ...target })
}
