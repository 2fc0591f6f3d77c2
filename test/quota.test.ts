import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Account } from '../fake-aws/account.ts'
import { accessDenied, throttling } from '../fake-aws/errors.ts'
import { batchOf, contextOf, eventFor } from '../fake-aws/invocation.ts'
import { accountWithOkta, captureLogs, coldStart, ec2, managed, policy, TAGGED } from './functions.ts'

// How long a trust policy may be the account knows; whoever has more than the least must not be told the least (rule 4.7).

/** A trust policy that takes some 2,900 characters, and ours still fits into 4,096. */
const LONG = {
  ...ec2,
  Principal: { AWS: Array.from({ length: 70 }, (_, index) => `arn:aws:iam::${200000000000 + index}:role/x`) },
}

let account: Account
beforeEach(() => {
  account = accountWithOkta({ quota: 4096 })
  captureLogs()
})
afterEach(() => {
  vi.useRealTimers()
})

const addLong = (...names: readonly string[]) => {
  for (const name of names) account.addRole({ name, tags: TAGGED, document: policy(LONG) })
}
const names = (count: number) => Array.from({ length: count }, (_, index) => `analyst-${index}`)
const sweep = async () => (await coldStart({ MAX_CHANGES: '5000' })).scheduledSweep({}, contextOf())

describe('a trust policy longer than every account allows, and not longer than this one', () => {
  test('is written', async () => {
    addLong('analyst')
    await sweep()
    expect(account.trustPolicy('analyst')).toEqual(policy(LONG, managed))
  })

  test('is planned by a dry run, and due on the dashboard', async () => {
    addLong('analyst')
    const { backfill, dashboardWidget } = await coldStart()
    expect(await backfill({ dryRun: true }, contextOf())).toMatchObject({ counts: { planned: 1, blocked: 0 } })
    expect(await dashboardWidget({}, contextOf())).toContain('Due')
  })

  test('loses the statement again with its tag, where withdrawal is on', async () => {
    account.addRole({ name: 'analyst', document: policy(LONG, managed) })
    const { scheduledSweep } = await coldStart({ ON_UNTAG: 'revoke' })
    await scheduledSweep({}, contextOf())
    expect(account.trustPolicy('analyst')).toEqual(policy(LONG))
  })
})

describe('the account is asked', () => {
  test('not at all where every document is short, or right already', async () => {
    account.addRole({ name: 'short', tags: TAGGED, document: policy(ec2) })
    account.addRole({ name: 'right', tags: TAGGED, document: policy(LONG, managed) })
    await sweep()
    expect(account.trustPolicy('short')).toEqual(policy(ec2, managed))
    expect(account.countCalls('GetAccountSummary')).toBe(0)
  })

  test('once for all roles of a sweep', async () => {
    addLong(...names(1000))
    const { counts } = await sweep()
    expect(counts).toMatchObject({ patched: 1000, blocked: 0 })
    expect(account.countCalls('GetAccountSummary')).toBe(1)
  })

  test('once for a batch, and again after five minutes', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    addLong(...names(4))
    const { roleEvent } = await coldStart()
    const deliver = (...roleNames: readonly string[]) =>
      roleEvent(batchOf(...roleNames.map((name) => eventFor('tag-role', name))), contextOf())
    await deliver('analyst-0', 'analyst-1')
    vi.advanceTimersByTime(299_000)
    await deliver('analyst-2')
    expect(account.countCalls('GetAccountSummary')).toBe(1)
    vi.advanceTimersByTime(2_000)
    await deliver('analyst-3')
    expect(account.countCalls('GetAccountSummary')).toBe(2)
    expect(account.writes).toHaveLength(4)
  })
})

describe('where the account does not answer, the least is assumed, and the detail says so', () => {
  const SAID =
    /^the trust policy would have \d{4} characters without white space, and the quota is 2048; that quota is assumed, because the account's own could not be read \(iam:GetAccountSummary: /

  test.each<[string, (account: Account) => void, string]>([
    ['denies', (of) => of.failNext('GetAccountSummary', accessDenied('iam:GetAccountSummary')), 'AccessDenied: '],
    ['throttles', (of) => of.failNext('GetAccountSummary', throttling()), 'Throttling'],
    ['leaves the quota out', (of) => answer(of, { SummaryMap: { Roles: 1 } }), 'found undefined as'],
    ['says nothing at all', (of) => answer(of, {}), 'found undefined as'],
    ['says 0', (of) => answer(of, { SummaryMap: { AssumeRolePolicySizeQuota: 0 } }), 'found 0 as'],
    ['says a text', (of) => answer(of, { SummaryMap: { AssumeRolePolicySizeQuota: '4096' } }), "found '4096' as"],
    ['says no number', (of) => answer(of, { SummaryMap: { AssumeRolePolicySizeQuota: Number.NaN } }), 'found NaN as'],
  ])('it %s', async (_, disturb, words) => {
    addLong('analyst')
    disturb(account)
    const { roles } = await sweep()
    expect(roles).toMatchObject([{ kind: 'blocked', reason: 'quota', detail: expect.stringMatching(SAID) }])
    expect(roles[0]?.detail).toContain(words)
    expect(account.trustPolicy('analyst')).toEqual(policy(LONG))
  })

  test('with one call for all roles of a sweep, and the next one asks again', async () => {
    addLong(...names(20))
    account.failNext('GetAccountSummary', accessDenied('iam:GetAccountSummary'))
    const { scheduledSweep } = await coldStart()
    expect(await scheduledSweep({}, contextOf())).toMatchObject({ counts: { blocked: 20 } })
    expect(account.countCalls('GetAccountSummary')).toBe(1)
    expect(await scheduledSweep({}, contextOf())).toMatchObject({ counts: { patched: 20 } })
  })

  test('and nothing is said of it where the document would be too long for any account', async () => {
    account.detach()
    account = accountWithOkta({ quota: 2048 })
    addLong('analyst')
    const { roles } = await sweep()
    expect(roles).toMatchObject([{ reason: 'quota', detail: expect.stringMatching(/and the quota is 2048$/) }])
  })
})

/** What IAM promises otherwise. */
function answer(of: Account, odd: object): void {
  of.disturbNext('GetAccountSummary', () => odd)
}
