import type { Rules } from '../../src/role/decide-role.ts'
import type { Outcome } from '../../src/role/outcome.ts'
import { type RoleAccess, remediateRole } from '../../src/role/remediate-role.ts'
import { jsonOf } from '../session/parse-json.ts'
import type { PlannedChange } from './saved-plan.ts'

/** The role is no longer as the plan saw it, or would be changed otherwise than the plan says. */
export class OutdatedPlanError extends Error {
  override readonly name = 'OutdatedPlanError'
}

/**
 * Makes one planned change, as a remediation like every other: decided again from a fresh read, read again, checked, and
 * written. The plan can only forbid: it decides nothing, so that nobody opens a role wider by changing a plan.
 *
 * @returns the outcome; `unchanged` where somebody has made the very change already
 * @throws OutdatedPlanError, and whatever a remediation throws
 */
export async function applyChange(
  change: PlannedChange,
  freshRules: () => Promise<Rules>,
  iam: RoleAccess,
): Promise<Outcome> {
  const { roleName, before, after } = change
  let isInDoubt = false
  let isMade = false
  const held: RoleAccess = {
    readQuota: iam.readQuota,
    async readRole(name) {
      const role = await iam.readRole(name)
      isMade = role !== undefined && isSameText(role.document, after)
      if (role === undefined || isMade || isSameText(role.document, before)) return role
      throw new OutdatedPlanError(
        isInDoubt ? LOST_SIGHT : `its trust policy is no longer the one in the plan, and nothing was written; ${AGAIN}`,
      )
    },
    async writeTrustPolicy(name, document) {
      if (document !== after) throw new OutdatedPlanError(OTHER_CHANGE)
      const result = await iam.writeTrustPolicy(name, document)
      isInDoubt ||= result.kind === 'unclear'
      return result
    },
  }
  const outcome = await remediateRole(roleName, await freshRules(), {
    iam: held,
    freshRules,
    onIntent: () => {},
  })
  if (outcome.kind === 'unchanged' && !isMade) throw new OutdatedPlanError(OTHER_CHANGE)
  // A role without the tag is out of scope as soon as its managed statement is gone.
  if (isMade && outcome.kind === 'skipped' && outcome.reason === 'untagged') {
    return { kind: 'unchanged', roleName: outcome.roleName, arn: outcome.arn, notes: [] }
  }
  return outcome
}

const AGAIN = 'run it again, with a new plan if it was a saved one'
const OTHER_CHANGE = `what is due now is not what the plan says, and nothing was written; ${AGAIN}`
const LOST_SIGHT =
  'the change was sent, IAM did not confirm it, and the trust policy is now neither the one before nor the one after; look at the role'

/** Whether two documents are the same JSON in the same order: two calls of IAM may differ in white space. */
function isSameText(one: string | undefined, other: string | null): boolean {
  return JSON.stringify(jsonOf(one)) === JSON.stringify(jsonOf(other ?? undefined))
}
