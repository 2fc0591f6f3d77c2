import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import timers from 'node:timers/promises'
import { paginateLookupEvents } from '@aws-sdk/client-cloudtrail'
import { paginateFilterLogEvents } from '@aws-sdk/client-cloudwatch-logs'
import * as z from 'zod/mini'
import { functionName } from '../sandbox/stack-names.ts'
import { isLetThrough } from '../sandbox/trail.ts'
import { OWN_ROLES_PATH } from '../src/role/scope.ts'
import type { Observation } from './observation.ts'
import type { Scene } from './scene.ts'

const SAMPLE = join(import.meta.dirname, '../events/update-assume-role-policy.json')
const Sample = z.looseObject({ detail: z.looseObject({ userIdentity: z.looseObject({}) }) })

/** Whether the deployed rule lets the call of a user through, and that of a function not. */
export async function seePattern({ account, clients, stage }: Scene): Promise<Observation> {
  const event = Sample.parse(JSON.parse(readFileSync(SAMPLE, 'utf8')))
  const { rule, prefix } = stage.names
  const { partition, account: id, region } = account
  const arn = `arn:${partition}:iam::${id}:role${OWN_ROLES_PATH}${functionName('role-event', prefix)}`
  const callOf = (userIdentity: object) =>
    isLetThrough(clients.events, rule, { ...event, account: id, region, detail: { ...event.detail, userIdentity } })
  const ofUser = await callOf({ type: 'IAMUser', arn: `arn:${partition}:iam::${id}:user/somebody`, accountId: id })
  const ofFunction = await callOf({ type: 'AssumedRole', sessionContext: { sessionIssuer: { type: 'Role', arn } } })
  const words = (matches: boolean) => (matches ? 'matches' : 'does not match')
  return { seen: `the call of a user ${words(ofUser)}; one of a function ${words(ofFunction)}` }
}

const Record = z.looseObject({
  requestParameters: z.nullish(z.looseObject({ roleName: z.optional(z.string()) })),
})

/** For how long the event history may take, and between two looks: CloudTrail promises 15 minutes (its User Guide). */
const HISTORY = { patience: 15 * 60 * 1000, pause: 20_000 }

/** How far back a run reaches at most, in milliseconds. */
const OF_A_RUN = 2 * 60 * 60 * 1000

/** CloudTrail's record of a call about a role of the run, and the names of the resources that it is found by. */
export async function recordOf({ run, account, clients, signal }: Scene, call: string) {
  const LookupAttributes = [{ AttributeKey: 'EventName', AttributeValue: call } as const]
  const StartTime = new Date(Date.now() - OF_A_RUN)
  const deadline = Date.now() + (account.isLocal ? 0 : HISTORY.patience)
  while (true) {
    const pages = paginateLookupEvents({ client: clients.cloudTrail }, { LookupAttributes, StartTime })
    for await (const { Events: events = [] } of pages) {
      for (const { CloudTrailEvent: text = '{}', Resources: resources = [] } of events) {
        const { requestParameters } = Record.parse(JSON.parse(text))
        if (requestParameters?.roleName?.startsWith(run.name)) {
          return { requestParameters, resources: resources.map((one) => `${one.ResourceType} ${one.ResourceName}`) }
        }
      }
    }
    if (Date.now() > deadline) return undefined
    await timers.setTimeout(HISTORY.pause, undefined, { signal })
  }
}

/** Writes that a function was denied before they were allowed, by its log. */
export async function seeDenials({ run, clients }: Scene): Promise<Observation> {
  let denied = 0
  const input = { logGroupName: `/aws/lambda/${functionName('role-event', run.name)}`, filterPattern: 'AccessDenied' }
  for await (const { events = [] } of paginateFilterLogEvents({ client: clients.logs }, input)) denied += events.length
  return { seen: `${denied} records of role-event name AccessDenied` }
}
