import { GetRoleCommand, type IAMClient } from '@aws-sdk/client-iam'
import { GetQueueUrlCommand, type SQSClient } from '@aws-sdk/client-sqs'
import { countMessages } from './count-messages.ts'
import { documentOf, readTrustPolicies } from './read-trust-policies.ts'

/** What the account looks like. */
export interface AccountReader {
  trustPolicy(roleName: string): Promise<unknown>
  /** Of every role of the account, by name. */
  allTrustPolicies(): Promise<ReadonlyMap<string, unknown>>
  queueUrl(name: string): Promise<string>
  /** How many messages a queue has, those included that wait or are being worked on. */
  countMessages(queueName: string): Promise<number>
}

export function accountReader(iam: IAMClient, sqs: SQSClient): AccountReader {
  const queueUrl = async (name: string) => {
    const { QueueUrl = '' } = await sqs.send(new GetQueueUrlCommand({ QueueName: name }))
    return QueueUrl
  }
  return {
    trustPolicy: async (RoleName) => {
      const { Role: role } = await iam.send(new GetRoleCommand({ RoleName }))
      return documentOf(role?.AssumeRolePolicyDocument)
    },
    allTrustPolicies: () => readTrustPolicies(iam),
    queueUrl,
    countMessages: (name) => countMessages(sqs, name),
  }
}
