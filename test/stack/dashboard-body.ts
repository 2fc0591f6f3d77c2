import * as z from 'zod/mini'
import { propertiesOf, type Stack } from '../../sandbox/package-stack.ts'
import { resolveReferences } from './resolve-references.ts'

const axis = z.strictObject({ min: z.optional(z.number()), label: z.optional(z.string()) })
const metric = z.array(z.union([z.string(), z.record(z.string(), z.string())]))
const place = {
  x: z.int().check(z.gte(0)),
  y: z.int().check(z.gte(0)),
  width: z.int().check(z.gte(1), z.lte(24)),
  height: z.int().check(z.gte(1), z.lte(1000)),
}

/** What the dashboard uses of the syntax, and no key beyond (CloudWatch API Reference, "Dashboard Body Structure"). */
const Body = z.strictObject({
  start: z.string().check(z.regex(/^-P(\d+D|T\d+H)$/)),
  periodOverride: z.enum(['auto', 'inherit']),
  widgets: z.array(
    z.discriminatedUnion('type', [
      z.strictObject({
        type: z.literal('alarm'),
        ...place,
        properties: z.strictObject({ title: z.string(), alarms: z.array(z.string()).check(z.maxLength(100)) }),
      }),
      z.strictObject({
        type: z.literal('custom'),
        ...place,
        properties: z.strictObject({
          title: z.string(),
          endpoint: z.string(),
          updateOn: z.strictObject({ refresh: z.boolean(), resize: z.boolean(), timeRange: z.boolean() }),
        }),
      }),
      z.strictObject({
        type: z.literal('metric'),
        ...place,
        properties: z.strictObject({
          title: z.string(),
          region: z.literal('us-east-1'),
          view: z.literal('timeSeries'),
          period: z.int().check(z.multipleOf(60)),
          stat: z.optional(z.enum(['Sum', 'Maximum'])),
          yAxis: z.strictObject({ left: axis, right: z.optional(axis) }),
          metrics: z.array(metric),
        }),
      }),
    ]),
  ),
})

/** The body as CloudWatch gets it: `Fn::Sub` resolved, with `ID.Arn` for the ARN of a resource that the stack has. */
export function dashboardOf(stack: Stack) {
  const { DashboardBody } = z.object({ DashboardBody: z.unknown() }).parse(propertiesOf(stack, 'Dashboard'))
  const attribute = (_: string, id: string, name: string) => {
    const properties = propertiesOf(stack, id)
    if (properties === undefined) throw new Error(`the stack has no resource ${id}`)
    return name === 'Arn' ? `${id}.Arn` : z.string().parse(properties[name])
  }
  const text = z.string().parse(resolveReferences(DashboardBody))
  return Body.parse(JSON.parse(text.replace(/\$\{(\w+)\.(\w+)\}/g, attribute)))
}

/** One metric of a graph, with its dimensions by name. */
export interface GraphMetric {
  readonly namespace: string | undefined
  readonly name: string | undefined
  readonly dimensions: Readonly<Record<string, string>>
}

/** All metrics of the graphs. In the body, `.` stands for what the metric before has there, and `...` for all of it. */
export function graphMetricsOf({ widgets }: z.infer<typeof Body>): readonly GraphMetric[] {
  return widgets.flatMap((widget) => {
    if (widget.type !== 'metric') return []
    let before: readonly string[] = []
    return widget.properties.metrics.map((given) => {
      const words = given.filter((word) => typeof word === 'string')
      const [first, ...others] = words
      before =
        first === '...'
          ? [...before.slice(0, before.length - others.length), ...others]
          : words.map((word, index) => (word === '.' ? (before[index] ?? '') : word))
      const [namespace, name, ...pairs] = before
      const dimensions = pairs.flatMap((value, index) => (index % 2 === 1 ? [[pairs[index - 1], value]] : []))
      return { namespace, name, dimensions: Object.fromEntries(dimensions) }
    })
  })
}
