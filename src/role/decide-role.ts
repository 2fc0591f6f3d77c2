import type { Config } from '../config/read-config.ts'
import type { Plan } from '../trust-policy/plan.ts'
import { hasManagedStatement, planTrust, planWithdrawal } from '../trust-policy/plan.ts'
import { withStaleProviders } from '../trust-policy/stale-provider.ts'
import type { WantedAccess } from '../trust-policy/wanted-access.ts'
import type { Outcome } from './outcome.ts'
import { planWithinQuota, type Quota } from './quota.ts'
import type { RoleSnapshot } from './role.ts'
import { isTagged, protectionOf } from './scope.ts'

/** All that decides about a role, apart from the role itself. */
export interface Rules extends Pick<Config, 'tag' | 'exclusions' | 'onUntag' | 'mode'> {
  readonly wanted: WantedAccess
}

/** What one read of a role calls for. */
export interface Decision {
  /** A change that is due is `planned` here: nothing has been written. */
  readonly outcome: Outcome
  /** What is planned for a role without the tag is always a withdrawal. */
  readonly tagged: boolean
  /** The role is untagged and still holds a managed statement (rule 4.9). */
  readonly orphaned: boolean
}

/**
 * Decides about one role from one read of it: scope first (rule 2), then its trust policy (rules 3 and 4).
 *
 * @param readQuota asked only where the trust policy would be longer than every account allows
 */
export async function decideRole(role: RoleSnapshot, rules: Rules, readQuota: () => Promise<Quota>): Promise<Decision> {
  const tagged = isTagged(role.tags, rules.tag)
  const protection = protectionOf(role, rules.exclusions)
  if (protection !== undefined) return { outcome: skipped(role, 'protected', protection), tagged, orphaned: false }
  if (tagged) {
    const planBy = (quota: number) => planTrust(role.document, rules.wanted, quota)
    const plan = await planWithinQuota(planBy, readQuota)
    return { outcome: outcomeOf(role, plan), tagged, orphaned: false }
  }
  const orphaned = hasManagedStatement(role.document, rules.wanted.sid)
  const outcome =
    orphaned && rules.onUntag === 'revoke'
      ? outcomeOf(role, await planWithinQuota((quota) => planRevocation(role, rules, quota), readQuota))
      : skipped(role, 'untagged', `the role has no tag ${rules.tag.key}=${rules.tag.value}`)
  return { outcome, tagged, orphaned }
}

function planRevocation({ document }: RoleSnapshot, { wanted }: Rules, quota: number): Plan {
  const plan = planWithdrawal(document, wanted.sid, quota)
  return plan.kind === 'blocked' ? withStaleProviders(plan, document, wanted) : plan
}

function skipped({ roleName, arn }: RoleSnapshot, reason: 'protected' | 'untagged', detail: string): Outcome {
  return { kind: 'skipped', roleName, arn, reason, detail, notes: [] }
}

/** What a plan means for the role that it is made for. */
export function outcomeOf(
  { roleName, arn, document: before }: Pick<RoleSnapshot, 'roleName' | 'arn' | 'document'>,
  plan: Plan,
): Outcome {
  switch (plan.kind) {
    case 'unchanged':
      return { ...plan, roleName, arn }
    case 'blocked':
      return { ...plan, roleName, arn, before }
    case 'change':
      return { kind: 'planned', roleName, arn, reason: plan.reason, notes: plan.notes, before, after: plan.document }
  }
}
