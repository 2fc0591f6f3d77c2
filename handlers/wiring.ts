import { Logger } from '@aws-lambda-powertools/logger'
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics'
import type { Context } from 'aws-lambda'
import { accessSources } from '../src/aws/access-sources.ts'
import { eventBridgeClient, iamClient, iamWriteClient, ssmClient } from '../src/aws/clients.ts'
import { eventBus } from '../src/aws/event-bus.ts'
import { iamRoles } from '../src/aws/iam-roles.ts'
import { trustPolicyQuota } from '../src/aws/trust-policy-quota.ts'
import { accountOfFunction } from '../src/aws-account.ts'
import { cached } from '../src/cached.ts'
import type { Installation } from '../src/cloudtrail/own-roles.ts'
import { readConfig } from '../src/config/read-config.ts'
import type { Cause, IgnoredEvent } from '../src/events/read-event.ts'
import { intentLineOf, logLineOf } from '../src/outcomes/log-line.ts'
import { outcomeEventOf } from '../src/outcomes/outcome-event.ts'
import { outcomePublisher } from '../src/outcomes/publish-outcomes.ts'
import { DECIDING_AGE, resolveWantedAccess, WRITING_AGE } from '../src/resolve-wanted-access.ts'
import type { Rules } from '../src/role/decide-role.ts'
import type { ChangeOutcome, RoleResult } from '../src/role/outcome.ts'
import type { Report } from '../src/sweep/report.ts'

/**
 * What every function needs, built once on cold start.
 *
 * @throws ConfigurationError where the environment is not what it should be
 */
export function wire(environment: Readonly<Record<string, string | undefined>>) {
  const config = readConfig(environment)
  const { version, stackName: stack } = config
  const logger = new Logger({ persistentKeys: { version } })
  const metrics = new Metrics()
  const [iam, ssm] = [iamClient(), ssmClient()]
  const iamWrites = iamWriteClient(iam)
  const quota = trustPolicyQuota(iam)

  const keptAccess = cached(
    (functionArn: string | undefined, deadline: AbortSignal) =>
      resolveWantedAccess(config, accessSources(iam, ssm, deadline), accountOfFunction(functionArn), new Date()),
    Date.now,
  )

  const outcomes = outcomePublisher(
    eventBus(eventBridgeClient(), { stack, productVersion: version }),
    ({ type, detail }, reason) => {
      const { roleName } = detail
      const about = roleName === undefined ? '' : ` about role ${roleName}`
      logger.warn(`the event "${type}"${about} was not sent: ${reason}. What it reports has happened all the same`, {
        roleName,
      })
      metrics.addMetric('EventsNotSent', MetricUnit.Count, 1)
    },
  )

  /** All that was measured so far, if anything was. */
  const publishMetrics = (): void => {
    if (!metrics.hasStoredMetrics()) return
    // These lines are of the log too.
    metrics.addMetadata('version', version)
    metrics.publishStoredMetrics()
  }

  return {
    config,
    logger,
    /** IAM's calls on roles, all given up at the deadline. */
    roles: (deadline: AbortSignal) => ({ ...iamRoles(iam, iamWrites, deadline), readQuota: quota(deadline) }),
    /** The rules as deployed and as the parameter says; a failure is logged and fails the invocation (rule 1.2). */
    rules: async ({ invokedFunctionArn }: Context, deadline: AbortSignal, maxAge = DECIDING_AGE): Promise<Rules> => {
      try {
        const { wanted, warnings } = await keptAccess(maxAge, invokedFunctionArn, deadline)
        for (const warning of warnings) logger.warn(warning)
        return { ...config, wanted }
      } catch (error) {
        logger.error('no role was looked at, because the wanted access could not be loaded', { error })
        throw error
      }
    },
    /** What a remediation asks for before it writes; a failure is one of that role alone. */
    freshRules: async ({ invokedFunctionArn }: Context, deadline: AbortSignal): Promise<Rules> => {
      const { wanted } = await keptAccess(WRITING_AGE, invokedFunctionArn, deadline)
      return { ...config, wanted }
    },
    installation: ({ invokedFunctionArn }: Pick<Context, 'invokedFunctionArn'>): Installation => ({
      stackName: config.stackName,
      account: accountOfFunction(invokedFunctionArn)?.account,
    }),
    logIgnored: (event: IgnoredEvent): IgnoredEvent => {
      logger.debug(`an event is ignored (${event.reason}): ${event.detail}`)
      return event
    },
    logIntent: (change: ChangeOutcome, cause: Cause): void => {
      const { level, message, fields } = intentLineOf(change, cause)
      logger[level](message, { ...fields })
    },
    logResult: (result: RoleResult, cause: Cause): void => {
      const { level, message, fields } = logLineOf(result, cause)
      logger[level](message, { ...fields })
    },
    outcomes,
    publishResult: (result: RoleResult, cause: Cause): void => {
      const event = outcomeEventOf(result, cause)
      if (event !== undefined) outcomes.publish(event)
    },
    /**
     * One value for each patched role.
     *
     * @param eventTime of the call that caused it, in milliseconds since the epoch
     */
    measurePatch: (eventTime: number): void => {
      metrics.addMetric('EventToPatchSeconds', MetricUnit.Seconds, Math.max(0, Date.now() - eventTime) / 1000)
    },
    /**
     * @param flapping number of roles that somebody keeps undoing
     * @param heldBack number of roles left alone because they are more than a sweep may change
     */
    publishCounts: (
      { scanned, inScope, counts }: Pick<Report, 'scanned' | 'inScope' | 'counts'>,
      { flapping, heldBack = 0 }: { flapping: number; heldBack?: number },
    ): void => {
      const values = {
        RolesScanned: scanned,
        RolesInScope: inScope,
        RolesPatched: counts.patched,
        RolesDue: counts.planned,
        RolesWithdrawn: counts.withdrawn,
        RolesBlocked: counts.blocked,
        RolesFailed: counts.failed,
        RolesFlapping: flapping,
        SweepOverCap: heldBack,
      }
      for (const [name, value] of Object.entries(values)) metrics.addMetric(name, MetricUnit.Count, value)
      publishMetrics()
    },
    /** Counts a sweep that has finished; the alarm `no-sweep` waits for it. */
    countSweep: (): void => {
      metrics.addMetric('SweepsFinished', MetricUnit.Count, 1)
    },
    publishMetrics,
  }
}
