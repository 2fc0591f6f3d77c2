import timers from 'node:timers/promises'
import {
  type CloudFormationClient,
  DeleteStackCommand,
  DescribeStacksCommand,
  paginateListStackResources,
} from '@aws-sdk/client-cloudformation'
import { DeleteObjectsCommand, ListObjectVersionsCommand, type S3Client } from '@aws-sdk/client-s3'

/** For how long CloudFormation may take for what it is at, and then for the deletion, in milliseconds. */
const PATIENCE = 30 * 60 * 1000

/**
 * Deletes a stack with the packages that were deployed from it, whatever state a deployment left it in.
 *
 * @throws Error where it is not gone in the end
 */
export async function removeStack(
  cloudFormation: CloudFormationClient,
  s3: S3Client,
  StackName: string,
): Promise<void> {
  // While it creates or updates, CloudFormation takes no deletion in some states, and may create what nobody deletes in others.
  const state = await settledState(cloudFormation, StackName)
  if (state === undefined) return
  await emptyBuckets(cloudFormation, s3, StackName)
  await cloudFormation.send(new DeleteStackCommand({ StackName }))
  const left = await settledState(cloudFormation, StackName)
  if (left !== undefined) {
    throw new Error(
      `the stack ${StackName} could not be deleted, and is ${left}: its events in the CloudFormation console say why`,
    )
  }
}

/** Undefined where the stack is not there. */
async function settledState(cloudFormation: CloudFormationClient, StackName: string): Promise<string | undefined> {
  const deadline = Date.now() + PATIENCE
  for (let pause = 500; ; pause = Math.min(2 * pause, 10_000)) {
    const state = await stateOf(cloudFormation, StackName)
    if (state === undefined || !state.endsWith('_IN_PROGRESS') || state === 'REVIEW_IN_PROGRESS') return state
    if (Date.now() > deadline) throw new Error(`the stack ${StackName} is still ${state} after half an hour`)
    await timers.setTimeout(pause)
  }
}

async function stateOf(cloudFormation: CloudFormationClient, StackName: string): Promise<string | undefined> {
  try {
    const { Stacks: [stack] = [] } = await cloudFormation.send(new DescribeStacksCommand({ StackName }))
    return stack?.StackStatus === 'DELETE_COMPLETE' ? undefined : stack?.StackStatus
  } catch (error) {
    // CloudFormation has no name of its own for that.
    if (error instanceof Error && error.name === 'ValidationError' && /does not exist/.test(error.message))
      return undefined
    throw error
  }
}

/** CloudFormation deletes no bucket that holds anything. */
async function emptyBuckets(client: CloudFormationClient, s3: S3Client, StackName: string): Promise<void> {
  for await (const { StackResourceSummaries: resources = [] } of paginateListStackResources(
    { client },
    { StackName },
  )) {
    for (const { ResourceType, PhysicalResourceId: Bucket, ResourceStatus } of resources) {
      if (ResourceType !== 'AWS::S3::Bucket' || !Bucket || ResourceStatus === 'DELETE_COMPLETE') continue
      await emptyBucket(s3, Bucket)
    }
  }
}

async function emptyBucket(s3: S3Client, Bucket: string): Promise<void> {
  try {
    while (true) {
      const { Versions = [], DeleteMarkers = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket }))
      const Objects = [...Versions, ...DeleteMarkers].map(({ Key, VersionId }) => ({ Key, VersionId }))
      if (Objects.length === 0) return
      const { Errors: [error] = [] } = await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }))
      if (error !== undefined) throw new Error(`${error.Key} in the bucket ${Bucket}: ${error.Code}: ${error.Message}`)
    }
  } catch (error) {
    if (!(error instanceof Error && error.name === 'NoSuchBucket')) throw error
  }
}
