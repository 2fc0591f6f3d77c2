import { beforeEach, describe, expect, test } from 'vitest'
import type { Account } from '../fake-aws/account.ts'
import { ENVIRONMENT } from '../fake-aws/environment.ts'
import { accessDenied, malformedPolicyDocument, serviceFailure, throttling } from '../fake-aws/errors.ts'
import { batchOf, contextOf } from '../fake-aws/invocation.ts'
import { readConfig } from '../src/config/read-config.ts'
import { sweep } from '../src/sweep/sweep.ts'
import {
  AUDIENCE,
  accountWithOkta,
  captureLogs,
  coldStart,
  ec2,
  managed,
  metricsOf,
  OKTA,
  outcomesOf,
  PARAMETER,
  policy,
  QUEUE,
  TAGGED,
} from './functions.ts'

let account: Account
let logs: Record<string, unknown>[]

beforeEach(() => {
  account = accountWithOkta()
  logs = captureLogs()
})

/** Adds so many tagged roles of that name, numbered, all due unless another document is given. */
function addTagged(count: number, name = 'analyst', document: object = policy(ec2)): readonly string[] {
  const names = Array.from({ length: count }, (_, index) => `${name}-${index}`)
  for (const roleName of names) account.addRole({ name: roleName, tags: TAGGED, document })
  return names
}

const trusting = () =>
  account
    .roles()
    .filter(({ document }) => document?.includes(OKTA))
    .map(({ name }) => name)

async function scheduledSweep(parameters = {}, context = contextOf()) {
  return (await coldStart(parameters)).scheduledSweep({}, context)
}

async function backfill(payload: unknown, context = contextOf(), parameters = {}) {
  return (await coldStart(parameters)).backfill(payload, context)
}

describe('the scheduled sweep', () => {
  test('brings every tagged role to trust Okta and leaves the others alone', async () => {
    const tagged = addTagged(3)
    account.addRole({ name: 'untagged', document: policy(ec2) })
    account.addRole({ name: 'linked', path: '/aws-service-role/x/', tags: TAGGED, document: policy(ec2) })
    const report = await scheduledSweep()
    expect(trusting()).toEqual(tagged)
    expect(report).toMatchObject({
      dryRun: false,
      providers: [OKTA],
      audiences: [AUDIENCE],
      scanned: 5,
      inScope: 3,
      counts: { patched: 3, skipped: 1, failed: 0 },
      orphaned: [],
      truncated: false,
    })
    expect(report.roles).toContainEqual({
      roleName: 'linked',
      arn: 'arn:aws:iam::111122223333:role/aws-service-role/x/linked',
      kind: 'skipped',
      reason: 'protected',
      detail: 'IAM does not let anybody change roles under /aws-service-role/',
      notes: [],
    })
    expect(metricsOf(logs)).toMatchObject({ RolesScanned: 5, RolesInScope: 3, RolesPatched: 3, SweepOverCap: 0 })
  })

  test('costs one read a page and nothing for roles that are right', async () => {
    account = accountWithOkta({ pageSizes: [100] })
    addTagged(250, 'right', policy(managed))
    const report = await scheduledSweep()
    expect(report).toMatchObject({ scanned: 250, inScope: 250, counts: { unchanged: 250 }, roles: [] })
    expect(account.countCalls('GetAccountAuthorizationDetails')).toBe(3)
    expect(account.countCalls('GetRole')).toBe(0)
  })

  test('costs two reads and one write for each role that is due', async () => {
    addTagged(4)
    addTagged(20, 'right', policy(managed))
    await scheduledSweep()
    expect(account.countCalls('GetRole')).toBe(8)
    expect(account.writes).toHaveLength(4)
    expect(account.countCalls('SendMessageBatch')).toBe(0)
  })

  test('claims nothing of what caused it: nobody else told', async () => {
    addTagged(1)
    await scheduledSweep()
    const [told] = account.busEvents
    expect(told?.detail).toMatchObject({ outcome: 'patched', trigger: 'scheduled sweep' })
    expect(told?.detail).not.toHaveProperty('claimedByEvent')
  })

  test('works on five roles at a time, and on no more', async () => {
    const due = Array.from({ length: 12 }, (_, index) => ({
      roleName: `analyst-${index}`,
      arn: `arn:aws:iam::111122223333:role/analyst-${index}`,
      path: '/',
      tags: [{ key: 'okta-sso', value: 'true' }],
      document: JSON.stringify(policy(ec2)),
    }))
    let underWay = 0
    let most = 0
    const rules = {
      ...readConfig(ENVIRONMENT),
      wanted: { providers: [OKTA], audiences: [AUDIENCE], actions: ['sts:AssumeRoleWithSAML'], sid: 'OktaSso' },
    }
    const { report } = await sweep({ dryRun: false, maxChanges: 50 }, rules, {
      iam: {
        readRole: async (roleName) => {
          underWay += 1
          most = Math.max(most, underWay)
          await new Promise((resolve) => setTimeout(resolve, 5))
          underWay -= 1
          return due.find((role) => role.roleName === roleName)
        },
        writeTrustPolicy: async () => ({ kind: 'written' }),
        readQuota: async () => ({ characters: 2048 }),
        scanRoles: async function* () {
          yield due
        },
      },
      freshRules: async () => rules,
      deferRoles: async () => new Map(),
      timeLeft: () => 900_000,
      onIntent: () => {},
      onResult: () => {},
    })
    expect(report.counts.patched).toBe(12)
    expect(most).toBe(5)
  })

  test('follows short and empty pages to the end', async () => {
    account = accountWithOkta({ pageSizes: [2, 0, 1, 0, 3] })
    const tagged = addTagged(7)
    const report = await scheduledSweep()
    expect(report.scanned).toBe(7)
    expect(trusting()).toEqual(tagged)
  })

  test('changes nothing the second time', async () => {
    addTagged(3)
    await scheduledSweep()
    const writes = account.writes.length
    expect(await scheduledSweep()).toMatchObject({ counts: { patched: 0, unchanged: 3 }, roles: [] })
    expect(account.writes).toHaveLength(writes)
  })

  test('points every role to a new provider, and nothing accumulates', async () => {
    const tagged = addTagged(3)
    await scheduledSweep()
    const next = account.addProvider('Okta-2027')
    account.putParameter(PARAMETER, next)
    expect(await scheduledSweep()).toMatchObject({ counts: { patched: 3 } })
    for (const name of tagged) {
      expect(account.trustPolicy(name)).toEqual(policy(ec2, { ...managed, Principal: { Federated: next } }))
    }
  })

  test('changes none if more are due than the cap allows, and says so', async () => {
    addTagged(4)
    const report = await scheduledSweep({ MAX_CHANGES: '3' })
    expect(account.writes).toEqual([])
    expect(report).toMatchObject({ counts: { planned: 4, patched: 0 } })
    expect(report.roles[0]).toMatchObject({
      kind: 'planned',
      reason: 'access-missing',
      detail: expect.stringContaining('4 roles are due, and this sweep may change at most 3'),
    })
    expect(logs).toContainEqual(
      expect.objectContaining({
        level: 'ERROR',
        message: expect.stringContaining('nothing was changed, because 4 roles are due'),
      }),
    )
    expect(metricsOf(logs)).toMatchObject({ SweepOverCap: 4, RolesPatched: 0 })
  })

  test('changes as many as the cap allows', async () => {
    addTagged(3)
    await scheduledSweep({ MAX_CHANGES: '3' })
    expect(trusting()).toHaveLength(3)
  })

  test('is not stopped by roles that fail', async () => {
    addTagged(12)
    account.failNext('GetRole', throttling(), { role: 'analyst-1' })
    account.failNext('UpdateAssumeRolePolicy', accessDenied('iam:UpdateAssumeRolePolicy'), { role: 'analyst-7' })
    const report = await scheduledSweep()
    expect(trusting()).toHaveLength(10)
    expect(report).toMatchObject({ counts: { patched: 10, failed: 2 } })
    expect(report.roles).toContainEqual(
      expect.objectContaining({ roleName: 'analyst-1', kind: 'failed', detail: 'Throttling: Rate exceeded' }),
    )
    expect(report.roles).toContainEqual(
      expect.objectContaining({
        roleName: 'analyst-7',
        detail: expect.stringContaining('not authorized to perform: iam:UpdateAssumeRolePolicy'),
      }),
    )
    expect(metricsOf(logs)).toMatchObject({ RolesFailed: 2 })
  })

  test('fails as a whole, with nothing changed, where the scan fails', async () => {
    addTagged(3)
    account.failNext('GetAccountAuthorizationDetails', serviceFailure())
    await expect(scheduledSweep()).rejects.toThrow('Internal server error')
    expect(account.writes).toEqual([])
  })

  const NEW = { ...ec2, Principal: { AWS: 'arn:aws:iam::111122223333:role/new' } }
  const unknown = () => malformedPolicyDocument('Invalid principal in policy')

  test('looks once more at a role with a principal that IAM did not know: it may be new', async () => {
    addTagged(1, 'refused', policy(NEW))
    addTagged(1, 'shown-by-id', policy({ ...NEW, Principal: { AWS: 'AROAEXAMPLE000000001' } }))
    account.failNext('UpdateAssumeRolePolicy', unknown())
    account.before('UpdateAssumeRolePolicy', () => account.setTrustPolicy('shown-by-id-0', policy(NEW)))
    expect(await scheduledSweep()).toMatchObject({ scanned: 2, counts: { patched: 2, blocked: 0 } })
    expect(account.trustPolicy('refused-0')).toEqual(policy(NEW, managed))
    expect(account.trustPolicy('shown-by-id-0')).toEqual(policy(NEW, managed))
  })

  test('and only once: what IAM does not know then, is deleted', async () => {
    addTagged(1, 'refused', policy(NEW))
    account.failNext('UpdateAssumeRolePolicy', unknown(), { times: 2 })
    const report = await scheduledSweep()
    expect(report).toMatchObject({ counts: { blocked: 1 }, roles: [{ kind: 'blocked', reason: 'refused-by-iam' }] })
    expect(account.faultsLeft).toBe(0)
  })

  test('looks once more within its cap only', async () => {
    const dangling = policy({ ...NEW, Principal: { AWS: 'AROAEXAMPLE000000001' } })
    addTagged(2)
    addTagged(2, 'new', dangling)
    account.before('UpdateAssumeRolePolicy', () => {
      for (const name of ['new-0', 'new-1']) account.setTrustPolicy(name, policy(NEW))
    })
    const report = await scheduledSweep({ MAX_CHANGES: '3' })
    expect(report).toMatchObject({ counts: { patched: 3, blocked: 1 } })
    expect(account.writes).toHaveLength(3)
  })

  test('in a dry run tells what the scan shows, at once', async () => {
    addTagged(1, 'new', policy({ ...NEW, Principal: { AWS: 'AROAEXAMPLE000000001' } }))
    expect(await backfill({ dryRun: true })).toMatchObject({ counts: { blocked: 1 } })
    expect(account.countCalls('GetRole')).toBe(0)
  })

  test('never takes the unique id that IAM shows of a new role for its ARN', async () => {
    addTagged(1)
    account.showIdsForArns(true)
    const report = await scheduledSweep()
    expect(report).toMatchObject({ counts: { patched: 1 }, roles: [{ roleName: 'analyst-0', arn: null }] })
    expect(outcomesOf(account)).toMatchObject([{ resources: [], detail: { arn: null } }])
  })

  test('leaves a role alone that IAM shows without its trust policy, and no other', async () => {
    addTagged(1)
    account.addRole({ name: 'lost', tags: TAGGED })
    expect(await scheduledSweep()).toMatchObject({ counts: { patched: 1, failed: 1 } })
    expect(account.role('lost').document).toBeUndefined()
  })

  test('reports a blocked role each time', async () => {
    addTagged(1, 'broken', policy({ ...ec2, Principal: { AWS: 'AIDAEXAMPLE' } }))
    const report = await scheduledSweep()
    expect(report.roles).toMatchObject([
      {
        roleName: 'broken-0',
        kind: 'blocked',
        reason: 'dangling-principal',
        before: policy({ ...ec2, Principal: { AWS: 'AIDAEXAMPLE' } }),
      },
    ])
    expect(metricsOf(logs)).toMatchObject({ RolesBlocked: 1 })
  })
})

describe('roles that lost their tag', () => {
  test('are listed as orphaned, and keep their statement', async () => {
    account.addRole({ name: 'former', document: policy(ec2, managed) })
    expect(await scheduledSweep()).toMatchObject({ orphaned: ['former'], roles: [], counts: { skipped: 0 } })
    expect(account.trustPolicy('former')).toEqual(policy(ec2, managed))
  })

  test('lose it where the stack revokes', async () => {
    account.addRole({ name: 'former', document: policy(ec2, managed) })
    account.addRole({ name: 'only-okta', document: policy(managed) })
    const report = await scheduledSweep({ ON_UNTAG: 'revoke' })
    expect(report).toMatchObject({ counts: { withdrawn: 1, blocked: 1 }, orphaned: ['only-okta'] })
    expect(report.roles).toContainEqual(
      expect.objectContaining({ roleName: 'only-okta', kind: 'blocked', reason: 'malformed' }),
    )
    expect(account.trustPolicy('former')).toEqual(policy(ec2))
    expect(account.trustPolicy('only-okta')).toEqual(policy(managed))
    expect(metricsOf(logs)).toMatchObject({ RolesWithdrawn: 1 })
  })

  test('are none of the protected ones', async () => {
    account.addRole({ name: 'former', path: '/break-glass/', document: policy(ec2, managed) })
    expect(await scheduledSweep({ ON_UNTAG: 'revoke', EXCLUSIONS: '/break-glass/*' })).toMatchObject({ orphaned: [] })
    expect(account.writes).toEqual([])
  })
})

describe('when time runs short', () => {
  /** Time for so many looks at the clock beside the first, which sets the deadline of the calls; and then none. */
  function clockOf(looks: number) {
    let left = looks + 1
    return contextOf(() => {
      left -= 1
      return left < 0 ? 50_000 : 600_000
    })
  }

  test('a sweep hands the rest to the queue, where role-event takes it', async () => {
    const tagged = addTagged(10)
    const { scheduledSweep, roleEvent } = await coldStart()
    const report = await scheduledSweep({}, clockOf(4))
    expect(report).toMatchObject({ counts: { patched: 4, deferred: 6, failed: 0 } })
    expect(account.messages(QUEUE)).toHaveLength(6)
    expect(await roleEvent(batchOf(...account.messages(QUEUE)), contextOf())).toEqual({ batchItemFailures: [] })
    expect(trusting()).toEqual(tagged)
  })

  test('what the queue does not take counts as failed', async () => {
    addTagged(25)
    account.refuseMessages((body) => body.includes('analyst-17'))
    const report = await scheduledSweep({}, clockOf(0))
    expect(report).toMatchObject({ counts: { deferred: 24, failed: 1 } })
    expect(report.roles).toContainEqual(
      expect.objectContaining({
        roleName: 'analyst-17',
        kind: 'failed',
        detail: expect.stringContaining('the queue did not take it: InternalError'),
      }),
    )
    expect(account.countCalls('SendMessageBatch')).toBe(3)
  })

  test('a batch that fails does not cost the others', async () => {
    addTagged(25)
    account.failNext('SendMessageBatch', serviceFailure())
    expect(await scheduledSweep({}, clockOf(0))).toMatchObject({ counts: { deferred: 15, failed: 10 } })
    expect(account.messages(QUEUE)).toHaveLength(15)
  })

  test('a queue that fails altogether does not cost the report', async () => {
    addTagged(2)
    account.failNext('GetQueueUrl', accessDenied('sqs:GetQueueUrl'))
    expect(await scheduledSweep({}, clockOf(0))).toMatchObject({ counts: { failed: 2 } })
  })

  test('a sweep that cannot even read all roles changes none and fails', async () => {
    account = accountWithOkta({ pageSizes: [2] })
    addTagged(5)
    await expect(scheduledSweep({}, clockOf(1))).rejects.toThrow(
      'time ran short after 4 roles, before the last page; nothing was changed',
    )
    expect(account.writes).toEqual([])
  })
})

describe('a backfill', () => {
  test('changes every tagged role, whatever the cap of the schedule', async () => {
    const tagged = addTagged(60)
    expect(await backfill({})).toMatchObject({ dryRun: false, counts: { patched: 60 } })
    expect(trusting()).toEqual(tagged)
  })

  test('in a dry run writes nothing, costs no read of single roles, and shows what would be', async () => {
    addTagged(60)
    const report = await backfill({ dryRun: true, maxChanges: 5 })
    expect(report).toMatchObject({ dryRun: true, counts: { planned: 60, patched: 0 } })
    expect(report.roles[0]).toEqual({
      roleName: 'analyst-0',
      arn: 'arn:aws:iam::111122223333:role/analyst-0',
      kind: 'planned',
      reason: 'access-missing',
      notes: [],
      before: policy(ec2),
      after: policy(ec2, managed),
    })
    expect(account.writes).toEqual([])
    expect(account.countCalls('GetRole')).toBe(0)
  })

  test('of named roles looks at these only, and says of each what became of it', async () => {
    addTagged(2)
    account.addRole({ name: 'untagged', document: policy(ec2) })
    const report = await backfill({ roles: ['analyst-1', 'untagged', 'nobody', 'analyst-1'] })
    expect(trusting()).toEqual(['analyst-1'])
    expect(report).toMatchObject({ scanned: 3, inScope: 1, counts: { patched: 1, skipped: 2 } })
    expect(report.roles).toContainEqual(
      expect.objectContaining({
        roleName: 'untagged',
        kind: 'skipped',
        reason: 'untagged',
        detail: 'the role has no tag okta-sso=true',
      }),
    )
    expect(report.roles).toContainEqual(
      expect.objectContaining({ roleName: 'nobody', arn: null, kind: 'skipped', reason: 'gone' }),
    )
    expect(account.countCalls('GetAccountAuthorizationDetails')).toBe(0)
  })

  test('of named roles is not stopped by one that cannot be read', async () => {
    addTagged(2)
    account.failNext('GetRole', accessDenied('iam:GetRole'), { role: 'analyst-0' })
    expect(await backfill({ roles: ['analyst-0', 'analyst-1'] })).toMatchObject({ counts: { failed: 1, patched: 1 } })
  })

  test('of a path looks at the roles below it only', async () => {
    account.addRole({ name: 'inside', path: '/team/data/', tags: TAGGED, document: policy(ec2) })
    account.addRole({ name: 'outside', path: '/x/team/', tags: TAGGED, document: policy(ec2) })
    expect(await backfill({ pathPrefix: '/team/' })).toMatchObject({ scanned: 1, counts: { patched: 1 } })
    expect(trusting()).toEqual(['inside'])
  })

  test('with a cap of its own changes none if more are due', async () => {
    addTagged(4)
    expect(await backfill({ maxChanges: 3 })).toMatchObject({ counts: { planned: 4 } })
    expect(account.writes).toEqual([])
  })

  test('refuses a payload that it does not know, before any call', async () => {
    await expect(backfill({ dryrun: true })).rejects.toThrow('payload: found dryrun, expected no other keys')
    expect(account.calls).toEqual([])
  })
})
