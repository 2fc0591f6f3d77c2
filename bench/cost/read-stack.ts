import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod/mini'
import { resourcesOfType, type Stack } from '../../sandbox/package-stack.ts'

/** What of the packaged stack decides about its cost. */
export interface StackCounts {
  readonly sweepsAMonth: number
  /** Of the functions. */
  readonly gigabytes: number
  readonly alarmMetrics: number
  readonly dashboards: number
  readonly sendsMetrics: boolean
  /** Whether all outcome events are handed on to a hub. */
  readonly forwards: boolean
  readonly logRetentionDays: number
  readonly packageBytes: number
}

/** As AWS's own examples of cost reckon. */
export const HOURS_A_MONTH = 730

const Target = z.object({ Arn: z.unknown() })
const Rule = z.object({ ScheduleExpression: z.optional(z.string()), Targets: z._default(z.array(Target), []) })
const Lambda = z.object({
  MemorySize: z.number(),
  Environment: z.object({ Variables: z.object({ POWERTOOLS_METRICS_DISABLED: z.string() }) }),
})
const LogGroup = z.object({ RetentionInDays: z.number() })
const Alarm = z.object({ Metrics: z.optional(z.array(z.object({ MetricStat: z.optional(z.unknown()) }))) })

/** @throws Error where the schedule is no `rate(…)` */
export function readStack(stack: Stack): StackCounts {
  const propertiesOf = (type: string) => resourcesOfType(stack, type).map(({ Properties }) => Properties)
  const functions = propertiesOf('AWS::Lambda::Function').map((properties) => Lambda.parse(properties))
  const rules = propertiesOf('AWS::Events::Rule').map((rule) => Rule.parse(rule))
  const schedules = rules.flatMap(({ ScheduleExpression }) => ScheduleExpression ?? [])
  return {
    sweepsAMonth: runsAMonth(schedules),
    gigabytes: Math.max(...functions.map(({ MemorySize }) => MemorySize)) / 1024,
    alarmMetrics: propertiesOf('AWS::CloudWatch::Alarm')
      .map(metricsOf)
      .reduce((sum, count) => sum + count, 0),
    dashboards: propertiesOf('AWS::CloudWatch::Dashboard').length,
    sendsMetrics: functions.some(({ Environment }) => Environment.Variables.POWERTOOLS_METRICS_DISABLED !== 'true'),
    forwards: rules.some(({ Targets }) => Targets.some(({ Arn }) => /:event-bus\//.test(JSON.stringify(Arn)))),
    logRetentionDays: Math.max(
      ...propertiesOf('AWS::Logs::LogGroup').map((group) => LogGroup.parse(group).RetentionInDays),
    ),
    // What osls puts into the bucket.
    packageBytes: readdirSync(stack.folder)
      .filter((file) => /\.(zip|json)$/.test(file))
      .map((file) => statSync(join(stack.folder, file)).size)
      .reduce((sum, bytes) => sum + bytes, 0),
  }
}

/** An alarm on an expression costs as many metrics as it looks at. */
export function metricsOf(alarm: unknown): number {
  const { Metrics: metrics } = Alarm.parse(alarm)
  return metrics?.filter(({ MetricStat }) => MetricStat !== undefined).length ?? 1
}

/** @throws Error where a schedule is no `rate(…)` */
export function runsAMonth(schedules: readonly string[]): number {
  return HOURS_A_MONTH / schedules.map(hoursOf).reduce((sum, hours) => sum + hours, 0)
}

function hoursOf(schedule: string): number {
  const [, count, unit] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(schedule) ?? []
  if (count === undefined) throw new Error(`${schedule} is no rate(…): say how often it runs in a month`)
  return Number(count) * (unit === 'day' ? 24 : unit === 'hour' ? 1 : 1 / 60)
}
