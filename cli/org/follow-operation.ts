import timers from 'node:timers/promises'
import type { OperationProgress, StackSets } from '../../src/aws/stack-sets.ts'
import { ConfigurationError } from '../../src/errors.ts'
import { errorMessageOf } from '../error-message.ts'
import { type Progress, startProgress } from '../session/progress.ts'
import type { Session } from '../session/session.ts'

/** Between two looks at an operation, in milliseconds: a stack takes minutes, and the calls are throttled. */
const PAUSE = 5_000

const ENDED = ['SUCCEEDED', 'FAILED', 'STOPPED']

/**
 * Waits until an operation of a StackSet has ended. Ctrl-C stops it: the accounts that it is at are finished, and no other is
 * begun.
 *
 * @param label of the progress bar
 * @throws ConfigurationError that names the operation, which outlives this command
 */
export async function followOperation(
  { terminal, err, scope }: Session,
  sets: StackSets,
  name: string,
  id: string,
  label: string,
): Promise<OperationProgress> {
  const takeBack = terminal.onInterrupt(() => {
    sets.stopOperation(name, id).then(
      () => err.print('Stopping after the accounts in progress. Ctrl-C again ends this command at once.'),
      (error: unknown) =>
        err.print(`The operation goes on, and this command follows it: ${errorMessageOf(error, scope)}`),
    )
  })
  let progress: Progress | undefined
  let shown = 0
  try {
    for (;;) {
      const operation = await sets.readOperation(name, id)
      if (ENDED.includes(operation.status)) return operation
      if (progress === undefined && operation.accounts > 0)
        progress = startProgress(terminal, label, operation.accounts)
      progress?.advance(operation.finished - shown)
      shown = operation.finished
      await timers.setTimeout(PAUSE)
    }
  } catch (error) {
    throw new ConfigurationError(
      `${errorMessageOf(error, scope)}. CloudFormation goes on with ${name} by itself (operation ${id})`,
      { cause: error },
    )
  } finally {
    takeBack()
    progress?.end()
  }
}

/**
 * What follows a change that cannot be taken back.
 *
 * @param again the command that goes on with it
 * @throws ConfigurationError that names that command
 */
export async function orGoOn<Value>({ scope }: Session, again: string, work: () => Promise<Value>): Promise<Value> {
  try {
    return await work()
  } catch (error) {
    throw new ConfigurationError(`${errorMessageOf(error, scope)}. To go on, run \`${again}\``, { cause: error })
  }
}
