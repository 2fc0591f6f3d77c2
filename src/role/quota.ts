import type { Plan } from '../trust-policy/plan.ts'

/** How long a trust policy may be in an account. */
export interface Quota {
  /** White space not counted. */
  readonly characters: number
  /** Where the number is only assumed: why the account's own is not known. */
  readonly assumedBecause?: string
}

/** What IAM allows in every account ("Role trust policy length", IAM and STS quotas); on request it allows more. */
export const LEAST_QUOTA = 2048

/**
 * Plans by the quota of the account, which is asked only where the trust policy would be longer than every account
 * allows (rule 4.7).
 *
 * @param planBy plans by a quota in characters; called a second time where the account had to be asked
 */
export async function planWithinQuota(
  planBy: (characters: number) => Plan,
  readQuota: () => Promise<Quota>,
): Promise<Plan> {
  const plan = planBy(LEAST_QUOTA)
  if (!isTooLong(plan)) return plan
  const quota = await readQuota()
  const planned = planBy(quota.characters)
  return isTooLong(planned) ? { ...planned, detail: `${planned.detail}${assumption(quota)}` } : planned
}

/** Ends a sentence that names the quota: empty where it is the account's own. */
export function assumption({ assumedBecause }: Quota): string {
  return assumedBecause === undefined ? '' : `; that quota is assumed, because ${assumedBecause}`
}

function isTooLong(plan: Plan): plan is Extract<Plan, { kind: 'blocked' }> {
  return plan.kind === 'blocked' && plan.reason === 'quota'
}
