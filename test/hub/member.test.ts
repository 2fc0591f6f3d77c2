import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Account } from '../../fake-aws/account.ts'
import { heartbeatEvent } from '../../fake-aws/heartbeats.ts'
import { batchOf, contextOf, sample } from '../../fake-aws/invocation.ts'
import {
  accountWithOkta,
  captureLogs,
  coldStart,
  ec2,
  heartbeatsOf,
  managed,
  outcomesOf,
  policy,
  TAGGED,
} from '../functions.ts'

// What a stack does of which all events go to a hub. That rule is EventBridge's: the functions have no part in it.

const NOBODY = { HUB_BUS_ARN: 'arn:aws:events:us-east-1:999988887777:event-bus/gone' }

let account: Account

beforeEach(() => {
  captureLogs()
  account = accountWithOkta()
  for (const name of ['data-analyst', 'support-readonly']) {
    account.addRole({ name, tags: TAGGED, document: policy(ec2) })
  }
})

afterEach(() => account.detach())

/** What an event and a sweep ask of AWS. */
async function callsWith(settings: Parameters<typeof coldStart>[0]) {
  const { roleEvent, scheduledSweep } = await coldStart(settings)
  await roleEvent(batchOf(sample('update-assume-role-policy')), contextOf())
  await scheduledSweep({}, contextOf())
  // But for times, and for the events, which hold some.
  return account.calls.map(({ name, input }) => [
    name,
    'Entries' in input ? '' : JSON.stringify(input).replaceAll(/\d+-\d\d-\d\dT[\d:.]+Z/g, 'TIME'),
  ])
}

describe('a hub that is gone, slow or hostile', () => {
  test('changes nothing of what is done: every role is patched, and all is told in the account as before', async () => {
    const calls = await callsWith(NOBODY)
    for (const { document } of account.roles()) {
      expect(JSON.parse(`${document}`)).toEqual(policy(ec2, managed))
    }
    expect(outcomesOf(account).map((event) => event['detail-type'])).toEqual(['Role Patched', 'Role Patched'])
    expect(heartbeatsOf(account)).toHaveLength(1)
    expect(JSON.stringify(account.calls)).not.toContain('event-bus/gone')

    account.detach()
    account = accountWithOkta()
    for (const name of ['data-analyst', 'support-readonly']) {
      account.addRole({ name, tags: TAGGED, document: policy(ec2) })
    }
    expect(await callsWith({})).toEqual(calls)
  })

  test('leaves messages in the dead-letter queue, which do nothing where they are sent back with the others', async () => {
    const { roleEvent } = await coldStart(NOBODY)
    const told = ['Role Patched', 'Role Blocked', 'Sweep Finished', 'Sweep Failed'].map((type) =>
      heartbeatEvent({ type, detail: { roleName: 'data-analyst' } }),
    )
    expect(await roleEvent(batchOf(...told), contextOf())).toEqual({ batchItemFailures: [] })
    expect(account.writes).toEqual([])
    expect(outcomesOf(account)).toEqual([])
  })
})
