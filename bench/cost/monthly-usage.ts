import type { Item } from './prices.ts'
import { HOURS_A_MONTH, type StackCounts } from './read-stack.ts'

/** What happens in an account in a month. */
export interface Scenario {
  /** All of them right when a sweep looks. */
  readonly roles: number
  /** Calls on roles by others that reach the queue, of which each leads to a patch. */
  readonly patches: number
}

/** CPU seconds on a whole core, as docs/performance.md has them. */
export interface Measured {
  readonly sweepStart: number
  readonly roleEventStart: number
  readonly sweepOfThousandRoles: number
  readonly thousandEvents: number
}

/** A whole core is what a function of this size gets (Lambda Developer Guide, "Configure Lambda function memory"). */
const MEGABYTES_OF_A_CORE = 1769

/**
 * Lambda polls a queue five times at once, and no less where maximumConcurrency is set (Lambda Developer Guide,
 * "Configuring scaling behavior for SQS event source mappings"); an empty poll ends after 20 seconds at most (SQS
 * Developer Guide, "Amazon SQS standard queue quotas").
 */
const POLLS_AT_ONCE = 5
const SECONDS_OF_A_POLL = 20
export const POLLS_A_MONTH = (HOURS_A_MONTH * 3600 * POLLS_AT_ONCE) / SECONDS_OF_A_POLL

/** What CloudWatch gets of each sweep, and of roles patched after an event: test/cost.test.ts holds them to be all. */
export const SWEEP_METRICS = [
  'RolesScanned',
  'RolesInScope',
  'RolesPatched',
  'RolesWithdrawn',
  'RolesBlocked',
  'RolesFailed',
  'RolesDue',
  'RolesFlapping',
  'SweepOverCap',
  'SweepsFinished',
]
export const EVENT_METRICS = ['EventToPatchSeconds']

/** Bytes in the log, to the next thousand. test/cost.test.ts counts them. */
export const LOG_BYTES = { sweep: 2000, patch: 4000 }

/** What Lambda itself logs of each invocation (Lambda Developer Guide, "Log and monitor Node.js Lambda functions"). */
const ID = '8f507cfc-example-4697-b07a-ac58fc914c95'
export const PLATFORM_LOG = [
  `START RequestId: ${ID} Version: $LATEST`,
  `END RequestId: ${ID}`,
  `REPORT RequestId: ${ID} Duration: 15.74 ms Billed Duration: 147 ms Memory Size: 256 MB Max Memory Used: 67 MB Init Duration: 130.49 ms`,
  'XRAY TraceId: 1-5e34a614-10bdxmplf1fb44f07bc535a1 SegmentId: 07f5xmpl2d1f6f85 Sampled: true',
].join('\n')

/** osls keeps the files of five deployments before the newest. */
const DEPLOYMENTS_KEPT = 6

/** How often in a month what is charged for comes up. */
export type Usage = Readonly<Record<Item, number>>

/** @param coreSeconds on a whole core */
export function lambdaSeconds(coreSeconds: number, gigabytes: number): number {
  return coreSeconds / ((gigabytes * 1024) / MEGABYTES_OF_A_CORE)
}

export function monthlyUsage(stack: StackCounts, measured: Measured, scenario: Scenario): Usage {
  const { patches } = scenario
  const sweeps = stack.sweepsAMonth
  // As if each event came alone, and each invocation started anew.
  const invocations = sweeps + patches
  const coreSeconds =
    sweeps * (measured.sweepStart + (measured.sweepOfThousandRoles * scenario.roles) / 1000) +
    patches * (measured.roleEventStart + measured.thousandEvents / 1000)
  const logged =
    (sweeps * LOG_BYTES.sweep + patches * LOG_BYTES.patch + invocations * PLATFORM_LOG.length) / 1_000_000_000
  const hoursWithPatches = Math.min(patches, HOURS_A_MONTH)
  return {
    lambdaRequest: invocations,
    lambdaGbSecond: lambdaSeconds(coreSeconds, stack.gigabytes) * stack.gigabytes,
    // Of a message the sending and the deleting; the receiving is one of the polls.
    sqsRequest: POLLS_A_MONTH + 2 * patches,
    // A heartbeat with each sweep.
    customEvent: sweeps + patches,
    // The account that sends pays for it, and the one that receives does not.
    crossAccountEvent: stack.forwards ? sweeps + patches : 0,
    tableWrite: 0,
    tableRead: 0,
    alarmMetric: stack.alarmMetrics,
    // Reckoned by the hour in which there are values (CloudWatch pricing).
    customMetric: stack.sendsMetrics
      ? SWEEP_METRICS.length * Math.min(1, sweeps / HOURS_A_MONTH) +
        (EVENT_METRICS.length * hoursWithPatches) / HOURS_A_MONTH
      : 0,
    dashboard: stack.dashboards,
    logIngested: logged,
    logStored: (logged * stack.logRetentionDays) / 30,
    // All of them: X-Ray records the first of each second, and these come one by one.
    trace: invocations,
    s3Stored: (stack.packageBytes * DEPLOYMENTS_KEPT) / 1_000_000_000,
  }
}
