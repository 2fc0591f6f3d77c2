import { type IAMClient, ListRolesCommand, PutRolePolicyCommand } from '@aws-sdk/client-iam'
import {
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  SetQueueAttributesCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs'
import * as z from 'zod/mini'
import { OWN_ROLES_PATH } from '../src/role/scope.ts'
import { headersOf } from './request-headers.ts'

// The local AWS asks IAM about every call of the functions, under their own roles and with the deployed policies. What
// is here lets them do what they may do in AWS, but the local one cannot tell. All else that they may do is asked of the
// deployed policies, and of these parts test/stack asks another evaluator.

/**
 * The local IAM does not know the resource of GetSAMLProvider, leaves the path out of a role's ARN, knows no
 * iam:ResourceTag, no lambda:SourceFunctionArn and no events:source, and takes SendMessageBatch, which sqs:SendMessage
 * allows in AWS, for an action of its own.
 */
const NOT_EVALUATED = {
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Action: ['events:PutEvents', 'iam:GetSAMLProvider', 'iam:UpdateAssumeRolePolicy', 'sqs:SendMessageBatch'],
      Resource: '*',
    },
  ],
}

export async function allowWhatIsNotEvaluated(iam: IAMClient): Promise<void> {
  const { Roles: roles = [] } = await iam.send(new ListRolesCommand({ PathPrefix: OWN_ROLES_PATH }))
  for (const { RoleName } of roles) {
    const PolicyDocument = JSON.stringify(NOT_EVALUATED)
    await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'sandbox', PolicyDocument }))
  }
}

const Policy = z.looseObject({ Statement: z.array(z.looseObject({ Sid: z.string() })) })

/** The queues' policies deny everything that does not come over TLS, and the local AWS speaks plain HTTP. */
export async function allowPlainHttp(sqs: SQSClient, queueName: string): Promise<void> {
  pretendTls(sqs)
  const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: queueName }))
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['Policy'] }))
  const policy = Policy.parse(JSON.parse(Attributes?.Policy ?? 'null'))
  const Statement = policy.Statement.filter(({ Sid }) => Sid !== 'OnlyEncryptedInTransit')
  await sqs.send(
    new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy: JSON.stringify({ ...policy, Statement }) } }),
  )
}

/** Says with each call what a proxy that ends TLS would say. */
function pretendTls(sqs: SQSClient): void {
  sqs.middlewareStack.add(
    (next) => (args) => {
      headersOf(args.request)['x-forwarded-proto'] = 'https'
      return next(args)
    },
    { step: 'build', name: 'pretendTls' },
  )
}
