import { type IAMClient, paginateListRoles } from '@aws-sdk/client-iam'

/** The trust policy of every role of an account, by name. */
export async function readTrustPolicies(iam: IAMClient): Promise<ReadonlyMap<string, unknown>> {
  const policies = new Map<string, unknown>()
  for await (const { Roles: roles = [] } of paginateListRoles({ client: iam }, {})) {
    for (const { RoleName = '', AssumeRolePolicyDocument: document } of roles) {
      policies.set(RoleName, documentOf(document))
    }
  }
  return policies
}

/** Reads a document as IAM shows it. */
export function documentOf(encoded = 'null'): unknown {
  return JSON.parse(decodeURIComponent(encoded))
}
