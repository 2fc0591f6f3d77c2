import { type ContextEntry, SimulatePrincipalPolicyCommand } from '@aws-sdk/client-iam'
import { MalformedResponseError } from '../errors.ts'
import { type AwsTarget, iamClient } from './clients.ts'

/** A function's role, and in which code it would write to which roles. */
export interface Writer {
  readonly roleArn: string
  readonly functionArn: string
  /** A role that carries the tag. */
  readonly writtenRoleArn: string
  readonly tag: { readonly key: string; readonly value: string }
}

/**
 * Whether a role may write trust policies, by IAM's own simulation: with its permissions boundary and the policies of the
 * organization, as far as these do not depend on more than is said here (IAM API reference, SimulatePrincipalPolicy).
 */
export async function mayWriteTrustPolicies(
  target: AwsTarget,
  { roleArn, functionArn, writtenRoleArn, tag }: Writer,
): Promise<boolean> {
  const { EvaluationResults: results = [] } = await iamClient(target).send(
    new SimulatePrincipalPolicyCommand({
      PolicySourceArn: roleArn,
      ActionNames: ['iam:UpdateAssumeRolePolicy'],
      ResourceArns: [writtenRoleArn],
      ContextEntries: [
        contextEntry('lambda:SourceFunctionArn', functionArn),
        contextEntry(`iam:ResourceTag/${tag.key}`, tag.value),
      ],
    }),
  )
  const [result] = results
  if (result === undefined) throw new MalformedResponseError('SimulatePrincipalPolicy: found no result in the answer')
  return result.EvalDecision === 'allowed'
}

function contextEntry(key: string, value: string): ContextEntry {
  return { ContextKeyName: key, ContextKeyType: 'string', ContextKeyValues: [value] }
}
