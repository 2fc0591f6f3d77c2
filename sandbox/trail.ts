import {
  DescribeRuleCommand,
  type EventBridgeClient,
  ListTargetsByRuleCommand,
  PutEventsCommand,
  PutRuleCommand,
  PutTargetsCommand,
  TestEventPatternCommand,
} from '@aws-sdk/client-eventbridge'
import { type IAMClient, IAMServiceException } from '@aws-sdk/client-iam'
import * as z from 'zod/mini'
import { type Caller, cloudTrailEvent } from './cloudtrail-event.ts'
import { headersOf } from './request-headers.ts'

export type TrailEvent = ReturnType<typeof cloudTrailEvent>

/** What a service of AWS puts on the event bus. */
export interface ServiceEvent {
  /** Such as `aws.iam`. */
  readonly source: string
  readonly 'detail-type': string
  readonly resources: readonly string[]
  readonly detail: object
}

type Tags = Readonly<Record<string, string>>

/** Nobody may put events that claim to come from AWS, on a local AWS neither. */
const otherDoor = (source: string) => source.replace(/^aws\./, 'sandbox.')

/** What EventBridge makes of an event that came by the other door: the one that the service would have sent. */
function asSentBy(source: string) {
  return {
    InputPathsMap: {
      id: '$.id',
      type: '$.detail-type',
      account: '$.account',
      time: '$.time',
      region: '$.region',
      resources: '$.resources',
      detail: '$.detail',
    },
    InputTemplate: `{"version":"0","id":<id>,"detail-type":<type>,"source":"${source}","account":<account>,"time":<time>,"region":<region>,"resources":<resources>,"detail":<detail>}`,
  }
}

const Pattern = z.looseObject({ source: z.tuple([z.string()]) })

/**
 * Lays a rule beside a deployed one that lets a service's events in by another door. Only the source differs: the rest
 * of the pattern is the deployed one's, read back from EventBridge, and so are the targets.
 */
export async function copyRule(events: EventBridgeClient, name: string, tags: Tags = {}): Promise<void> {
  const { EventPattern: pattern = '{}' } = await events.send(new DescribeRuleCommand({ Name: name }))
  const { Targets: targets = [] } = await events.send(new ListTargetsByRuleCommand({ Rule: name }))
  const copy = `${name}-sandbox`
  const {
    source: [source],
    ...others
  } = Pattern.parse(JSON.parse(pattern))
  const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }))
  const EventPattern = JSON.stringify({ ...others, source: [otherDoor(source)] })
  await events.send(new PutRuleCommand({ Name: copy, EventPattern, Tags }))
  const Targets = targets.map((target) => ({ ...target, InputTransformer: asSentBy(source) }))
  await events.send(new PutTargetsCommand({ Rule: copy, Targets }))
}

/** Whether the deployed rule itself, its source included, lets an event through. */
export async function isLetThrough(events: EventBridgeClient, name: string, event: object): Promise<boolean> {
  const { EventPattern } = await events.send(new DescribeRuleCommand({ Name: name }))
  const { Result } = await events.send(new TestEventPatternCommand({ EventPattern, Event: JSON.stringify(event) }))
  return Result === true
}

/** Puts an event where the rule looks at it. AWS takes some seconds to minutes for that; here it is there at once. */
export async function deliver(events: EventBridgeClient, event: ServiceEvent): Promise<void> {
  const { source, 'detail-type': DetailType, resources, detail } = event
  const entry = { Source: otherDoor(source), DetailType, Resources: [...resources], Detail: JSON.stringify(detail) }
  const { Entries: [result] = [] } = await events.send(new PutEventsCommand({ Entries: [entry] }))
  if (result?.ErrorCode !== undefined) throw new Error(`EventBridge: ${result.ErrorCode}: ${result.ErrorMessage}`)
}

/** Tells of every call by which this client changes something, or fails to, as CloudTrail does. */
export function recordCalls(iam: IAMClient, caller: Caller, tell: (event: TrailEvent) => Promise<void>): void {
  iam.middlewareStack.add(
    (next, { commandName = '' }) =>
      async (args) => {
        const eventName = commandName.replace(/Command$/, '')
        if (/^(Get|List)/.test(eventName)) return next(args)
        const call = {
          eventName,
          input: args.input,
          userAgent: headersOf(args.request)['user-agent'] ?? '',
          time: new Date(),
        }
        try {
          const result = await next(args)
          const { output } = result
          const requestId = output.$metadata.requestId ?? ''
          await tell(cloudTrailEvent({ ...call, requestId, outcome: { kind: 'done', output } }, caller))
          return result
        } catch (error) {
          if (error instanceof IAMServiceException) {
            const { name: errorCode, message: errorMessage } = error
            const requestId = error.$metadata.requestId ?? ''
            const outcome = { kind: 'failed', errorCode, errorMessage } as const
            await tell(cloudTrailEvent({ ...call, requestId, outcome }, caller))
          }
          throw error
        }
      },
    { step: 'finalizeRequest', priority: 'high', name: 'trail' },
  )
}
