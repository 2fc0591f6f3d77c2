import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Account } from './account/account.ts'
import { accountWithOkta, captureLogs, coldStart, ec2, managed, OKTA, PARAMETER, policy, TAGGED } from './functions.ts'
import { batchOf, contextOf } from './invocation.ts'
import { sample } from './samples.ts'

const START = Date.parse('2026-11-24T12:00:00Z')
const trusting = (...providers: readonly string[]) =>
  policy(ec2, { ...managed, Principal: { Federated: providers.length === 1 ? providers[0] : providers } })

let account: Account

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: START })
  account = accountWithOkta()
  captureLogs()
})

afterEach(() => {
  account.detach()
  vi.restoreAllMocks()
  vi.unstubAllEnvs()
  vi.useRealTimers()
})

const pass = (milliseconds: number) => vi.setSystemTime(Date.now() + milliseconds)

/** Creates the next provider and puts it into the parameter. */
function rotate(name = 'Okta-2027'): string {
  const next = account.addProvider(name)
  account.putParameter(PARAMETER, next)
  return next
}

const overwritten = (roleName: string) => {
  const { detail, ...envelope } = sample('update-assume-role-policy')
  const requestParameters = { ...detail.requestParameters, roleName }
  return { ...envelope, detail: { ...detail, eventTime: new Date().toISOString(), requestParameters } }
}

describe('a write never rests on what the parameter said some minutes ago', () => {
  test('a warm function does not point a role back to the provider that was replaced', async () => {
    account.addRole({ name: 'analyst', tags: TAGGED, document: trusting(OKTA) })
    const { roleEvent, scheduledSweep } = await coldStart()
    await roleEvent(batchOf(overwritten('analyst')), contextOf())
    const next = rotate()
    await scheduledSweep({}, contextOf())
    pass(30_000)
    await roleEvent(batchOf(overwritten('analyst')), contextOf())
    expect(account.trustPolicy('analyst')).toEqual(trusting(next))
  })

  test('a warm function gives a new role the new provider at once', async () => {
    account.addRole({ name: 'analyst', tags: TAGGED, document: trusting(OKTA) })
    const { roleEvent } = await coldStart()
    await roleEvent(batchOf(overwritten('analyst')), contextOf())
    const next = rotate()
    pass(30_000)
    account.addRole({ name: 'auditor', tags: TAGGED, document: policy(ec2) })
    await roleEvent(batchOf(overwritten('auditor')), contextOf())
    expect(account.trustPolicy('auditor')).toEqual(trusting(next))
  })

  test('it costs one look at the parameter for a batch of changes, and none for roles that are right', async () => {
    const { roleEvent } = await coldStart()
    const names = ['a', 'b', 'c', 'd']
    for (const name of names) account.addRole({ name, tags: TAGGED, document: policy(ec2) })
    account.addRole({ name: 'right', tags: TAGGED, document: trusting(OKTA) })
    await roleEvent(batchOf(overwritten('right')), contextOf())
    expect(account.countCalls('GetParameter')).toBe(1)
    pass(30_000)
    await roleEvent(batchOf(overwritten('right')), contextOf())
    expect(account.countCalls('GetParameter')).toBe(1)
    await roleEvent(batchOf(...names.map(overwritten)), contextOf())
    expect(account.countCalls('GetParameter')).toBe(2)
    expect(account.writes).toHaveLength(4)
  })

  test.each([
    ['deleted', () => account.deleteParameter(PARAMETER)],
    ['wrong', () => account.putParameter(PARAMETER, 'none')],
    ['of a provider that IAM does not know', () => account.putParameter(PARAMETER, OKTA.replace('Okta', 'Gone'))],
  ])('a parameter that meanwhile is %s opens no role, and the event is tried again', async (_, change) => {
    account.addRole({ name: 'right', tags: TAGGED, document: trusting(OKTA) })
    account.addRole({ name: 'analyst', tags: TAGGED, document: policy(ec2) })
    const { roleEvent } = await coldStart()
    await roleEvent(batchOf(overwritten('right')), contextOf())
    change()
    pass(30_000)
    expect(await roleEvent(batchOf(overwritten('analyst')), contextOf())).toEqual({
      batchItemFailures: [{ itemIdentifier: 'm0' }],
    })
    expect(account.trustPolicy('analyst')).toEqual(policy(ec2))
  })

  test('a sweep that is under way goes on with the new provider', async () => {
    const names = Array.from({ length: 8 }, (_, index) => `analyst-${index}`)
    for (const name of names) account.addRole({ name, tags: TAGGED, document: policy(ec2) })
    let next = ''
    account.before('GetRole', () => {
      next = rotate()
      pass(30_000)
    })
    const { scheduledSweep } = await coldStart()
    expect(await scheduledSweep({}, contextOf())).toMatchObject({ counts: { patched: 8 } })
    for (const name of names) expect(account.trustPolicy(name)).toEqual(trusting(next))
  })
})
