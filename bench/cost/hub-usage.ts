import * as z from 'zod/mini'
import { LOG_BYTES, lambdaSeconds, type Measured, PLATFORM_LOG, POLLS_A_MONTH, type Usage } from './monthly-usage.ts'
import { metricsOf, runsAMonth } from './read-stack.ts'

/** What of the hub's template decides about its cost. */
export interface HubCounts {
  readonly checksAMonth: number
  /** Of the functions that nobody has to look for. */
  readonly gigabytes: number
  readonly alarmMetrics: number
  readonly dashboards: number
  readonly trailRetentionDays: number
  readonly logRetentionDays: number
}

/** What the accounts tell a hub in a month. */
export interface Told {
  readonly accounts: number
  /** Of each account. */
  readonly sweeps: number
  readonly patches: number
}

/** What the check counts: test/cost.test.ts holds them to be all. */
export const HUB_METRICS = [
  'Accounts',
  'SilentAccounts',
  'FailingAccounts',
  'BlockedAccounts',
  'AccountsOverCap',
  'AccountsWithDeadLetters',
  'AccountsGone',
]

/** Bytes of an event as the hub gets it, to the next thousand, where nothing is wrong. test/cost.test.ts counts them. */
export const EVENT_BYTES = { sweep: 1000, patch: 2000 }

/** Of an account in the table. test/cost.test.ts holds that it is no more. */
export const ITEM_BYTES = 1000

const Properties = z.looseObject({})
const Template = z.object({ Resources: z.record(z.string(), z.object({ Type: z.string(), Properties })) })
const Rule = z.object({ ScheduleExpression: z.optional(z.string()) })
const Lambda = z.object({ Handler: z.string(), MemorySize: z.number() })
const LogGroup = z.object({ RetentionInDays: z.number() })

/** @param template as it is released */
export function readHub(template: unknown): HubCounts {
  const resources = Object.values(z.parse(Template, template).Resources)
  const ofType = (type: string) => resources.filter(({ Type }) => Type === type).map((one) => one.Properties)
  const functions = ofType('AWS::Lambda::Function').map((one) => z.parse(Lambda, one))
  const retention = ofType('AWS::Logs::LogGroup').map((one) => z.parse(LogGroup, one).RetentionInDays)
  return {
    checksAMonth: runsAMonth(ofType('AWS::Events::Rule').flatMap((one) => z.parse(Rule, one).ScheduleExpression ?? [])),
    gigabytes:
      Math.max(...functions.filter(({ Handler }) => !/widget/.test(Handler)).map(({ MemorySize }) => MemorySize)) /
      1024,
    alarmMetrics: ofType('AWS::CloudWatch::Alarm')
      .map(metricsOf)
      .reduce((sum, count) => sum + count, 0),
    dashboards: ofType('AWS::CloudWatch::Dashboard').length,
    trailRetentionDays: Math.max(...retention),
    logRetentionDays: Math.min(...retention),
  }
}

export function hubUsage(hub: HubCounts, measured: Measured, { accounts, sweeps, patches }: Told): Usage {
  const heartbeats = accounts * sweeps
  // As if each heartbeat came alone, and each invocation started anew. The recorder counts as role-event, whose bundle is larger.
  const invocations = heartbeats + hub.checksAMonth
  const coreSeconds =
    heartbeats * (measured.roleEventStart + measured.thousandEvents / 1000) +
    // The check reads the table; a sweep over as many roles has more to read.
    hub.checksAMonth * (measured.sweepStart + (measured.sweepOfThousandRoles * accounts) / 1000)
  const trail = gigabytes(heartbeats * EVENT_BYTES.sweep + accounts * patches * EVENT_BYTES.patch)
  const logged = gigabytes(invocations * PLATFORM_LOG.length + hub.checksAMonth * LOG_BYTES.sweep)
  return {
    lambdaRequest: invocations,
    lambdaGbSecond: lambdaSeconds(coreSeconds, hub.gigabytes) * hub.gigabytes,
    // Of each message the sending, the receiving and the deleting.
    sqsRequest: POLLS_A_MONTH + 3 * heartbeats,
    // Those who send pay for them.
    customEvent: 0,
    crossAccountEvent: 0,
    // A unit for each KB (DynamoDB Developer Guide, "DynamoDB on-demand capacity mode").
    tableWrite: heartbeats * Math.ceil(ITEM_BYTES / 1024),
    // A half for each 4 KB, since what is read may be a little old.
    tableRead: (hub.checksAMonth * accounts * ITEM_BYTES) / 4096 / 2,
    alarmMetric: hub.alarmMetrics,
    customMetric: HUB_METRICS.length,
    dashboard: hub.dashboards,
    logIngested: trail + logged,
    logStored: (trail * hub.trailRetentionDays + logged * hub.logRetentionDays) / 30,
    trace: 0,
    s3Stored: 0,
  }
}

function gigabytes(bytes: number): number {
  return bytes / 1_000_000_000
}
