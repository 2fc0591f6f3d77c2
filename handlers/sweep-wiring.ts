import type { Context } from 'aws-lambda'
import { sqsClient } from '../src/aws/clients.ts'
import { deferRoles } from '../src/aws/role-queue.ts'
import type { Report } from '../src/report.ts'
import { overCap, type SweepRequest, sweep } from '../src/sweep.ts'
import { deadline, LAST_CALL, LAST_WORD } from '../src/time-budget.ts'
import { wire } from './wiring.ts'

/**
 * What the two functions that look at many roles share: the run itself, its metrics, and the word on a cap.
 *
 * @throws ConfigurationError where the environment is not what it should be
 */
export function wireSweep(
  environment: Readonly<Record<string, string | undefined>>,
  cause: 'scheduled sweep' | 'backfill',
) {
  const { config, logger, roles, rules, logIntent, logResult, publishCounts } = wire(environment)
  const queue = sqsClient()

  const runSweep = async (request: SweepRequest, context: Context): Promise<Report> => {
    const timeLeft = () => context.getRemainingTimeInMillis()
    const giveUp = deadline(timeLeft(), LAST_CALL)
    const { report, heldBack } = await sweep(request, await rules(context, giveUp), {
      iam: roles(giveUp),
      deferRoles: (roleNames) => deferRoles(queue, config.queueName, roleNames, deadline(timeLeft(), LAST_WORD)),
      timeLeft,
      onIntent: (change) => logIntent(change, cause),
      onResult: (result) => logResult(result, cause),
    }).catch((error) => {
      logger.error(`${cause}: no role was changed, because not all roles could be read`, { error })
      throw error
    })
    const { counts, scanned, inScope, orphaned } = report
    if (heldBack > 0) logger.error(`${cause}: nothing was changed, because ${overCap(heldBack, request.maxChanges)}`)
    logger.info(`${cause} is done`, { scanned, inScope, counts, orphaned })
    publishCounts(report, heldBack)
    return report
  }
  return { config, runSweep }
}
