import { GetRoleCommand, type IAMClient, paginateListRoles } from '@aws-sdk/client-iam'
import { GetQueueAttributesCommand, GetQueueUrlCommand, type SQSClient } from '@aws-sdk/client-sqs'

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
    allTrustPolicies: async () => {
      const policies = new Map<string, unknown>()
      for await (const { Roles: roles = [] } of paginateListRoles({ client: iam }, {})) {
        for (const { RoleName = '', AssumeRolePolicyDocument: document } of roles) {
          policies.set(RoleName, documentOf(document))
        }
      }
      return policies
    },
    queueUrl,
    countMessages: async (name) => {
      const { Attributes: counts = {} } = await sqs.send(
        new GetQueueAttributesCommand({ QueueUrl: await queueUrl(name), AttributeNames: [...COUNTS] }),
      )
      return COUNTS.reduce((sum, count) => sum + Number(counts[count]), 0)
    },
  }
}

const COUNTS = [
  'ApproximateNumberOfMessages',
  'ApproximateNumberOfMessagesNotVisible',
  'ApproximateNumberOfMessagesDelayed',
] as const

function documentOf(encoded = 'null'): unknown {
  return JSON.parse(decodeURIComponent(encoded))
}
