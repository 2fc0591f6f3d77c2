import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import type { Account } from '../fake-aws/account.ts'
import {
  accessDenied,
  concurrentModification,
  connectionReset,
  malformedPolicyDocument,
  throttling,
  validationError,
} from '../fake-aws/errors.ts'
import { batchOf, contextOf, eventFor, sample } from '../fake-aws/invocation.ts'
import { deferredEvent } from '../src/events/read-event.ts'
import {
  accountWithOkta,
  captureLogs,
  coldStart,
  ec2,
  managed,
  metricsOf,
  OKTA,
  PARAMETER,
  policy,
  TAGGED,
} from './functions.ts'

let account: Account
let logs: Record<string, unknown>[]

beforeEach(() => {
  account = accountWithOkta()
  logs = captureLogs()
})

async function deliver(...events: readonly unknown[]) {
  const { roleEvent } = await coldStart()
  return roleEvent(batchOf(...events), contextOf())
}

const DONE = { batchItemFailures: [] }
const failed = (...ids: readonly string[]) => ({ batchItemFailures: ids.map((itemIdentifier) => ({ itemIdentifier })) })

describe('a tagged role comes to trust Okta', () => {
  test.each([
    ['when it is created with the tag', 'create-role-tagged'],
    ['when it is tagged', 'tag-role'],
    ['when its trust policy is overwritten by somebody else', 'update-assume-role-policy'],
  ])('%s', async (_, name) => {
    account.addRole({ name: 'analyst', tags: TAGGED, document: policy(ec2) })
    expect(await deliver(eventFor(name, 'analyst'))).toEqual(DONE)
    expect(account.trustPolicy('analyst')).toEqual(policy(ec2, managed))
  })

  test('with two reads and one write, and no more', async () => {
    account.addRole({ name: 'analyst', tags: TAGGED, document: policy(ec2) })
    await deliver(eventFor('tag-role', 'analyst'))
    expect(account.calls.map(({ name }) => name)).toEqual([
      'GetParameter',
      'GetSAMLProvider',
      'GetRole',
      'GetRole',
      'UpdateAssumeRolePolicy',
      'PutEvents',
    ])
  })

  test('with letters in its trust policy that IAM takes as escapes only', async () => {
    const document = policy({
      ...ec2,
      Sid: 'A',
      Condition: { StringEquals: { 'aws:PrincipalTag/\u540d': '\u{1f600}' } },
    })
    account.addRole({ name: 'analyst', tags: TAGGED, document })
    expect(await deliver(eventFor('tag-role', 'analyst'))).toEqual(DONE)
    expect(account.trustPolicy('analyst')).toEqual({ ...document, Statement: [...document.Statement, managed] })
  })

  test('beside a statement with its Effect in small letters, which stays', async () => {
    const document = policy({ ...ec2, Effect: 'allow' })
    account.addRole({ name: 'analyst', tags: TAGGED, document })
    expect(await deliver(eventFor('tag-role', 'analyst'))).toEqual(DONE)
    expect(account.trustPolicy('analyst')).toEqual({ ...document, Statement: [...document.Statement, managed] })
  })

  test('a role that is right costs one read and no write', async () => {
    account.addRole({ name: 'analyst', tags: TAGGED, document: policy(ec2, managed) })
    await deliver(eventFor('tag-role', 'analyst'))
    expect(account.countCalls('GetRole')).toBe(1)
    expect(account.writes).toEqual([])
  })

  test('several events for one role in a batch cost one remediation', async () => {
    account.addRole({ name: 'analyst', tags: TAGGED, document: policy(ec2) })
    const events = ['create-role-tagged', 'tag-role', 'update-assume-role-policy', 'tag-role'].map((name) =>
      eventFor(name, 'analyst'),
    )
    expect(await deliver(...events)).toEqual(DONE)
    expect(account.countCalls('GetRole')).toBe(2)
    expect(account.writes).toHaveLength(1)
  })

  test('a bare EventBridge event does the same, and returns the outcome', async () => {
    account.addRole({ name: 'analyst', tags: TAGGED, document: policy(ec2) })
    const { roleEvent } = await coldStart()
    expect(await roleEvent(eventFor('tag-role', 'analyst'), contextOf())).toMatchObject({
      kind: 'patched',
      roleName: 'analyst',
    })
    expect(await roleEvent(eventFor('tag-role', 'analyst'), contextOf())).toMatchObject({ kind: 'unchanged' })
    expect(await roleEvent(sample('own-update'), contextOf())).toMatchObject({ kind: 'ignored', reason: 'own-update' })
    expect(account.trustPolicy('analyst')).toEqual(policy(ec2, managed))
  })

  test('a sample batch is processed as it is', async () => {
    const names: string[] = sample('sqs-batch').Records.map(
      ({ body }: { body: string }) => JSON.parse(body).detail.requestParameters.roleName,
    )
    for (const name of new Set(names)) account.addRole({ name, tags: TAGGED, document: policy(ec2) })
    const { roleEvent } = await coldStart()
    expect(await roleEvent(sample('sqs-batch'), contextOf())).toEqual(DONE)
    for (const name of names) expect(account.trustPolicy(name)).toEqual(policy(ec2, managed))
  })

  test('the provider ARN is read and checked once for many events', async () => {
    account.addRole({ name: 'analyst', tags: TAGGED, document: policy(ec2) })
    const { roleEvent } = await coldStart()
    for (let run = 0; run < 3; run += 1) await roleEvent(batchOf(eventFor('tag-role', 'analyst')), contextOf())
    expect(account.countCalls('GetParameter')).toBe(1)
    expect(account.countCalls('GetSAMLProvider')).toBe(1)
  })
})

describe('a role out of scope is left alone', () => {
  test.each([
    ['an untagged role', { name: 'analyst' }, 'untagged'],
    ['a role tagged with another value', { name: 'analyst', tags: { 'okta-sso': 'false' } }, 'untagged'],
    ['a service-linked role', { name: 'analyst', path: '/aws-service-role/x/', tags: TAGGED }, 'protected'],
    ['a role of this system', { name: 'analyst', path: '/okta-role-trust/', tags: TAGGED }, 'protected'],
  ])('%s', async (_, role, reason) => {
    account.addRole({ ...role, document: policy(ec2) })
    const { roleEvent } = await coldStart()
    expect(await roleEvent(eventFor('update-assume-role-policy', 'analyst'), contextOf())).toMatchObject({
      kind: 'skipped',
      reason,
    })
    expect(account.trustPolicy('analyst')).toEqual(policy(ec2))
  })

  test('an excluded role', async () => {
    account.addRole({ name: 'OrgAdmin', tags: TAGGED, document: policy(ec2) })
    const { roleEvent } = await coldStart({ EXCLUSIONS: '*Admin*' })
    expect(await roleEvent(eventFor('tag-role', 'OrgAdmin'), contextOf())).toMatchObject({
      kind: 'skipped',
      reason: 'protected',
    })
    expect(account.writes).toEqual([])
  })

  test('a role that an event of another account names', async () => {
    account.addRole({ name: 'analyst', tags: TAGGED, document: policy(ec2) })
    const event = { ...eventFor('tag-role', 'analyst'), account: '444455556666' }
    expect(await deliver(event)).toEqual(DONE)
    const { roleEvent } = await coldStart()
    expect(await roleEvent(event, contextOf())).toMatchObject({ kind: 'ignored', reason: 'foreign-account' })
    expect(account.calls).toEqual([])
    expect(logs).toContainEqual(
      expect.objectContaining({
        level: 'DEBUG',
        message: 'an event is ignored (foreign-account): it comes from account 444455556666, not 111122223333',
      }),
    )
  })

  test('events that ask for nothing cost no call at all', async () => {
    expect(await deliver(sample('failed-create-role'), sample('own-update'), sample('scheduled'))).toEqual(DONE)
    expect(account.calls).toEqual([])
    expect(logs.filter(({ level }) => level === 'DEBUG')).toHaveLength(3)
  })
})

test('drift repair reaches a role that somebody under the path of this system overwrote', async () => {
  account.addRole({ name: 'analyst', tags: TAGGED, document: policy(ec2) })
  const { detail, ...envelope } = eventFor('own-update', 'analyst')
  const theirs = JSON.stringify(detail).replaceAll('okta-role-trust-dev-role-event', 'mine')
  expect(await deliver({ ...envelope, detail: JSON.parse(theirs) })).toEqual(DONE)
  expect(account.trustPolicy('analyst')).toEqual(policy(ec2, managed))
})

describe('a role that loses its tag', () => {
  test('keeps its statement by default', async () => {
    account.addRole({ name: 'analyst', document: policy(ec2, managed) })
    expect(await deliver(eventFor('untag-role', 'analyst'))).toEqual(DONE)
    expect(account.trustPolicy('analyst')).toEqual(policy(ec2, managed))
  })

  test('loses it where the stack revokes, and keeps what is not ours', async () => {
    account.addRole({ name: 'analyst', document: policy(ec2, managed) })
    const { roleEvent } = await coldStart({ ON_UNTAG: 'revoke' })
    expect(await roleEvent(eventFor('untag-role', 'analyst'), contextOf())).toMatchObject({
      kind: 'withdrawn',
      reason: 'withdrawal',
    })
    expect(account.trustPolicy('analyst')).toEqual(policy(ec2))
  })

  test('is not taken for one while a new tag may only not show yet', async () => {
    account.addRole({ name: 'analyst', document: policy(ec2, managed) })
    account.tagRole('analyst', TAGGED)
    account.lagReads(2)
    const { roleEvent } = await coldStart({ ON_UNTAG: 'revoke' })
    const batch = batchOf(eventFor('update-assume-role-policy', 'analyst'))
    expect(await roleEvent(batch, contextOf())).toEqual(failed('m0'))
    expect(account.trustPolicy('analyst')).toEqual(policy(ec2, managed))
  })
})

describe('what fails is tried again, alone', () => {
  test('a poison message fails, and the others are done', async () => {
    account.addRole({ name: 'analyst', tags: TAGGED, document: policy(ec2) })
    expect(await deliver('{"source":', eventFor('tag-role', 'analyst'), '42')).toEqual(failed('m0', 'm2'))
    expect(account.trustPolicy('analyst')).toEqual(policy(ec2, managed))
  })

  test('a batch of nothing but poison fails message by message, not as an invocation', async () => {
    expect(await deliver('{"source":')).toEqual(failed('m0'))
  })

  test('a throttled role fails, and the others are done', async () => {
    account.addRole({ name: 'analyst', tags: TAGGED, document: policy(ec2) })
    account.addRole({ name: 'auditor', tags: TAGGED, document: policy(ec2) })
    account.failNext('GetRole', throttling(), { role: 'auditor' })
    expect(await deliver(eventFor('tag-role', 'auditor'), eventFor('tag-role', 'analyst'))).toEqual(failed('m0'))
    expect(account.trustPolicy('analyst')).toEqual(policy(ec2, managed))
    expect(account.trustPolicy('auditor')).toEqual(policy(ec2))
    expect(logs).toContainEqual(
      expect.objectContaining({ level: 'ERROR', message: 'role auditor failed: Throttling: Rate exceeded' }),
    )
    expect(metricsOf(logs)).toMatchObject({ RolesPatched: 1, RolesFailed: 1 })
  })

  test('every message about a role that fails comes back', async () => {
    account.addRole({ name: 'auditor', tags: TAGGED, document: policy(ec2) })
    account.failNext('UpdateAssumeRolePolicy', accessDenied('iam:UpdateAssumeRolePolicy'))
    expect(await deliver(eventFor('tag-role', 'auditor'), eventFor('create-role-tagged', 'auditor'))).toEqual(
      failed('m0', 'm1'),
    )
  })

  test('a bare event that fails is an error of the invocation', async () => {
    account.addRole({ name: 'auditor', tags: TAGGED, document: policy(ec2) })
    account.failNext('GetRole', throttling())
    const { roleEvent } = await coldStart()
    await expect(roleEvent(eventFor('tag-role', 'auditor'), contextOf())).rejects.toThrow('Rate exceeded')
    await expect(roleEvent({ hello: 'world' }, contextOf())).rejects.toThrow(
      'event.source: found nothing, expected a string',
    )
  })
})

describe('IAM may lag behind a young event', () => {
  test('a role that does not show yet is tried again, and then done', async () => {
    account.addRole({ name: 'analyst', tags: TAGGED, document: policy(ec2) })
    account.lagReads(1)
    const { roleEvent } = await coldStart()
    const batch = batchOf(eventFor('create-role-tagged', 'analyst'))
    expect(await roleEvent(batch, contextOf())).toEqual(failed('m0'))
    expect(logs).toContainEqual(
      expect.objectContaining({
        level: 'INFO',
        message: expect.stringContaining('role analyst: a recent event names it'),
      }),
    )
    expect(metricsOf(logs)).toMatchObject({ RolesFailed: 0 })
    expect(await roleEvent(batch, contextOf())).toEqual(DONE)
    expect(account.trustPolicy('analyst')).toEqual(policy(ec2, managed))
  })

  test('a tag that does not show yet is tried again', async () => {
    account.addRole({ name: 'analyst', document: policy(ec2) })
    account.tagRole('analyst', TAGGED)
    account.lagReads(1)
    expect(await deliver(eventFor('tag-role', 'analyst'))).toEqual(failed('m0'))
    expect(await deliver(eventFor('tag-role', 'analyst'))).toEqual(DONE)
    expect(account.trustPolicy('analyst')).toEqual(policy(ec2, managed))
  })

  const dangling = policy({ ...ec2, Principal: { AWS: 'AROAEXAMPLE000000001' } })
  const known = policy({ ...ec2, Principal: { AWS: 'arn:aws:iam::111122223333:role/new' } })
  const right = policy(...known.Statement, managed)

  test('a principal that shows by its unique id may be new, and is waited for', async () => {
    account.addRole({ name: 'analyst', tags: TAGGED, document: dangling })
    expect(await deliver(eventFor('create-role-tagged', 'analyst'))).toEqual(failed('m0'))
    const message = expect.stringMatching(
      /^role analyst: IAM does not know a principal .* created a moment ago .*AROAEXAMPLE000000001.*; the event will be tried again$/,
    )
    expect(logs).toContainEqual(expect.objectContaining({ level: 'INFO', message }))
    expect(metricsOf(logs)).toMatchObject({ RolesBlocked: 0, RolesFailed: 0 })
    expect(account.busEvents).toEqual([])
    account.setTrustPolicy('analyst', known)
    expect(await deliver(eventFor('create-role-tagged', 'analyst', 200))).toEqual(DONE)
    expect(account.trustPolicy('analyst')).toEqual(right)
  })

  test('a principal that IAM refuses to write may be new, and is waited for', async () => {
    account.addRole({ name: 'analyst', tags: TAGGED, document: known })
    account.failNext('UpdateAssumeRolePolicy', malformedPolicyDocument('Invalid principal in policy'))
    expect(await deliver(eventFor('create-role-tagged', 'analyst'))).toEqual(failed('m0'))
    expect(await deliver(eventFor('create-role-tagged', 'analyst', 200))).toEqual(DONE)
    expect(account.trustPolicy('analyst')).toEqual(right)
  })

  test.each([
    ['after five minutes', eventFor('update-assume-role-policy', 'analyst', 301)],
    ['where a sweep handed the role on', deferredEvent('analyst')],
  ])('a principal that shows by its unique id is a deleted one %s', async (_, event) => {
    account.addRole({ name: 'analyst', tags: TAGGED, document: dangling })
    expect(await deliver(event)).toEqual(DONE)
    expect(logs).toContainEqual(expect.objectContaining({ kind: 'blocked', reason: 'dangling-principal' }))
    expect(account.trustPolicy('analyst')).toEqual(dangling)
  })

  test('a document that is right already waits for nobody', async () => {
    account.addRole({ name: 'analyst', tags: TAGGED, document: policy(...dangling.Statement, managed) })
    expect(await deliver(eventFor('create-role-tagged', 'analyst'))).toEqual(DONE)
  })

  test('a unique id in the place of the ARN is waited for, and gets into no event afterwards', async () => {
    account.addRole({ name: 'analyst', tags: TAGGED, document: policy(ec2) })
    account.showIdsForArns(true)
    expect(await deliver(eventFor('create-role-tagged', 'analyst'))).toEqual(failed('m0'))
    expect(account.writes).toEqual([])
    expect(await deliver(eventFor('create-role-tagged', 'analyst', 301))).toEqual(DONE)
    expect(account.trustPolicy('analyst')).toEqual(policy(ec2, managed))
    expect(account.busEvents).toMatchObject([{ resources: [], detail: { roleName: 'analyst', arn: null } }])
    expect(JSON.stringify([account.busEvents, logs])).not.toContain(account.role('analyst').id)
  })

  test('after five minutes a role that does not show is gone, and a tag that does not show was taken away', async () => {
    account.addRole({ name: 'analyst', document: policy(ec2) })
    expect(await deliver(eventFor('tag-role', 'analyst', 301), eventFor('tag-role', 'nobody', 301))).toEqual(DONE)
    expect(account.writes).toEqual([])
    expect(logs).toContainEqual(
      expect.objectContaining({ message: 'role nobody has been skipped (gone): IAM knows no role of this name' }),
    )
  })
})

describe('others write at the same time', () => {
  test('what somebody wrote between the two reads is kept', async () => {
    account.addRole({ name: 'analyst', tags: TAGGED, document: policy(ec2) })
    const other = { ...ec2, Principal: { Service: 'lambda.amazonaws.com' } }
    account.before('GetRole', () => {})
    account.before('GetRole', () => account.setTrustPolicy('analyst', policy(ec2, other)))
    expect(await deliver(eventFor('tag-role', 'analyst'))).toEqual(DONE)
    expect(account.trustPolicy('analyst')).toEqual(policy(ec2, other, managed))
    expect(account.countCalls('GetRole')).toBe(3)
  })

  test('a tag taken away between the two reads counts', async () => {
    account.addRole({ name: 'analyst', tags: TAGGED, document: policy(ec2) })
    account.before('GetRole', () => {})
    account.before('GetRole', () => account.untagRole('analyst', ['okta-sso']))
    expect(await deliver(eventFor('update-assume-role-policy', 'analyst'))).toEqual(DONE)
    expect(account.trustPolicy('analyst')).toEqual(policy(ec2))
  })

  test('a role that changes at every read is given up after three rounds, and tried again later', async () => {
    account.addRole({ name: 'analyst', tags: TAGGED, document: policy(ec2) })
    for (let read = 0; read < 4; read += 1)
      account.before('GetRole', () => account.setTrustPolicy('analyst', policy({ ...ec2, Sid: `v${read}` })))
    expect(await deliver(eventFor('tag-role', 'analyst'))).toEqual(failed('m0'))
    expect(account.countCalls('GetRole')).toBe(4)
    expect(account.writes).toEqual([])
    expect(logs).toContainEqual(
      expect.objectContaining({
        message: expect.stringContaining('the role or the SSM parameter changed during each of 3 tries'),
      }),
    )
  })

  test('a concurrent modification that IAM reports is planned again at once', async () => {
    account.addRole({ name: 'analyst', tags: TAGGED, document: policy(ec2) })
    account.failNext('UpdateAssumeRolePolicy', concurrentModification())
    expect(await deliver(eventFor('tag-role', 'analyst'))).toEqual(DONE)
    expect(account.trustPolicy('analyst')).toEqual(policy(ec2, managed))
  })

  test('a throttled write is planned anew: what somebody wrote meanwhile is kept', async () => {
    account.addRole({ name: 'analyst', tags: TAGGED, document: policy(ec2) })
    const guard = { Sid: 'Guard', Effect: 'Deny', Principal: { AWS: '444455556666' }, Action: 'sts:AssumeRole' }
    account.failNext('UpdateAssumeRolePolicy', throttling())
    account.before('UpdateAssumeRolePolicy', () => account.setTrustPolicy('analyst', policy(ec2, guard)))
    expect(await deliver(eventFor('tag-role', 'analyst'))).toEqual(DONE)
    expect(account.trustPolicy('analyst')).toEqual(policy(ec2, guard, managed))
  })

  test('a write whose answer is lost is recorded as the write that it was', async () => {
    account.addRole({ name: 'analyst', tags: TAGGED, document: policy(ec2) })
    account.failNext('UpdateAssumeRolePolicy', connectionReset())
    account.before('UpdateAssumeRolePolicy', () => account.setTrustPolicy('analyst', policy(ec2, managed)))
    expect(await deliver(eventFor('tag-role', 'analyst'))).toEqual(DONE)
    expect(logs).toContainEqual(
      expect.objectContaining({
        kind: 'patched',
        before: JSON.stringify(policy(ec2)),
        after: JSON.stringify(policy(ec2, managed)),
      }),
    )
  })

  test('a write whose answer is lost is not claimed where somebody has denied Okta meanwhile', async () => {
    account.addRole({ name: 'analyst', tags: TAGGED, document: policy(ec2) })
    const denied = policy(ec2, { ...ec2, Effect: 'Deny', Principal: '*', Action: 'sts:*' })
    account.failNext('UpdateAssumeRolePolicy', connectionReset())
    account.before('UpdateAssumeRolePolicy', () => account.setTrustPolicy('analyst', denied))
    const { roleEvent } = await coldStart()
    expect(await roleEvent(eventFor('tag-role', 'analyst'), contextOf())).toMatchObject({
      kind: 'blocked',
      reason: 'explicit-deny',
    })
    expect(account.trustPolicy('analyst')).toEqual(denied)
  })

  test('a write that stays throttled fails in the end, and is tried again later', async () => {
    account.addRole({ name: 'analyst', tags: TAGGED, document: policy(ec2) })
    account.failNext('UpdateAssumeRolePolicy', throttling(), { times: 3 })
    expect(await deliver(eventFor('tag-role', 'analyst'))).toEqual(failed('m0'))
    expect(account.trustPolicy('analyst')).toEqual(policy(ec2))
  })

  test('a role deleted just before the write is gone', async () => {
    account.addRole({ name: 'analyst', tags: TAGGED, document: policy(ec2) })
    account.before('UpdateAssumeRolePolicy', () => account.deleteRole('analyst'))
    const { roleEvent } = await coldStart()
    expect(await roleEvent(eventFor('tag-role', 'analyst', 301), contextOf())).toMatchObject({
      kind: 'skipped',
      reason: 'gone',
    })
  })
})

describe('a blocked role is final for the event, logged as a warning and counted', () => {
  test.each([
    [
      'an explicit Deny',
      policy(ec2, { ...ec2, Effect: 'Deny', Principal: '*', Action: 'sts:*' }),
      'explicit-deny',
      'Statement[1] denies',
    ],
    [
      'a deleted principal',
      policy({ ...ec2, Principal: { AWS: 'AROAJQABLZS4A3QDU576Q' } }),
      'dangling-principal',
      'AROAJQABLZS4A3QDU576Q',
    ],
    ['a document that IAM would refuse', policy({ ...ec2, Effect: 'Permit' }), 'malformed', 'Statement[0].Effect'],
    [
      'a full document',
      policy({
        ...ec2,
        Principal: { AWS: Array.from({ length: 60 }, (_, index) => `arn:aws:iam::${200000000000 + index}:role/x`) },
      }),
      'quota',
      '2048',
    ],
  ])('%s', async (_, document, reason, detail) => {
    account.addRole({ name: 'analyst', tags: TAGGED, document })
    expect(await deliver(eventFor('tag-role', 'analyst', 301))).toEqual(DONE)
    expect(account.trustPolicy('analyst')).toEqual(document)
    expect(logs).toContainEqual(
      expect.objectContaining({ level: 'WARN', roleName: 'analyst', reason, detail: expect.stringContaining(detail) }),
    )
    expect(metricsOf(logs)).toMatchObject({ RolesBlocked: 1, RolesPatched: 0 })
  })

  test('a refusal of the characters of a document', async () => {
    account.addRole({ name: 'analyst', tags: TAGGED, document: policy(ec2) })
    account.failNext('UpdateAssumeRolePolicy', validationError('The specified value for policyDocument is invalid.'))
    expect(await deliver(eventFor('tag-role', 'analyst'))).toEqual(DONE)
    expect(logs).toContainEqual(expect.objectContaining({ level: 'WARN', reason: 'refused-by-iam' }))
    expect(account.trustPolicy('analyst')).toEqual(policy(ec2))
  })

  test('an odd Sid, of which IAM has the last word', async () => {
    const document = policy({ ...ec2, Sid: 'For Machines' })
    account.addRole({ name: 'analyst', tags: TAGGED, document })
    const { roleEvent } = await coldStart()
    expect(await roleEvent(eventFor('tag-role', 'analyst'), contextOf())).toMatchObject({
      kind: 'blocked',
      reason: 'refused-by-iam',
      detail: expect.stringContaining('MalformedPolicyDocument'),
    })
    expect(account.trustPolicy('analyst')).toEqual(document)
  })

  test('a refusal that only IAM can give, in its own words', async () => {
    account.addRole({ name: 'analyst', tags: TAGGED, document: policy(ec2) })
    account.failNext('UpdateAssumeRolePolicy', malformedPolicyDocument('Invalid principal in policy'))
    const { roleEvent } = await coldStart()
    expect(await roleEvent(eventFor('tag-role', 'analyst', 301), contextOf())).toMatchObject({
      kind: 'blocked',
      reason: 'refused-by-iam',
      detail: 'MalformedPolicyDocumentException: Invalid principal in policy',
    })
    expect(account.trustPolicy('analyst')).toEqual(policy(ec2))
  })
})

describe('without a right parameter no role is touched', () => {
  test.each([
    ['missing', undefined],
    ['of another account', OKTA.replace('111122223333', '999988887777')],
    ['unknown to IAM', OKTA.replace('Okta', 'Unknown')],
  ])('%s: the invocation fails, and every message comes back', async (_, value) => {
    account = accountWithOkta()
    if (value === undefined) await withoutParameter()
    else account.putParameter(PARAMETER, value)
    account.addRole({ name: 'analyst', tags: TAGGED, document: policy(ec2) })
    await expect(deliver(eventFor('tag-role', 'analyst'))).rejects.toThrow(`SSM parameter ${PARAMETER}`)
    expect(account.countCalls('GetRole')).toBe(0)
    expect(account.writes).toEqual([])
  })

  test('once the parameter appears, the same function does its work', async () => {
    await withoutParameter()
    account.addRole({ name: 'analyst', tags: TAGGED, document: policy(ec2) })
    const { roleEvent } = await coldStart()
    const batch = batchOf(eventFor('tag-role', 'analyst'))
    await expect(roleEvent(batch, contextOf())).rejects.toThrow('no such parameter')
    account.putParameter(PARAMETER, OKTA)
    expect(await roleEvent(batch, contextOf())).toEqual(DONE)
    expect(account.trustPolicy('analyst')).toEqual(policy(ec2, managed))
  })

  test.each(['GetParameter', 'GetSAMLProvider'] as const)(
    'a %s that is throttled fails the invocation, and is asked again',
    async (call) => {
      account.addRole({ name: 'analyst', tags: TAGGED, document: policy(ec2) })
      account.failNext(call, throttling())
      const { roleEvent } = await coldStart()
      const batch = batchOf(eventFor('tag-role', 'analyst'))
      await expect(roleEvent(batch, contextOf())).rejects.toThrow('Rate exceeded')
      expect(account.countCalls('GetRole')).toBe(0)
      expect(logs).toContainEqual(
        expect.objectContaining({ level: 'ERROR', message: expect.stringContaining('no role was looked at') }),
      )
      expect(await roleEvent(batch, contextOf())).toEqual(DONE)
      expect(account.trustPolicy('analyst')).toEqual(policy(ec2, managed))
    },
  )

  test('a SecureString is decrypted', async () => {
    account.putParameter(PARAMETER, OKTA, 'SecureString')
    account.addRole({ name: 'analyst', tags: TAGGED, document: policy(ec2) })
    expect(await deliver(eventFor('tag-role', 'analyst'))).toEqual(DONE)
    expect(account.trustPolicy('analyst')).toEqual(policy(ec2, managed))
  })

  async function withoutParameter() {
    const { createAccount } = await import('../fake-aws/account.ts')
    account = createAccount().attach()
    account.addProvider('Okta')
  }
})

describe('how long a patch took since its event', () => {
  const NOW = Date.parse('2026-11-24T12:00:00Z')

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['Date'], now: NOW })
  })

  afterEach(() => {
    vi.useRealTimers()
  })

  test('is measured in seconds, once for each patched role', async () => {
    for (const name of ['analyst', 'auditor']) account.addRole({ name, tags: TAGGED, document: policy(ec2) })
    account.addRole({ name: 'right', tags: TAGGED, document: policy(ec2, managed) })
    await deliver(
      eventFor('tag-role', 'analyst', 40),
      eventFor('tag-role', 'auditor', 90),
      eventFor('tag-role', 'right', 10),
    )
    const measured = metricsOf(logs)
    expect(measured).toMatchObject({ EventToPatchSeconds: [90, 40], service: 'okta-role-trust' })
    expect(JSON.stringify(measured)).toContain('{"Name":"EventToPatchSeconds","Unit":"Seconds"}')
  })

  test('is not measured where nothing was patched, or where a sweep handed the role on', async () => {
    account.addRole({ name: 'right', tags: TAGGED, document: policy(ec2, managed) })
    account.addRole({ name: 'broken', tags: TAGGED, document: policy({ ...ec2, Effect: 'Permit' }) })
    account.addRole({ name: 'billing-reader', tags: TAGGED, document: policy(ec2) })
    await deliver(eventFor('tag-role', 'right'), eventFor('tag-role', 'broken'), sample('role-deferred'))
    expect(account.trustPolicy('billing-reader')).toEqual(policy(ec2, managed))
    expect(metricsOf(logs)).not.toHaveProperty('EventToPatchSeconds')
  })
})

test('every write leaves one record with the role, the reason, the event, its actor and both documents', async () => {
  account.addRole({ name: 'analyst', tags: TAGGED, document: policy(ec2) })
  const event = eventFor('tag-role', 'analyst')
  await deliver(event)
  const records = logs.filter(({ kind }) => kind === 'patched')
  expect(records).toEqual([
    expect.objectContaining({
      level: 'INFO',
      message: 'role analyst has been patched (access-missing)',
      roleName: 'analyst',
      arn: 'arn:aws:iam::111122223333:role/analyst',
      reason: 'access-missing',
      trigger: 'TagRole',
      eventId: event.detail.eventID,
      actor: event.detail.userIdentity.arn,
      claimedByEvent: ['trigger', 'eventId', 'actor', 'eventTime'],
      before: JSON.stringify(policy(ec2)),
      after: JSON.stringify(policy(ec2, managed)),
    }),
  ])
})

test('what a message of the queue says of the cause is marked as its own claim, in the log and on the event bus', async () => {
  account.addRole({ name: 'analyst', tags: TAGGED, document: policy(ec2) })
  account.addRole({ name: 'auditor', tags: TAGGED, document: policy(ec2) })
  const event = eventFor('tag-role', 'analyst')
  const actor = 'arn:aws:iam::111122223333:user/somebody-innocent'
  const userIdentity = { type: 'IAMUser', arn: actor }
  await deliver({ ...event, detail: { ...event.detail, userIdentity, eventID: 'forged' } }, deferredEvent('auditor'))
  const claims = ['trigger', 'eventId', 'actor', 'eventTime']
  const record = { roleName: 'analyst', actor, eventId: 'forged', claimedByEvent: claims }
  for (const kind of ['intent', 'patched']) expect(logs).toContainEqual(expect.objectContaining({ ...record, kind }))
  const details = account.busEvents.map(({ detail }) => detail)
  expect(details).toContainEqual(expect.objectContaining(record))
  expect(details).toContainEqual(
    expect.objectContaining({ roleName: 'auditor', trigger: 'Role Deferred', claimedByEvent: ['trigger', 'actor'] }),
  )
})

test('each write is on record before it is sent, with all that the record after it holds', async () => {
  account.addRole({ name: 'analyst', tags: TAGGED, document: policy(ec2) })
  let recorded: unknown
  account.before('UpdateAssumeRolePolicy', () => {
    recorded = logs.at(-1)
  })
  await deliver(eventFor('tag-role', 'analyst'))
  const {
    message: _message,
    kind: _kind,
    timestamp: _time,
    ...afterwards
  } = logs.find(({ kind }) => kind === 'patched') ?? {}
  expect(recorded).toMatchObject({
    ...afterwards,
    kind: 'intent',
    message: 'role analyst is about to be changed (access-missing), if it is still the same',
  })
})

test('a batch counts the roles in scope: tagged, not protected, and looked at with success', async () => {
  account.addRole({ name: 'due', tags: TAGGED, document: policy(ec2) })
  account.addRole({ name: 'right', tags: TAGGED, document: policy(managed) })
  account.addRole({
    name: 'denied',
    tags: TAGGED,
    document: policy({ ...ec2, Effect: 'Deny', Principal: '*', Action: '*' }),
  })
  account.addRole({ name: 'untagged', document: policy(ec2) })
  account.addRole({ name: 'former', document: policy(ec2, managed) })
  account.addRole({ name: 'linked', path: '/aws-service-role/x/', tags: TAGGED, document: policy(ec2) })
  account.addRole({ name: 'throttled', tags: TAGGED, document: policy(ec2) })
  account.failNext('GetRole', throttling(), { role: 'throttled' })
  const names = account.roles().map(({ name }) => name)
  const { roleEvent } = await coldStart({ ON_UNTAG: 'revoke' })
  await roleEvent(batchOf(...names.map((name) => eventFor('untag-role', name))), contextOf())
  expect(metricsOf(logs)).toMatchObject({
    RolesScanned: 7,
    RolesInScope: 3,
    RolesPatched: 1,
    RolesWithdrawn: 1,
    RolesBlocked: 1,
    RolesFailed: 1,
  })
})

test('the wanted access is used for five minutes, and then loaded anew', async () => {
  vi.useFakeTimers({ toFake: ['Date'] })
  onTestFinished(() => {
    vi.useRealTimers()
  })
  account.addRole({ name: 'analyst', tags: TAGGED, document: policy(managed) })
  const { roleEvent } = await coldStart()
  const look = () => roleEvent(batchOf(eventFor('tag-role', 'analyst')), contextOf())
  await look()
  vi.advanceTimersByTime(5 * 60_000 - 1)
  await look()
  expect(account.countCalls('GetParameter')).toBe(1)
  vi.advanceTimersByTime(1)
  await look()
  expect(account.countCalls('GetParameter')).toBe(2)
})

test('a role that is left alone for a reason is told with it, not as if all were well', async () => {
  const restricted = {
    ...managed,
    Sid: 'Mine',
    Condition: { ...managed.Condition, IpAddress: { 'aws:SourceIp': '203.0.113.0/24' } },
  }
  account.addRole({ name: 'analyst', tags: TAGGED, document: policy(restricted) })
  await deliver(eventFor('tag-role', 'analyst'))
  expect(account.trustPolicy('analyst')).toEqual(policy(restricted))
  expect(logs).toContainEqual(
    expect.objectContaining({
      level: 'INFO',
      message: 'role analyst is left as it is, with a note: restricted-by-owner',
    }),
  )
})

test('an expired provider is a warning, and the role is patched all the same', async () => {
  account.addProvider('Okta', new Date('2020-01-01'))
  account.addRole({ name: 'analyst', tags: TAGGED, document: policy(ec2) })
  await deliver(eventFor('tag-role', 'analyst'))
  expect(account.trustPolicy('analyst')).toEqual(policy(ec2, managed))
  expect(logs).toContainEqual(
    expect.objectContaining({ level: 'WARN', message: expect.stringContaining('expired at 2020-01-01') }),
  )
})

test('a wrong environment stops the function at its start, and names each variable', async () => {
  await expect(coldStart({ ON_UNTAG: 'drop', TAG_KEY: '' })).rejects.toThrow(
    /environment\.TAG_KEY.*environment\.ON_UNTAG/,
  )
})
