import { OutOfTimeError } from '../errors.ts'

/**
 * What to throw for a call that failed. If the deadline, its `abortSignal`, cut it off, the SDK says only that it was
 * aborted: while it waited for a connection, an answer, the rest of an answer, or its next attempt.
 */
export function asOutOfTime(call: string, error: unknown): unknown {
  if (!(error instanceof Error) || error.name !== 'AbortError') return error
  return new OutOfTimeError(`AWS did not answer ${call} in the time that was left for it`, { cause: error })
}
