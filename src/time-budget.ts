// How the time of an invocation is shared out, so that nothing which hangs can cost the record of what was done. All in
// milliseconds before Lambda ends it.

/** From here on a sweep starts no more roles: one takes a second where nothing is wrong, and may take until TIME_TO_HAND_ON. */
export const TIME_TO_START_A_ROLE = 60_000

/** Here a sweep gives up the roles that are still under way, and hands on what is left. */
export const TIME_TO_HAND_ON = 30_000

/** Here everything else that waits for AWS is given up: what is left is for records, report and answer. */
export const TIME_TO_REPORT = 5_000

/** Here no more events are put on the bus: the call that is then under way takes two seconds at the most. */
export const TIME_TO_STOP_PUBLISHING = 3_000

/**
 * The moment at which so much is left of the time, for calls to be given up by.
 *
 * @param timeLeft now, in milliseconds; where that is less than what must be left, the moment is at once
 */
export function deadlineBefore(timeLeft: number, left: number): AbortSignal {
  return AbortSignal.timeout(Math.max(0, timeLeft - left))
}
