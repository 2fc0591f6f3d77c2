import type { Context } from 'aws-lambda'
import { sqsClient } from '../src/aws/clients.ts'
import { deferRoles } from '../src/aws/role-queue.ts'
import { isFlapping } from '../src/events/flapping.ts'
import type { RunCause } from '../src/events/read-event.ts'
import { overCapEvent } from '../src/outcomes/outcome-event.ts'
import type { VersionedReport } from '../src/sweep/report.ts'
import { overCap, type SweepRequest, type SweepResult, sweep } from '../src/sweep/sweep.ts'
import { deadlineBefore, TIME_TO_HAND_ON, TIME_TO_REPORT, TIME_TO_STOP_PUBLISHING } from '../src/time-budget.ts'
import type { WireFlapping } from './flapping-wiring.ts'
import type { WireHeartbeat } from './heartbeat-wiring.ts'
import { wire } from './wiring.ts'

/** What only a sweep does that nobody started by hand. */
export interface Unattended {
  readonly wireFlapping: WireFlapping
  readonly wireHeartbeat: WireHeartbeat
}

/**
 * What the two functions that look at many roles share: the run itself, its metrics, and the event about a cap.
 *
 * @throws ConfigurationError where the environment is not what it should be
 */
export function wireSweep(environment: Readonly<Record<string, string | undefined>>, unattended?: Unattended) {
  const wired = wire(environment)
  const { config, logger, roles, rules, freshRules, logIntent, logResult, outcomes, publishResult, publishCounts } =
    wired
  const queue = sqsClient()
  const flappingOf = unattended?.wireFlapping(wired.installation, config.sid, logger)
  const heartbeat = unattended?.wireHeartbeat(environment, wired, queue)

  /** The parameter is read again for each run: often its change is the very reason for it. */
  const runSweep = async (request: SweepRequest, cause: RunCause, context: Context): Promise<VersionedReport> => {
    let flapping = 0
    const timeLeft = () => context.getRemainingTimeInMillis()
    const deadline = deadlineBefore(timeLeft(), TIME_TO_HAND_ON)
    const look = async (): Promise<SweepResult> =>
      sweep(request, await rules(context, deadline, 0), {
        iam: roles(deadline),
        freshRules: () => freshRules(context, deadline),
        ...(flappingOf !== undefined && { flappingOf: (roleName: string) => flappingOf(roleName, context, deadline) }),
        deferRoles: (roleNames) =>
          deferRoles(queue, config.queueName, roleNames, deadlineBefore(timeLeft(), TIME_TO_REPORT)),
        timeLeft,
        onIntent: (change) => logIntent(change, cause),
        onOverCap: (due) => {
          const reason = `nothing was changed, because ${overCap(due, request.maxChanges)}`
          logger.error(`${cause}: ${reason}`)
          outcomes.publish(overCapEvent(due, request.maxChanges, reason, cause))
        },
        onResult: (result) => {
          if (isFlapping(result)) flapping += 1
          logResult(result, cause)
          if (!request.dryRun) publishResult(result, cause)
        },
      }).catch((error) => {
        logger.error(`${cause}: no role was changed, because not all roles could be read`, { error })
        throw error
      })
    const result = await look().catch(async (error) => {
      await heartbeat?.failed(error, cause, context)
      throw error
    })
    const { report, heldBack } = result
    const { counts, scanned, inScope, orphaned } = report
    await heartbeat?.finished(result, cause, context)
    await outcomes.settle(deadlineBefore(timeLeft(), TIME_TO_STOP_PUBLISHING))
    logger.info(`${cause} is done`, { scanned, inScope, counts, orphaned })
    publishCounts(report, { flapping, heldBack })
    return { version: config.version, ...report }
  }
  const { installation, logIgnored } = wired
  return { config, installation, logIgnored, runSweep }
}
