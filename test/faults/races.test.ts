import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Account } from '../../fake-aws/account.ts'
import { ENVIRONMENT } from '../../fake-aws/environment.ts'
import { connectionReset, serviceFailure } from '../../fake-aws/errors.ts'
import { batchOf, contextOf, eventFor, sample } from '../../fake-aws/invocation.ts'
import { iamClient, iamWriteClient } from '../../src/aws/clients.ts'
import { iamRoles } from '../../src/aws/iam-roles.ts'
import { readConfig } from '../../src/config/read-config.ts'
import { type RoleAccess, remediateRole } from '../../src/role/remediate-role.ts'
import { AUDIENCE, accountWithOkta, captureLogs, coldStart, ec2, managed, OKTA, policy, TAGGED } from '../functions.ts'
import { later, passUntil, slow, startOwnTime } from './fake-clock.ts'

// A machine that does other work as well may need its time.
vi.setConfig({ testTimeout: 60_000 })

const ROLE = 'analyst'
/** What somebody else adds. */
const guard = { Sid: 'Guard', Effect: 'Deny', Principal: { AWS: '444455556666' }, Action: 'sts:AssumeRole' }

const rules = {
  ...readConfig(ENVIRONMENT),
  wanted: { providers: [OKTA], audiences: [AUDIENCE], actions: ['sts:AssumeRoleWithSAML'], sid: 'OktaSso' },
}

function accountWithRole(): Account {
  const account = accountWithOkta()
  account.addRole({ name: ROLE, tags: TAGGED, document: policy(ec2) })
  return account
}

describe('whatever the order in which calls arrive and are answered', () => {
  beforeEach(() => {
    vi.stubEnv('AWS_REGION', 'us-east-1')
    vi.spyOn(Math, 'random').mockReturnValue(0)
  })

  /** What IAM did, in its order: by whom a role was read or written. */
  type Trace = { readonly who: string; readonly did: 'read' | 'write' }[]

  /** Remediates the role; its calls travel for as long as the scheduler likes, there and back. */
  function remediate(who: string, scheduler: fc.Scheduler, trace: Trace) {
    const client = iamClient()
    const iam = iamRoles(client, iamWriteClient(client))
    const travel = () => scheduler.schedule(Promise.resolve())
    const access: RoleAccess = {
      readQuota: async () => ({ characters: 2048 }),
      async readRole(name) {
        await travel()
        trace.push({ who, did: 'read' })
        const role = await iam.readRole(name)
        await travel()
        return role
      },
      async writeTrustPolicy(name, document) {
        await travel()
        trace.push({ who, did: 'write' })
        const result = await iam.writeTrustPolicy(name, document)
        await travel()
        return result
      },
    }
    return remediateRole(ROLE, rules, { iam: access, freshRules: async () => rules, onIntent: () => {} })
  }

  async function somebodyAdds(account: Account, scheduler: fc.Scheduler, trace: Trace) {
    await scheduler.schedule(Promise.resolve())
    trace.push({ who: 'somebody', did: 'write' })
    account.setTrustPolicy(ROLE, policy(ec2, guard))
  }

  /** Whether somebody's write fell between a write of ours and the read that it was planned on. */
  function fellIntoWindow(trace: Trace): boolean {
    const theirs = trace.findIndex(({ who }) => who === 'somebody')
    return trace.some(({ who, did }, ours) => {
      if (who === 'somebody' || did === 'read') return false
      const lastRead = trace.slice(0, ours).findLastIndex((one) => one.who === who)
      return lastRead < theirs && theirs < ours
    })
  }

  test('two remediations of one role leave one statement, and nobody claims more than that', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), async (scheduler) => {
        const account = accountWithRole()
        const both = Promise.all([remediate('one', scheduler, []), remediate('other', scheduler, [])])
        await scheduler.waitFor(both)
        expect(account.trustPolicy(ROLE)).toEqual(policy(ec2, managed))
        const kinds = (await both).map(({ kind }) => kind)
        expect(kinds).toContain('patched')
        expect(kinds.every((kind) => kind === 'patched' || kind === 'unchanged')).toBe(true)
      }),
    )
  })

  test("somebody else's statement is lost only if it came between our second read and our write", async () => {
    const seen = { lost: 0, kept: 0 }
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), async (scheduler) => {
        const account = accountWithRole()
        const trace: Trace = []
        await scheduler.waitFor(
          Promise.all([remediate('ours', scheduler, trace), somebodyAdds(account, scheduler, trace)]),
        )
        const lost = !account.role(ROLE).document?.includes('Guard')
        expect(lost).toBe(fellIntoWindow(trace))
        seen[lost ? 'lost' : 'kept'] += 1
      }),
      { numRuns: 200 },
    )
    // Else the property would say nothing.
    expect(seen.lost).toBeGreaterThan(0)
    expect(seen.kept).toBeGreaterThan(0)
  })

  test('nor do two remediations lose it in another way, and the next look makes the role right', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), async (scheduler) => {
        const account = accountWithRole()
        const trace: Trace = []
        await scheduler.waitFor(
          Promise.all([
            remediate('one', scheduler, trace),
            remediate('other', scheduler, trace),
            somebodyAdds(account, scheduler, trace),
          ]),
        )
        const lost = !account.role(ROLE).document?.includes('Guard')
        if (lost) expect(fellIntoWindow(trace)).toBe(true)
        await scheduler.waitFor(remediate('next', scheduler, []))
        expect(account.trustPolicy(ROLE)).toEqual(lost ? policy(ec2, managed) : policy(ec2, guard, managed))
      }),
      { numRuns: 200 },
    )
  })
})

describe('a provider that is replaced while roles are written', () => {
  /** The longest time that a call takes here, in milliseconds. */
  const LONGEST = 1_000
  const NEXT = OKTA.replace('Okta', 'Okta-2027')
  const withNext = policy(ec2, { ...managed, Principal: { Federated: NEXT } })

  beforeEach(() => startOwnTime())
  afterEach(() => {
    vi.useRealTimers()
  })

  const delays = fc.array(fc.nat(LONGEST), { minLength: 1, maxLength: 4 })
  const story = fc.record({
    GetParameter: delays,
    GetSAMLProvider: delays,
    GetRole: delays,
    GetAccountAuthorizationDetails: delays,
    UpdateAssumeRolePolicy: delays,
    // When role-event, which knows the former provider, hears of the role, and when the schedule starts a sweep.
    heard: fc.nat(20_000),
    swept: fc.nat(20_000),
    replaced: fc.nat(20_000),
  })

  test('is written by nobody who may know better, and is nowhere in the end', async () => {
    const [one, other, third] = [await coldStart(), await coldStart(), await coldStart()]
    const seen = { former: 0, next: 0 }
    await fc.assert(
      fc.asyncProperty(story, async ({ heard, swept, replaced, ...times }) => {
        const account = accountWithRole()
        captureLogs()
        vi.advanceTimersByTime(10 * 60_000)
        account.addRole({ name: 'right', tags: TAGGED, document: policy(ec2, managed) })
        await one.roleEvent(batchOf(eventFor('tag-role', 'right')), contextOf())
        account.deleteRole('right')

        for (const [call, delay] of Object.entries(times)) slow(account, call as keyof typeof times, ...delay)
        const start = Date.now()
        const replace = () => {
          account.addProvider('Okta-2027')
          account.putParameter(ENVIRONMENT.PARAMETER_NAME, NEXT)
          return third.scheduledSweep(sample('parameter-changed'), contextOf())
        }
        const overwritten = () => eventFor('update-assume-role-policy', ROLE)
        const all = Promise.all([
          later<unknown>(heard, () => one.roleEvent(batchOf(overwritten()), contextOf())),
          later<unknown>(swept, () => other.scheduledSweep(sample('scheduled'), contextOf())),
          later<unknown>(replaced, replace),
        ])
        expect(await passUntil(all, 120_000)).toBe('ended')
        await all
        expect(account.trustPolicy(ROLE)).toEqual(withNext)

        // Whoever wrote the former provider read it before it was replaced, at most 5 seconds before the second read.
        const { Events: writes } = account.cloudTrail.lookUp({ LookupAttributes: [], StartTime: new Date(start) })
        for (const { EventTime: time, CloudTrailEvent: record } of writes) {
          const isNext = record.includes(NEXT)
          seen[isNext ? 'next' : 'former'] += 1
          if (!isNext) expect(time.getTime() - start - replaced).toBeLessThanOrEqual(5_000 + 2 * LONGEST)
        }
      }),
      { numRuns: 200 },
    )
    // Else the property would say nothing.
    expect(seen.former).toBeGreaterThan(0)
    expect(seen.next).toBeGreaterThan(0)
  })
})

describe('the functions', () => {
  let account: Account
  let logs: Record<string, unknown>[]

  beforeEach(() => {
    account = accountWithRole()
    logs = captureLogs()
  })

  const deliver = async (...names: readonly string[]) => {
    const { roleEvent } = await coldStart()
    return roleEvent(batchOf(...names.map((name) => eventFor(name, ROLE))), contextOf())
  }

  test('role-event and a sweep, and two batches, may meet at one role', async () => {
    const [first, second] = [await coldStart(), await coldStart()]
    const [one, other, report] = await Promise.all([
      first.roleEvent(batchOf(eventFor('tag-role', ROLE)), contextOf()),
      second.roleEvent(batchOf(eventFor('update-assume-role-policy', ROLE)), contextOf()),
      second.scheduledSweep({}, contextOf()),
    ])
    expect(account.trustPolicy(ROLE)).toEqual(policy(ec2, managed))
    expect([one, other]).toEqual([{ batchItemFailures: [] }, { batchItemFailures: [] }])
    expect(report).toMatchObject({ counts: { failed: 0, blocked: 0 } })
  })

  test('undo what somebody writes after the second read: the log holds what was read', async () => {
    account.before('UpdateAssumeRolePolicy', () => account.setTrustPolicy(ROLE, policy(ec2, guard)))
    await deliver('tag-role')
    expect(account.trustPolicy(ROLE)).toEqual(policy(ec2, managed))
    expect(logs).toContainEqual(expect.objectContaining({ kind: 'patched', before: JSON.stringify(policy(ec2)) }))
  })

  test('undo what neither read shows, since IAM lags', async () => {
    account.setTrustPolicy(ROLE, policy(ec2, guard))
    account.lagReads(2)
    await deliver('tag-role')
    expect(account.trustPolicy(ROLE)).toEqual(policy(ec2, managed))
  })

  test('keep what the second read shows, though the first did not', async () => {
    account.setTrustPolicy(ROLE, policy(ec2, guard))
    account.lagReads(1)
    await deliver('tag-role')
    expect(account.trustPolicy(ROLE)).toEqual(policy(ec2, guard, managed))
  })

  test('write the same once more where IAM does not show their own write yet', async () => {
    await deliver('tag-role')
    account.lagReads(2)
    await deliver('tag-role')
    expect(account.writes).toHaveLength(2)
    expect(account.trustPolicy(ROLE)).toEqual(policy(ec2, managed))
  })

  test('bring the access back where somebody has overwritten it', async () => {
    await deliver('tag-role')
    account.setTrustPolicy(ROLE, policy(ec2, guard))
    await deliver('update-assume-role-policy')
    expect(account.trustPolicy(ROLE)).toEqual(policy(ec2, guard, managed))
  })

  test('look once more after the last write that IAM did not answer, and tell of it where it is in force', async () => {
    account.failNext('UpdateAssumeRolePolicy', serviceFailure(), { times: 2 })
    account.disturbNext('UpdateAssumeRolePolicy', (carryOut) => {
      carryOut()
      throw connectionReset()
    })
    expect(await deliver('tag-role')).toEqual({ batchItemFailures: [] })
    expect(account.trustPolicy(ROLE)).toEqual(policy(ec2, managed))
    expect(logs).toContainEqual(expect.objectContaining({ kind: 'patched', roleName: ROLE }))
  })

  test('send nothing between the second read and the write', async () => {
    await deliver('tag-role', 'create-role-tagged')
    const write = account.calls.findIndex(({ name }) => name === 'UpdateAssumeRolePolicy')
    expect(account.calls[write - 1]).toEqual({ name: 'GetRole', input: { RoleName: ROLE } })
    expect(account.calls.slice(write + 1).map(({ name }) => name)).toEqual(['PutEvents'])
  })
})
