import timers from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Account } from '../fake-aws/account.ts'
import { throttling } from '../fake-aws/errors.ts'
import { batchOf, contextOf, sample } from '../fake-aws/invocation.ts'
import { accountWithOkta, captureLogs, coldStart, ec2, managed, OKTA, PARAMETER, policy, TAGGED } from './functions.ts'

const START = Date.parse('2026-11-24T12:00:00Z')
const trusting = (...providers: readonly string[]) =>
  policy(ec2, { ...managed, Principal: { Federated: providers.length === 1 ? providers[0] : providers } })

let account: Account
let logs: Record<string, unknown>[]

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: START })
  vi.spyOn(timers, 'setTimeout').mockResolvedValue(undefined)
  account = accountWithOkta()
  logs = captureLogs()
})

afterEach(() => {
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

describe('a changed parameter', () => {
  test('starts a sweep that brings the new provider to every role', async () => {
    for (const name of ['analyst', 'auditor']) account.addRole({ name, tags: TAGGED, document: trusting(OKTA) })
    const { scheduledSweep } = await coldStart()
    const next = rotate()
    const report = await scheduledSweep(sample('parameter-changed'), contextOf())
    expect(report).toMatchObject({ providers: [next], counts: { patched: 2 } })
    for (const name of ['analyst', 'auditor']) expect(account.trustPolicy(name)).toEqual(trusting(next))
    expect(logs).toContainEqual(expect.objectContaining({ roleName: 'analyst', trigger: 'parameter change' }))
    expect(logs).toContainEqual(expect.objectContaining({ message: 'parameter change is done' }))
  })

  test('of another account starts nothing', async () => {
    account.addRole({ name: 'analyst', tags: TAGGED, document: policy(ec2) })
    const { scheduledSweep } = await coldStart()
    const event = { ...sample('parameter-changed'), account: '444455556666' }
    await expect(scheduledSweep(event, contextOf())).rejects.toThrow('dropped (foreign-account)')
    expect(account.calls).toEqual([])
  })

  test('is not hidden from a sweep by what a warm function knows', async () => {
    account.addRole({ name: 'analyst', tags: TAGGED, document: policy(ec2) })
    const { scheduledSweep, backfill } = await coldStart()
    await scheduledSweep(sample('scheduled'), contextOf())
    await backfill({}, contextOf())
    const second = rotate()
    await scheduledSweep(sample('parameter-changed'), contextOf())
    expect(account.trustPolicy('analyst')).toEqual(trusting(second))
    const third = rotate('Okta-2028')
    await backfill({}, contextOf())
    expect(account.trustPolicy('analyst')).toEqual(trusting(third))
  })

  test('is given some seconds to show before it is read', async () => {
    const { scheduledSweep } = await coldStart()
    vi.spyOn(timers, 'setTimeout').mockImplementation(async (milliseconds) => {
      expect(milliseconds).toBeGreaterThanOrEqual(5_000)
      expect(account.calls).toEqual([])
      rotate()
    })
    expect(await scheduledSweep(sample('parameter-changed'), contextOf())).toMatchObject({
      providers: [expect.stringContaining('Okta-2027')],
    })
  })

  test('keeps to the cap of a sweep', async () => {
    for (const name of ['a', 'b', 'c']) account.addRole({ name, tags: TAGGED, document: trusting(OKTA) })
    const { scheduledSweep } = await coldStart({ MAX_CHANGES: '2' })
    rotate()
    expect(await scheduledSweep(sample('parameter-changed'), contextOf())).toMatchObject({ counts: { planned: 3 } })
    expect(account.writes).toEqual([])
  })

  test('does no harm where two sweeps run at the same time', async () => {
    const names = Array.from({ length: 12 }, (_, index) => `analyst-${index}`)
    for (const name of names) account.addRole({ name, tags: TAGGED, document: trusting(OKTA) })
    const { scheduledSweep } = await coldStart()
    const next = rotate()
    const reports = await Promise.all([
      scheduledSweep(sample('scheduled'), contextOf()),
      scheduledSweep(sample('parameter-changed'), contextOf()),
    ])
    for (const name of names) expect(account.trustPolicy(name)).toEqual(trusting(next))
    for (const { counts } of reports) expect(counts).toMatchObject({ failed: 0, blocked: 0 })
  })

  test('that was deleted changes nothing, and fails the invocation', async () => {
    account.addRole({ name: 'analyst', tags: TAGGED, document: policy(ec2) })
    account.addRole({ name: 'auditor', tags: TAGGED, document: trusting(OKTA) })
    const { scheduledSweep } = await coldStart()
    account.deleteParameter(PARAMETER)
    const { detail, ...envelope } = sample('parameter-changed')
    const deleted = { ...envelope, detail: { ...detail, operation: 'Delete' } }
    await expect(scheduledSweep(deleted, contextOf())).rejects.toThrow(
      expect.objectContaining({ name: 'ConfigurationError', message: expect.stringContaining('no such parameter') }),
    )
    expect(account.writes).toEqual([])
  })
})

describe('a write never rests on what the parameter said some minutes ago', () => {
  test('a warm function does not point a role back to the provider that was replaced', async () => {
    account.addRole({ name: 'analyst', tags: TAGGED, document: trusting(OKTA) })
    const { roleEvent, scheduledSweep } = await coldStart()
    await roleEvent(batchOf(overwritten('analyst')), contextOf())
    const next = rotate()
    await scheduledSweep(sample('parameter-changed'), contextOf())
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

  test('a sweep that is under way keeps what it has written, and fails each role that is left', async () => {
    const names = Array.from({ length: 12 }, (_, index) => `analyst-${index}`)
    for (const name of names) account.addRole({ name, tags: TAGGED, document: policy(ec2) })
    account.before('UpdateAssumeRolePolicy', () => {
      account.deleteParameter(PARAMETER)
      pass(30_000)
    })
    const { scheduledSweep } = await coldStart()
    const { counts, roles } = await scheduledSweep(sample('scheduled'), contextOf())
    expect(counts.patched).toBeGreaterThan(0)
    expect(counts.failed).toBe(12 - counts.patched)
    for (const { kind, roleName, detail = '' } of roles) {
      expect(account.trustPolicy(roleName)).toEqual(kind === 'patched' ? trusting(OKTA) : policy(ec2))
      if (kind === 'failed') expect(detail).toContain('no such parameter')
      expect(detail).not.toContain('No role was touched')
    }
  })

  test('a parameter that changes at every look is given up after three rounds, and not blamed on somebody', async () => {
    account.addRole({ name: 'analyst', tags: TAGGED, document: policy(ec2) })
    for (const year of [2027, 2028, 2029, 2030]) {
      account.before('GetParameter', () => {
        rotate(`Okta-${year}`)
      })
      // So that what was read is too old to write by as soon as it is known.
      account.before('GetSAMLProvider', () => pass(6_000))
    }
    const { roleEvent } = await coldStart()
    await expect(roleEvent(overwritten('analyst'), contextOf())).rejects.toThrow(
      'role analyst: the role or the SSM parameter changed during each of 3 tries; nothing was written',
    )
    expect(account.writes).toEqual([])
    expect(account.countCalls('GetParameter')).toBe(4)
    await roleEvent(overwritten('analyst'), contextOf())
    expect(account.trustPolicy('analyst')).toEqual(trusting(OKTA.replace('Okta', 'Okta-2030')))
  })

  test.each([
    ['a write that IAM throttled is sent anew with the provider that is right by then', false],
    ['a write whose answer was lost is told as done, and the sweep of the change brings the new provider', true],
  ])('%s', async (_, isTaken) => {
    account.addRole({ name: 'analyst', tags: TAGGED, document: policy(ec2) })
    let next = ''
    account.disturbNext('UpdateAssumeRolePolicy', (carryOut) => {
      if (isTaken) carryOut()
      next = rotate()
      pass(30_000)
      throw throttling()
    })
    const { roleEvent, scheduledSweep } = await coldStart()
    expect(await roleEvent(overwritten('analyst'), contextOf())).toMatchObject({ kind: 'patched' })
    expect(account.trustPolicy('analyst')).toEqual(trusting(isTaken ? OKTA : next))
    await scheduledSweep(sample('parameter-changed'), contextOf())
    expect(account.trustPolicy('analyst')).toEqual(trusting(next))
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
    expect(await scheduledSweep(sample('scheduled'), contextOf())).toMatchObject({ counts: { patched: 8 } })
    for (const name of names) expect(account.trustPolicy(name)).toEqual(trusting(next))
  })
})
