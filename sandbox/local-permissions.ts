import {
  GetPolicyCommand,
  GetPolicyVersionCommand,
  GetRolePolicyCommand,
  type IAMClient,
  ListAttachedRolePoliciesCommand,
  ListRolePoliciesCommand,
  ListRolesCommand,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam'
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
 * allows in AWS, for an action of its own. Each with the action that allows it in AWS.
 */
const NOT_EVALUATED = {
  'events:PutEvents': 'events:PutEvents',
  'iam:GetSAMLProvider': 'iam:GetSAMLProvider',
  'iam:UpdateAssumeRolePolicy': 'iam:UpdateAssumeRolePolicy',
  'sqs:SendMessageBatch': 'sqs:SendMessage',
}

const POLICY_NAME = 'sandbox'

/** Gives each role of a stack what its deployed policies allow and the local IAM cannot tell, and nothing that they do not. */
export async function allowWhatIsNotEvaluated(iam: IAMClient): Promise<void> {
  const { Roles: roles = [] } = await iam.send(new ListRolesCommand({ PathPrefix: OWN_ROLES_PATH }))
  for (const { RoleName = '' } of roles) {
    const allowed = await allowedActions(iam, RoleName)
    const Action = Object.entries(NOT_EVALUATED).flatMap(([local, inAws]) => (allowed.has(inAws) ? [local] : []))
    const Statement = [{ Effect: 'Allow', Action, Resource: '*' }]
    const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement })
    await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: POLICY_NAME, PolicyDocument }))
  }
}

const Permissions = z.object({
  Statement: z.array(z.object({ Effect: z.string(), Action: z.union([z.string(), z.array(z.string())]) })),
})

/** What the deployed policies of a role allow, wherever and on whatever conditions. */
async function allowedActions(iam: IAMClient, RoleName: string): Promise<ReadonlySet<string>> {
  const { PolicyNames: names = [] } = await iam.send(new ListRolePoliciesCommand({ RoleName }))
  const { AttachedPolicies: attached = [] } = await iam.send(new ListAttachedRolePoliciesCommand({ RoleName }))
  const documents = [
    ...names
      .filter((PolicyName) => PolicyName !== POLICY_NAME)
      .map(async (PolicyName) => {
        const { PolicyDocument } = await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }))
        return PolicyDocument
      }),
    ...attached.map(async ({ PolicyArn }) => {
      const { Policy: policy } = await iam.send(new GetPolicyCommand({ PolicyArn }))
      const VersionId = policy?.DefaultVersionId
      const { PolicyVersion: version } = await iam.send(new GetPolicyVersionCommand({ PolicyArn, VersionId }))
      return version?.Document
    }),
  ]
  const statements = (await Promise.all(documents)).flatMap(
    (document = '') => Permissions.parse(JSON.parse(decodeURIComponent(document))).Statement,
  )
  return new Set(statements.filter(({ Effect }) => Effect === 'Allow').flatMap(({ Action }) => Action))
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
