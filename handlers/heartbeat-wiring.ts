import type { Context } from 'aws-lambda'
import type { sqsClient } from '../src/aws/clients.ts'
import { readQueueDepth } from '../src/aws/queue-depth.ts'
import { settingsDigest } from '../src/config/settings-digest.ts'
import { formatError } from '../src/errors.ts'
import type { RunCause } from '../src/events/read-event.ts'
import { type Sender, sweepFailedEvent, sweepFinishedEvent } from '../src/outcomes/heartbeat.ts'
import type { SweepResult } from '../src/sweep/sweep.ts'
import { deadlineBefore, TIME_TO_STOP_PUBLISHING } from '../src/time-budget.ts'
import type { wire } from './wiring.ts'

/** For how long the dead-letter queue is asked, retries included, in milliseconds: a heartbeat can do without. */
const DEPTH_LIMIT = 2_000

export type WireHeartbeat = typeof wireHeartbeat

/**
 * By what a sweep tells that it has finished, or that it failed. Neither may fail the sweep.
 *
 * @throws ConfigurationError where the environment is not what it should be
 */
export function wireHeartbeat(
  environment: Readonly<Record<string, string | undefined>>,
  { config, logger, outcomes, countSweep, publishMetrics }: ReturnType<typeof wire>,
  queues: ReturnType<typeof sqsClient>,
) {
  const sender: Sender = { mode: config.mode, settingsDigest: settingsDigest(environment) }
  // As infra/queue.yml names it.
  const deadLetterQueue = `${config.stackName}-dead-letters`

  const countDeadLetters = async (): Promise<number | undefined> => {
    try {
      const depth = await readQueueDepth(queues, deadLetterQueue, AbortSignal.timeout(DEPTH_LIMIT))
      return depth.waiting + depth.inFlight + depth.delayed
    } catch (error) {
      logger.warn(`how much the queue ${deadLetterQueue} holds is unknown to the heartbeat: ${formatError(error)}`)
      return undefined
    }
  }
  const deadlineOf = (context: Context) => deadlineBefore(context.getRemainingTimeInMillis(), TIME_TO_STOP_PUBLISHING)

  return {
    /** Sends the heartbeat when all outcomes are sent, as far as there is time, and counts the sweep. */
    finished: async (result: SweepResult, cause: RunCause, context: Context): Promise<void> => {
      const deadline = deadlineOf(context)
      const [deadLetters] = await Promise.all([countDeadLetters(), outcomes.settle(deadline)])
      await outcomes.publishLast(sweepFinishedEvent(result, deadLetters, sender, cause), deadline)
      countSweep()
    },
    failed: async (error: unknown, cause: RunCause, context: Context): Promise<void> => {
      await outcomes.publishLast(sweepFailedEvent(formatError(error), sender, cause), deadlineOf(context))
      publishMetrics()
    },
  }
}
