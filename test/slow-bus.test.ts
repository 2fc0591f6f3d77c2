import { setTimeout } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { batchOf, contextOf, sample } from '../fake-aws/invocation.ts'
import type { OutcomeEvent } from '../src/outcomes/outcome-event.ts'
import { accountWithOkta, captureLogs, coldStart, ec2, policy, TAGGED } from './functions.ts'

const told = vi.hoisted((): OutcomeEvent[] => [])

vi.mock('../src/aws/event-bus.ts', () => ({
  eventBus: () => async (events: readonly OutcomeEvent[]) => {
    await setTimeout(20)
    told.push(...events)
    return new Map()
  },
}))

const account = accountWithOkta()

beforeEach(() => {
  captureLogs()
  told.length = 0
  for (const name of ['analyst', 'auditor', 'data-analyst']) {
    account.addRole({ name, tags: TAGGED, document: policy(ec2) })
  }
})

afterEach(() => {
  for (const { name } of account.roles()) account.deleteRole(name)
})

// What is still under way when a handler returns may never happen: Lambda freezes the function.
test('no invocation ends before its events are out', async () => {
  const { roleEvent, scheduledSweep } = await coldStart()
  await roleEvent(batchOf(sample('update-assume-role-policy')), contextOf())
  expect(told.map(({ detail }) => detail.roleName)).toEqual(['data-analyst'])
  await scheduledSweep({}, contextOf())
  const roles = told.flatMap(({ detail }) => (detail.roleName === undefined ? [] : [detail.roleName]))
  expect(roles.toSorted()).toEqual(['analyst', 'auditor', 'data-analyst'])
  expect(told.at(-1)?.type).toBe('Sweep Finished')
  await scheduledSweep({}, contextOf())
  expect(told).toHaveLength(5)
})
