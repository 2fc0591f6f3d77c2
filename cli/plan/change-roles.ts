import type { Rules } from '../../src/role/decide-role.ts'
import type { RoleAccess } from '../../src/role/remediate-role.ts'
import { adviseOnRole, formatCounts } from '../format-role.ts'
import { startProgress } from '../session/progress.ts'
import type { Session } from '../session/session.ts'
import type { Voice } from '../session/terminal.ts'
import { applyChanges, type ChangeResult } from './apply-changes.ts'
import type { PlannedChange } from './saved-plan.ts'

/**
 * Makes the changes and prints each as soon as it is made, so that what was written is on record in any case; Ctrl-C stops
 * after those in progress.
 *
 * @param freshRules as of `applyChanges`
 * @param voice where each result is printed
 */
export async function changeRoles(
  session: Session,
  changes: readonly PlannedChange[],
  freshRules: () => Promise<Rules>,
  iam: RoleAccess,
  voice: Voice = session.out,
): Promise<readonly ChangeResult[]> {
  if (changes.length === 0) return []
  const { terminal, err } = session
  const progress = startProgress(terminal, 'changing roles', changes.length)
  let stopped = false
  const takeBack = terminal.onInterrupt(() => {
    stopped = true
    progress.aside(() => err.print('Stopping after the writes in progress; interrupt again to stop at once.'))
  })
  try {
    const results = await applyChanges(
      changes,
      freshRules,
      iam,
      () => stopped,
      (result) => {
        progress.aside(() => voice.print(...formatResult(result, voice)))
        progress.advance()
      },
      session.scope,
    )
    progress.end()
    voice.print(formatCounts(`of ${changes.length} planned`, results))
    return results
  } finally {
    takeBack()
    progress.end()
  }
}

/** Without the documents: the plan has just shown them. */
function formatResult(result: ChangeResult, { paint }: Voice): readonly string[] {
  const { roleName, kind, notes } = result
  const reason = 'reason' in result ? { reason: result.reason } : {}
  const detail = 'detail' in result && result.detail !== undefined ? { detail: result.detail } : {}
  return adviseOnRole({ roleName, kind, notes, ...reason, ...detail }, paint)
}
