import { readTrustPolicies } from '../read-trust-policies.ts'
import { oktaSso, policyOf, trusting } from '../trust-policies.ts'
import { type Account, forEachAccount } from './account.ts'
import type { Member } from './member.ts'

/** The trust policies of all roles, by `ACCOUNT ROLE`. */
export type TrustPolicies = ReadonlyMap<string, unknown>

const keyOf = (accountId: string, roleName: string) => `${accountId} ${roleName}`

/** Of all roles in these accounts, those of the stack included. */
export async function allTrustPolicies(accounts: readonly Account[]): Promise<TrustPolicies> {
  const found = await forEachAccount(accounts, async ({ accountId, clients }) => {
    const policies = await readTrustPolicies(clients.iam)
    return [...policies].map(([roleName, policy]) => [keyOf(accountId, roleName), policy] as const)
  })
  return new Map(found.flat())
}

/** The same, with these roles of these accounts patched, each with the provider of its own account. */
export function withPatched(
  policies: TrustPolicies,
  members: readonly Member[],
  roleNames: readonly string[],
): TrustPolicies {
  const patched = members.flatMap(({ accountId, provider }) =>
    roleNames.map((roleName) => [keyOf(accountId, roleName), policyOf(trusting('ec2'), oktaSso(provider))] as const),
  )
  return new Map([...policies, ...patched])
}
