import { setTimeout } from 'node:timers/promises'
import {
  DescribeRuleCommand,
  ListTargetsByRuleCommand,
  PutEventsCommand,
  PutRuleCommand,
  PutTargetsCommand,
} from '@aws-sdk/client-eventbridge'
import * as z from 'zod/mini'
import { type Clients, REGION } from '../clients.ts'
import type { DeliveredEvent } from '../collect-events.ts'
import { countMessages } from '../count-messages.ts'
import { invoke, restart } from '../functions.ts'
import { allowPlainHttp } from '../local-permissions.ts'
import { type Account, clientsOfAccount, enterAccount } from './account.ts'
import type { Release } from './release.ts'
import { createStack } from './stacks.ts'

const PREFIX = 'okta-role-trust-hub'
const HEARTBEATS = `${PREFIX}-heartbeats`
/** By which events come in that are carried here. */
const OTHER_DOOR = 'sandbox.member'
/** For how long the recorder may take, in milliseconds. */
const PATIENCE = 120_000
/** PutEvents takes as many entries (EventBridge API Reference). */
const MOST_ENTRIES = 10

export interface Hub extends Account {
  readonly busArn: string
  /**
   * Puts events of members where the hub's rule looks at them, and waits until the recorder has dealt with what it got.
   *
   * @param events whole, with the `account` and the `time` that AWS writes
   */
  hear(events: readonly DeliveredEvent[]): Promise<void>
  /** The HTML of its dashboard's table. */
  page(): Promise<string>
}

/**
 * Deploys the hub's template. The local AWS drops what a rule sends to the bus of another account, and nobody can put an
 * event in the name of an account: so events come as the detail of another, and a rule beside the deployed one, with its
 * pattern, takes them out.
 */
export async function openHub(endpoint: string, accountId: string, release: Release, bucket: string): Promise<Hub> {
  const account = enterAccount(endpoint, accountId)
  const { clients } = account
  await createStack(clients.cloudFormation, {
    name: PREFIX,
    template: release.hub,
    parameters: { OrganizationId: 'o-a1b2c3d4e5', BundleBucket: bucket, Prefix: PREFIX },
  })
  await allowPlainHttp(clientsOfAccount(endpoint, accountId).sqs, HEARTBEATS)
  await openDoor(clients)
  return {
    ...account,
    busArn: `arn:aws:events:${REGION}:${accountId}:event-bus/${PREFIX}`,
    hear: (events) => hear(clients, events),
    page: async () => {
      // It remembers the table for half a minute.
      await restart(clients.lambda, 'widget', {}, PREFIX)
      return z.string().parse(await invoke(clients.lambda, 'widget', {}, PREFIX))
    },
  }
}

async function openDoor({ events }: Clients): Promise<void> {
  const deployed = { EventBusName: PREFIX, Name: HEARTBEATS }
  const { EventPattern: pattern = '{}' } = await events.send(new DescribeRuleCommand(deployed))
  const { Targets: targets = [] } = await events.send(
    new ListTargetsByRuleCommand({ EventBusName: PREFIX, Rule: HEARTBEATS }),
  )
  const Name = `${HEARTBEATS}-sandbox`
  const EventPattern = JSON.stringify({ source: [OTHER_DOOR], detail: JSON.parse(pattern) })
  await events.send(new PutRuleCommand({ EventBusName: PREFIX, Name, EventPattern }))
  const Targets = targets.map((target) => ({ ...target, InputPath: '$.detail' }))
  await events.send(new PutTargetsCommand({ EventBusName: PREFIX, Rule: Name, Targets }))
}

async function hear({ events, sqs }: Clients, told: readonly DeliveredEvent[]): Promise<void> {
  for (let index = 0; index < told.length; index += MOST_ENTRIES) {
    const Entries = told.slice(index, index + MOST_ENTRIES).map((event) => ({
      EventBusName: PREFIX,
      Source: OTHER_DOOR,
      DetailType: event['detail-type'],
      Detail: JSON.stringify(event),
    }))
    const { FailedEntryCount: failed } = await events.send(new PutEventsCommand({ Entries }))
    if (failed !== 0) throw new Error(`The hub's bus did not take ${failed} of the events`)
  }
  const deadline = Date.now() + PATIENCE
  while ((await countMessages(sqs, HEARTBEATS)) > 0) {
    if (Date.now() > deadline) throw new Error(`After two minutes, the queue ${HEARTBEATS} still holds events`)
    await setTimeout(200)
  }
}
