import { Logger } from '@aws-lambda-powertools/logger'
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics'
import type { Context } from 'aws-lambda'
import { accessSources } from '../src/aws/access-sources.ts'
import { iamClient, iamWriteClient, ssmClient } from '../src/aws/clients.ts'
import { iamRoles } from '../src/aws/iam-roles.ts'
import { cached } from '../src/cached.ts'
import { readConfig } from '../src/config.ts'
import type { Rules } from '../src/decide-role.ts'
import type { RoleEvent } from '../src/events.ts'
import { homeOf, loadWantedAccess } from '../src/load-wanted-access.ts'
import { intentLineOf, logLineOf } from '../src/log-line.ts'
import type { ChangeOutcome } from '../src/outcome.ts'
import type { Report, RoleResult } from '../src/report.ts'

/** For how long the parameter's value may be used again (rule 1.5). */
const FIVE_MINUTES = 5 * 60_000

/**
 * What every function needs, built once on cold start.
 *
 * @throws ConfigurationError where the environment is not what it should be
 */
export function wire(environment: Readonly<Record<string, string | undefined>>) {
  const config = readConfig(environment)
  const logger = new Logger()
  const metrics = new Metrics()
  const [iam, ssm] = [iamClient(), ssmClient()]
  const iamWrites = iamWriteClient(iam)

  const loadRules = async (functionArn: string | undefined, giveUp: AbortSignal): Promise<Rules> => {
    const sources = accessSources(iam, ssm, giveUp)
    const { wanted, warnings } = await loadWantedAccess(config, sources, homeOf(functionArn), new Date())
    for (const warning of warnings) logger.warn(warning)
    return { ...config, wanted }
  }
  const keptRules = cached(loadRules, FIVE_MINUTES, Date.now)

  return {
    config,
    logger,
    /** IAM's calls on roles, all given up at the deadline. */
    roles: (giveUp: AbortSignal) => iamRoles(iam, iamWrites, giveUp),
    /** The rules as deployed and as the parameter says; a failure is logged, and fails the invocation (rule 1.2). */
    rules: async ({ invokedFunctionArn }: Context, giveUp: AbortSignal): Promise<Rules> => {
      try {
        return await keptRules(invokedFunctionArn, giveUp)
      } catch (error) {
        logger.error('no role was looked at, because the wanted access could not be loaded', { error })
        throw error
      }
    },
    logIntent: (change: ChangeOutcome, cause: RoleEvent | 'scheduled sweep' | 'backfill'): void => {
      const { level, message, fields } = intentLineOf(change, cause)
      logger[level](message, { ...fields })
    },
    logResult: (result: RoleResult, cause: RoleEvent | 'scheduled sweep' | 'backfill'): void => {
      const { level, message, fields } = logLineOf(result, cause)
      logger[level](message, { ...fields })
    },
    /** @param heldBack roles left alone because they are more than a sweep may change */
    publishCounts: (
      { scanned, inScope, counts }: Pick<Report, 'scanned' | 'inScope' | 'counts'>,
      heldBack = 0,
    ): void => {
      const values = {
        RolesScanned: scanned,
        RolesInScope: inScope,
        RolesPatched: counts.patched,
        RolesWithdrawn: counts.withdrawn,
        RolesBlocked: counts.blocked,
        RolesFailed: counts.failed,
        SweepOverCap: heldBack,
      }
      for (const [name, value] of Object.entries(values)) metrics.addMetric(name, MetricUnit.Count, value)
      metrics.publishStoredMetrics()
    },
  }
}
