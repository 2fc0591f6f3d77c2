import { CloudTrailClient, LookupEventsCommand } from '@aws-sdk/client-cloudtrail'
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge'
import { GetQueueUrlCommand, SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs'

export { handler } from './bare.ts'

// The clients beside those two that a sweep needs: how much of its start is theirs.

const cloudTrail = new CloudTrailClient()
const eventBridge = new EventBridgeClient()
const sqs = new SQSClient()

export const tell = async (queueName: string, detail: string) => [
  await cloudTrail.send(new LookupEventsCommand()),
  await eventBridge.send(new PutEventsCommand({ Entries: [{ Detail: detail }] })),
  await sqs.send(new GetQueueUrlCommand({ QueueName: queueName })),
  await sqs.send(new SendMessageBatchCommand({ QueueUrl: queueName, Entries: [{ Id: '0', MessageBody: detail }] })),
]
