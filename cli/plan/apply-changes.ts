import pMap from 'p-map'
import type { Rules } from '../../src/role/decide-role.ts'
import type { Outcome } from '../../src/role/outcome.ts'
import type { RoleAccess } from '../../src/role/remediate-role.ts'
import { ROLES_AT_A_TIME } from '../../src/role/role.ts'
import { errorMessageOf, isOfCredentials } from '../error-message.ts'
import type { Scope } from '../session/commands.ts'
import { applyChange, OutdatedPlanError } from './apply-change.ts'
import type { PlannedChange } from './saved-plan.ts'

/** What became of a planned change. */
export type ChangeResult =
  | Outcome
  | {
      /** `outdated`: the role is not as in the plan; `unstarted`: the run was stopped before its turn. */
      readonly kind: 'outdated' | 'unstarted' | 'failed'
      readonly roleName: string
      readonly detail: string
      readonly notes: readonly []
    }

/**
 * Makes the planned changes, several at a time. One that fails never stops the others, except where AWS no longer accepts
 * the credentials: then none of them would fare better.
 *
 * @param freshRules asked before each write: the plan holds only as long as the rules that it was made by
 * @param isStopped asked before each change; those in progress are finished in any case
 * @param onResult called with each result as soon as it is known
 * @param scope as of `errorMessageOf`
 */
export async function applyChanges(
  changes: readonly PlannedChange[],
  freshRules: () => Promise<Rules>,
  iam: RoleAccess,
  isStopped: () => boolean,
  onResult: (result: ChangeResult) => void,
  scope: Pick<Scope, 'profile'>,
): Promise<readonly ChangeResult[]> {
  let isSignedOut = false
  const onFault = (error: unknown) => {
    isSignedOut ||= isOfCredentials(error)
    return errorMessageOf(error, scope)
  }
  return pMap(
    changes,
    async (change) => {
      const result = isSignedOut
        ? unstarted(change, 'AWS no longer accepts the credentials, and nothing was written; sign in, and run it again')
        : isStopped()
          ? unstarted(change, 'stopped before its turn; nothing was written')
          : await tryChange(change, freshRules, iam, onFault)
      onResult(result)
      return result
    },
    { concurrency: ROLES_AT_A_TIME },
  )
}

function unstarted({ roleName }: PlannedChange, detail: string): ChangeResult {
  return { kind: 'unstarted', roleName, detail, notes: [] }
}

async function tryChange(
  change: PlannedChange,
  freshRules: () => Promise<Rules>,
  iam: RoleAccess,
  onFault: (error: unknown) => string,
): Promise<ChangeResult> {
  try {
    return await applyChange(change, freshRules, iam)
  } catch (error) {
    const { roleName } = change
    if (error instanceof OutdatedPlanError) return { kind: 'outdated', roleName, detail: error.message, notes: [] }
    return { kind: 'failed', roleName, detail: onFault(error), notes: [] }
  }
}

/** Whether the change is in force now. */
export function isMade({ kind }: ChangeResult): boolean {
  return kind === 'patched' || kind === 'withdrawn' || kind === 'unchanged'
}
