import { formatError, NotVisibleYetError } from '../errors.ts'
import type { Rules } from '../role/decide-role.ts'
import { type ChangeOutcome, type Outcome, type RoleResult, unfinishedRole } from '../role/outcome.ts'
import { type RemediationDependencies, remediateRole } from '../role/remediate-role.ts'
import type { RoleTask } from './role-tasks.ts'

/** How one task ended: with an outcome, or so that its events must be tried again. */
export type Attempt =
  | { readonly kind: 'done'; readonly task: RoleTask; readonly outcome: Outcome }
  /** IAM does not show yet what the events say: no fault, only too early. */
  | { readonly kind: 'too-early'; readonly task: RoleTask; readonly error: NotVisibleYetError }
  | { readonly kind: 'failed'; readonly task: RoleTask; readonly error: unknown }

/** What the remediation of tasks needs from outside: as for one role, with the task that it is about. */
export interface TasksDependencies extends Omit<RemediationDependencies, 'reasonToWait' | 'onIntent'> {
  reasonToWait(task: RoleTask): Promise<string | undefined>
  onIntent(change: ChangeOutcome, task: RoleTask): void
  /** Called with each attempt as soon as it has ended, so that no write goes unrecorded. */
  onAttempt(attempt: Attempt): void
}

/**
 * Remediates each task's role, all at once (a batch of the queue holds ten messages at most). One that fails never
 * stops the others, and this never throws.
 */
export async function remediateTasks(
  tasks: readonly RoleTask[],
  rules: Rules,
  dependencies: TasksDependencies,
): Promise<readonly Attempt[]> {
  return Promise.all(
    tasks.map(async (task) => {
      const attempt = await tryTask(task, rules, dependencies)
      dependencies.onAttempt(attempt)
      return attempt
    }),
  )
}

async function tryTask(task: RoleTask, rules: Rules, dependencies: TasksDependencies): Promise<Attempt> {
  const ofTask = {
    ...dependencies,
    reasonToWait: () => dependencies.reasonToWait(task),
    onIntent: (change: ChangeOutcome) => dependencies.onIntent(change, task),
  }
  try {
    return { kind: 'done', task, outcome: await remediateRole(task.roleName, rules, ofTask, task.expected) }
  } catch (error) {
    return error instanceof NotVisibleYetError ? { kind: 'too-early', task, error } : { kind: 'failed', task, error }
  }
}

/** What a report or a count says of an attempt; undefined for one that was only too early. */
export function resultOf(attempt: Attempt): RoleResult | undefined {
  switch (attempt.kind) {
    case 'done':
      return attempt.outcome
    case 'failed':
      return unfinishedRole('failed', { roleName: attempt.task.roleName, arn: null }, formatError(attempt.error))
    case 'too-early':
      return undefined
  }
}
