import {
  CloudWatchLogsClient,
  paginateFilterLogEvents,
  ResourceNotFoundException,
} from '@aws-sdk/client-cloudwatch-logs'
import * as z from 'zod/mini'
import { type AwsTarget, maxAttempts, requestHandler } from './clients.ts'
import { unlessMissing } from './unless-missing.ts'

/** What a sweep wrote into its log in the end. */
export interface LoggedSweep {
  /** ISO 8601. */
  readonly finishedAt: string
  readonly inScope: number
  /** Roles by what became of them. */
  readonly counts: Readonly<Record<string, number>>
}

const Line = z.looseObject({
  timestamp: z.string(),
  inScope: z.number(),
  counts: z.record(z.string(), z.number()),
})

/** The last line of a sweep (handlers/sweep-wiring.ts), whatever started it. */
const PATTERN = '{ $.message = "* is done" }'

/**
 * The last sweep of the function that finished since then, or undefined where there is none.
 *
 * @param since in milliseconds
 * @throws whatever the SDK throws
 */
export async function lastLoggedSweep(
  target: AwsTarget,
  functionName: string,
  since: number,
): Promise<LoggedSweep | undefined> {
  const client = new CloudWatchLogsClient({ requestHandler, maxAttempts, ...target })
  const input = { logGroupName: `/aws/lambda/${functionName}`, filterPattern: PATTERN, startTime: since }
  return unlessMissing(ResourceNotFoundException, async () => {
    let last: LoggedSweep | undefined
    for await (const { events = [] } of paginateFilterLogEvents({ client }, input)) {
      for (const { message = '' } of events) {
        const found = loggedSweep(message)
        if (found !== undefined && (last === undefined || found.finishedAt > last.finishedAt)) last = found
      }
    }
    return last
  })
}

/** Whoever may write into the log may write anything. */
function loggedSweep(message: string): LoggedSweep | undefined {
  try {
    const { timestamp, inScope, counts } = z.parse(Line, JSON.parse(message))
    return { finishedAt: new Date(timestamp).toISOString(), inScope, counts }
  } catch {
    return undefined
  }
}
