// How the time of an invocation is shared out, so that a call that hangs cannot cost the record of what was done. All
// in milliseconds before Lambda ends it.

/** From here on a sweep starts no more roles: one takes a second if all goes well, at most until TIME_TO_HAND_ON. */
export const TIME_TO_START_A_ROLE = 60_000

/** Here a sweep gives up the roles that are still under way, and hands the rest on. */
export const TIME_TO_HAND_ON = 30_000

/** Here everything else that waits for AWS is given up: the time left is for records, report and answer. */
export const TIME_TO_REPORT = 5_000

/** Here no more events are put on the bus: the call that is then under way takes two seconds at the most. */
export const TIME_TO_STOP_PUBLISHING = 3_000

/**
 * The moment by which calls must be given up, so that so much time is left.
 *
 * @param timeLeft now, in milliseconds; if that is less already, the moment is now
 */
export function deadlineBefore(timeLeft: number, left: number): AbortSignal {
  return AbortSignal.timeout(Math.max(0, timeLeft - left))
}
