import { GetQueueUrlCommand, SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs'

export { handler } from './bare.ts'

// What the two functions that look at many roles need beside: the client by which they hand roles on.

const sqs = new SQSClient()

export const defer = async (queueName: string, body: string) => {
  const { QueueUrl: url } = await sqs.send(new GetQueueUrlCommand({ QueueName: queueName }))
  return sqs.send(new SendMessageBatchCommand({ QueueUrl: url, Entries: [{ Id: '0', MessageBody: body }] }))
}
