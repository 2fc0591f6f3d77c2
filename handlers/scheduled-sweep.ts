import timers from 'node:timers/promises'
import type { Context } from 'aws-lambda'
import { foreignEvent, type IgnoredEvent, sweepCauseOf } from '../src/events/read-event.ts'
import type { VersionedReport } from '../src/sweep/report.ts'
import { wireFlapping } from './flapping-wiring.ts'
import { wireHeartbeat } from './heartbeat-wiring.ts'
import { wireSweep } from './sweep-wiring.ts'

const { config, installation, logIgnored, runSweep } = wireSweep(process.env, { wireFlapping, wireHeartbeat })

/**
 * Systems Manager does not promise that a read just after a change shows it. Longer than what other functions may still
 * write by the old value (rule 1.5), so that what the sweep writes is the last. In milliseconds.
 */
const SETTLING = 10_000

/**
 * On the schedule, and when the SSM parameter has changed: remediates whatever is due, within the cap (rule 6.2). The
 * event itself says no more than which of the two it is. A change in another account is dropped.
 */
export const handler = async (event: unknown, context: Context): Promise<VersionedReport | IgnoredEvent> => {
  const cause = sweepCauseOf(event)
  if (cause === 'parameter change') {
    const foreign = foreignEvent(event, installation(context))
    if (foreign !== undefined) return logIgnored(foreign)
    await timers.setTimeout(SETTLING)
  }
  return runSweep({ dryRun: false, maxChanges: config.maxChanges }, cause, context)
}
