import type { Rules } from './decide-role.ts'
import { describeError, NotVisibleYetError } from './errors.ts'
import type { Outcome } from './outcome.ts'
import { type RemediationWorld, remediateRole } from './remediate-role.ts'
import type { RoleResult } from './report.ts'
import type { RoleTask } from './role-messages.ts'

/** How one task ended: with an outcome, or so that its events must be tried again. */
export type Attempt =
  | { readonly kind: 'done'; readonly task: RoleTask; readonly outcome: Outcome }
  /** IAM does not show yet what the events say: no fault, only too early. */
  | { readonly kind: 'too-early'; readonly task: RoleTask; readonly error: NotVisibleYetError }
  | { readonly kind: 'failed'; readonly task: RoleTask; readonly error: unknown }

/** What remediations of tasks need of the world: as for one role, but told which task asks. */
export interface TaskWorld extends Omit<RemediationWorld, 'reasonToWait'> {
  reasonToWait(task: RoleTask): Promise<string | undefined>
}

/**
 * Remediates each task's role, all at a time (a batch of the queue holds ten messages at the most). One that fails never
 * stops the others, and this never throws.
 *
 * @param onAttempt told of each attempt as soon as it has ended, so that no write goes unrecorded
 */
export async function remediateTasks(
  tasks: readonly RoleTask[],
  rules: Rules,
  world: TaskWorld,
  onAttempt: (attempt: Attempt) => void,
): Promise<readonly Attempt[]> {
  return Promise.all(
    tasks.map(async (task) => {
      const attempt = await tryTask(task, rules, world)
      onAttempt(attempt)
      return attempt
    }),
  )
}

async function tryTask(task: RoleTask, rules: Rules, world: TaskWorld): Promise<Attempt> {
  try {
    const worldOfTask = { ...world, reasonToWait: () => world.reasonToWait(task) }
    return { kind: 'done', task, outcome: await remediateRole(task.roleName, rules, worldOfTask, task.expected) }
  } catch (error) {
    return error instanceof NotVisibleYetError ? { kind: 'too-early', task, error } : { kind: 'failed', task, error }
  }
}

/** What a report or a count says of an attempt; undefined for one that was only too early. */
export function resultOf(attempt: Attempt): RoleResult | undefined {
  switch (attempt.kind) {
    case 'done':
      return attempt.outcome
    case 'failed': {
      const { roleName } = attempt.task
      return { kind: 'failed', roleName, arn: null, detail: describeError(attempt.error), notes: [] }
    }
    case 'too-early':
      return undefined
  }
}
