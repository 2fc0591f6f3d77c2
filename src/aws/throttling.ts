import timers from 'node:timers/promises'
import { OutOfTimeError } from '../errors.ts'
import { asOutOfTime } from './as-out-of-time.ts'

/** The longest pause after all attempts of the SDK were throttled, in milliseconds. */
const PAUSE = 10_000

/** Whether AWS refused a call because there were too many: services name it differently. */
export function isThrottling({ name }: Error): boolean {
  return /throttl|toomanyrequests|requestlimit/i.test(name)
}

/**
 * Makes a call that everything else waits for, and repeats it for as long as AWS throttles it and time is left. The
 * SDK's own attempts take only some seconds, and other tools can use up IAM's rate for minutes.
 *
 * @param name of the call, for the message
 * @param deadline which the call is given too; without one nobody knows the time left, and it is made once
 * @throws OutOfTimeError at the deadline; whatever else the call throws
 */
export async function whileThrottled<Answer>(
  name: string,
  deadline: AbortSignal | undefined,
  call: () => Promise<Answer>,
): Promise<Answer> {
  let throttled: Error | undefined
  for (;;) {
    try {
      return await call()
    } catch (error) {
      const fault = asOutOfTime(name, error)
      if (fault instanceof OutOfTimeError && throttled !== undefined) throw throttledUntil(name, throttled)
      if (deadline === undefined || !(fault instanceof Error && isThrottling(fault))) throw fault
      throttled = fault
    }
    await timers.setTimeout(Math.random() * PAUSE, undefined, { signal: deadline }).catch(() => {
      throw throttledUntil(name, throttled)
    })
  }
}

function throttledUntil(name: string, cause: Error | undefined): OutOfTimeError {
  return new OutOfTimeError(`AWS throttled ${name} for as long as there was time, because others call it too often`, {
    cause,
  })
}
