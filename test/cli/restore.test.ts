import { beforeEach, describe, expect, test } from 'vitest'
import type { Account } from '../../fake-aws/account.ts'
import { ENVIRONMENT } from '../../fake-aws/environment.ts'
import {
  accessDenied,
  concurrentModification,
  connectionReset,
  malformedPolicyDocument,
} from '../../fake-aws/errors.ts'
import { accountWithOkta, ec2, managed, policy, TAGGED } from '../functions.ts'
import { type RunOptions, runCli } from './command-line.ts'

const TERRAFORM = 'arn:aws:iam::111122223333:user/terraform'
const lambda = { ...ec2, Principal: { Service: 'lambda.amazonaws.com' } }
/** Longer than 2,048 characters, which every account allows. */
const LONG = { ...ec2, Principal: { Service: Array.from({ length: 120 }, (_, index) => `s${index}.amazonaws.com`) } }

let account: Account
beforeEach(() => {
  account = accountWithOkta()
})

/** The id of the event of a call on the role `analyst`. */
const event = (document: string | object, call: Readonly<Record<string, string>> = {}) =>
  account.cloudTrail.recordCall({
    name: 'UpdateAssumeRolePolicy',
    roleName: 'analyst',
    actor: TERRAFORM,
    document,
    ...call,
  })

const addAnalyst = (role: Parameters<Account['addRole']>[0] | object = {}) =>
  account.addRole({ name: 'analyst', document: policy(lambda), ...role })

const restore = (to: string, options: RunOptions = {}, ...more: readonly string[]) =>
  runCli(['restore', 'analyst', '--to', to, ...more], options)
const restoreUnasked = (to: string) => restore(to, {}, '--yes')

describe('restore', () => {
  test('puts back the document after a write, shows what changes, and tells the one before', async () => {
    addAnalyst()
    const { exitCode, stdout } = await restoreUnasked(event(policy(ec2)))
    expect(account.trustPolicy('analyst')).toEqual(policy(ec2))
    expect(stdout).toMatch(/^Role analyst \(arn:aws:iam::111122223333:role\/analyst\), back to its trust policy after/)
    expect(stdout).toMatch(/\n {6}- .*lambda\.amazonaws\.com.*\n {6}\+ .*ec2\.amazonaws\.com/)
    expect(stdout.split('\n').slice(-3)).toEqual([
      '  restored   analyst',
      `             before that: ${JSON.stringify(policy(lambda))}`,
      '',
    ])
    expect(exitCode).toBe(0)
    expect(account.writes).toHaveLength(1)
  })

  test('puts back a document longer than every account allows, where this account allows it', async () => {
    account.detach()
    account = accountWithOkta({ quota: 4096 })
    addAnalyst()
    await restoreUnasked(event(policy(LONG)))
    expect(account.trustPolicy('analyst')).toEqual(policy(LONG))
  })

  test('puts back the document that a role was made with, to the letter', async () => {
    addAnalyst()
    const text = JSON.stringify(policy(ec2), null, 4)
    const id = account.cloudTrail.recordCall({
      name: 'CreateRole',
      roleName: 'analyst',
      actor: TERRAFORM,
      document: text,
    })
    expect((await restoreUnasked(id)).exitCode).toBe(0)
    expect(account.role('analyst').document).toBe(text)
  })

  test.each([
    ['none', {}],
    ['an empty one', { document: ' ' }],
  ])('writes nothing where IAM answers with %s: no role is without a trust policy', async (_, lost) => {
    account.addRole({ name: 'analyst', ...lost })
    const { exitCode, stderr } = await restoreUnasked(event(policy(ec2)))
    expect(stderr).toContain('found role analyst without its trust policy')
    expect({ exitCode, writes: account.writes }).toEqual({ exitCode: 1, writes: [] })
  })

  test('of what is in force has nothing to do and nothing to ask', async () => {
    addAnalyst()
    const { exitCode, stdout } = await restore(event(policy({ ...lambda, Action: ['sts:AssumeRole'] })), {
      isTerminal: true,
    })
    expect(stdout).toContain('there is nothing to restore')
    expect({ exitCode, writes: account.writes }).toEqual({ exitCode: 0, writes: [] })
  })

  test('reaches a role that an exclusion keeps this system from', async () => {
    addAnalyst()
    const { exitCode } = await restore(event(policy(ec2)), {}, '--yes', '--exclusions', '/analyst')
    expect([exitCode, account.trustPolicy('analyst')]).toEqual([0, policy(ec2)])
  })
})

describe('the question', () => {
  test('comes after what would change; yes changes it', async () => {
    addAnalyst()
    const { exitCode, stderr } = await restore(event(policy(ec2)), { isTerminal: true, input: 'y' })
    expect(stderr).toContain('Restore the trust policy of analyst in account 111122223333?')
    expect([exitCode, account.trustPolicy('analyst')]).toEqual([0, policy(ec2)])
  })

  test.each([
    ['no', { input: 'n' }],
    ['Ctrl-D', { input: '\u0004' }],
    ['the end of the input', { endsInput: true }],
  ])('%s changes nothing, and ends with 1', async (_, answer) => {
    addAnalyst()
    const { exitCode, stderr } = await restore(event(policy(ec2)), { isTerminal: true, ...answer })
    expect(stderr).toContain('Nothing was changed.')
    expect({ exitCode, writes: account.writes }).toEqual({ exitCode: 1, writes: [] })
  })

  test('cannot be asked without a terminal: nothing is read or changed', async () => {
    addAnalyst()
    const { exitCode, stdout, stderr } = await restore(event(policy(ec2)), { input: 'y' })
    expect(stderr).toMatch(
      /^Error: restore asks before it changes anything, and there is no terminal to ask on: .*--yes$/m,
    )
    expect({ exitCode, stdout, calls: account.calls }).toEqual({ exitCode: 1, stdout: '', calls: [] })
  })
})

describe('a warning says that this system will change it again', () => {
  test('where the role is tagged and Okta would be kept out', async () => {
    addAnalyst({ tags: { 'Okta-SSO': 'true' } })
    const { exitCode, stderr } = await restoreUnasked(event(policy(ec2)))
    expect(stderr).toMatch(
      /^Warning: analyst has the tag Okta-SSO=true, .* \(access-missing\): this system patches it/m,
    )
    expect(stderr).toContain('aws iam untag-role --role-name analyst --tag-keys Okta-SSO')
    expect([exitCode, account.trustPolicy('analyst')]).toEqual([0, policy(ec2)])
  })

  test('but where the stack only reports, that it will tell of the role and leave it', async () => {
    account.addFunction('okta-role-trust-dev-backfill', { ...ENVIRONMENT, MODE: 'report' })
    addAnalyst({ tags: TAGGED })
    const { stderr } = await restoreUnasked(event(policy(ec2)))
    expect(stderr).toContain(
      'Warning: this trust policy is not as it should be for analyst (access-missing): the stack only reports (mode: report), so it tells of that and leaves it.',
    )
    expect(stderr).not.toContain('patches it again')
    expect(account.trustPolicy('analyst')).toEqual(policy(ec2))
  })

  test('where the role lost its tag, and the statement is taken back', async () => {
    addAnalyst()
    const { stderr } = await restore(event(policy(ec2, managed)), {}, '--yes', '--on-untag', 'revoke')
    expect(stderr).toMatch(/^Warning: this system takes its statement out of analyst again/m)
    expect(account.trustPolicy('analyst')).toEqual(policy(ec2, managed))
  })

  test.each<[string, object, object]>([
    ['the role is tagged and trusts Okta', TAGGED, policy(ec2, managed)],
    ['the role has no tag', {}, policy(ec2)],
  ])('and does not come where %s', async (_, tags, document) => {
    addAnalyst({ tags })
    const { stderr } = await restoreUnasked(event(document))
    expect(stderr).not.toContain('Warning')
  })
})

describe('nothing is written, and it ends with 1', () => {
  const refused = async (id: string) => {
    const { exitCode, stdout, stderr } = await restoreUnasked(id)
    expect({ exitCode, stdout, writes: account.writes }).toEqual({ exitCode: 1, stdout: '', writes: [] })
    return stderr
  }

  test('for an event that CloudTrail does not show', async () => {
    addAnalyst()
    expect(await refused('0f6c3e9a-d582-4b17-ae40-95c1b7d8f263')).toMatch(
      /Error: role analyst: CloudTrail shows no event 0f6c3e9a-\S+: .*; take one that `npx --no okta-role-trust history analyst` shows\n$/,
    )
  })

  test('for what is no id of an event', async () => {
    expect(await refused('latest')).toContain(
      "error: option '--to <event-id>' argument 'latest' is invalid. expected the id",
    )
  })

  test.each<[string, Readonly<Record<string, string>>, string]>([
    ['of another role', { roleName: 'other' }, 'is of the role other; take one'],
    ['of another call', { name: 'TagRole' }, 'is TagRole, which changes no trust policy; take one'],
    ['of a failed call', { errorCode: 'AccessDenied' }, 'a call of UpdateAssumeRolePolicy that failed (AccessDenied)'],
    ['of a deletion', { name: 'DeleteRole' }, 'deleted the role, and left no trust policy; take one'],
  ])('for an event %s', async (_, call, words) => {
    addAnalyst()
    expect(await refused(event(policy(ec2), call))).toContain(words)
  })

  test('for an event without a document', async () => {
    addAnalyst()
    const id = account.cloudTrail.recordCall({ name: 'UpdateAssumeRolePolicy', roleName: 'analyst', actor: TERRAFORM })
    expect(await refused(id)).toContain('holds no trust policy')
  })

  test('for an event that cannot be read', async () => {
    addAnalyst()
    const id = account.cloudTrail.record({ eventTime: new Date().toISOString() }, 'not JSON')
    expect(await refused(id)).toContain('cannot be read; take one that')
  })

  const dangling = { ...ec2, Principal: { AWS: 'AIDAEXAMPLEDELETED001' } }
  test.each<[string, string | object, string]>([
    ['names a deleted user', policy(dangling), 'principals of deleted users or roles: AIDAEXAMPLEDELETED001'],
    ['is malformed', policy({ ...ec2, Effect: 'Maybe' }), 'Statement[0].Effect: found "Maybe"'],
    ['is no JSON', '{', 'document: found text that is not JSON'],
    ['has no statement', policy(), 'IAM refuses a trust policy without statements'],
    ['holds a key twice', '{"Version":"2012-10-17","Version":"2012-10-17","Statement":[]}', 'it holds a key twice'],
    ['is longer than the quota', policy(LONG), 'characters without white space, and the quota is 2048'],
  ])('for a document that %s', async (_, document, words) => {
    addAnalyst()
    const said = await refused(event(document))
    expect(said).toContain('IAM would refuse its trust policy after event')
    expect(said).toContain(words)
  })

  test('for a document that may be too long, where the account does not tell its quota', async () => {
    account.detach()
    account = accountWithOkta({ quota: 4096 })
    addAnalyst()
    account.failNext('GetAccountSummary', accessDenied('iam:GetAccountSummary'))
    expect(await refused(event(policy(LONG)))).toMatch(
      /the quota is 2048; that quota is assumed, because .*AccessDenied/,
    )
  })

  test.each([
    ['a service-linked role', '/aws-service-role/x.amazonaws.com/', 'IAM does not let anybody change roles'],
    ['a role of IAM Identity Center', '/aws-reserved/sso.amazonaws.com/', 'IAM does not let anybody change roles'],
    ["one of this system's roles", '/okta-role-trust/', 'roles under /okta-role-trust/ belong to this system'],
  ])('for %s', async (_, path, words) => {
    addAnalyst({ path })
    expect(await refused(event(policy(ec2)))).toContain(words)
  })

  test('for a role that is gone', async () => {
    expect(await refused(event(policy(ec2)))).toContain('account 111122223333 has no role analyst')
  })
})

describe('a write', () => {
  /** What comes of it when something else happens at that moment. */
  async function disturbed(disturb: () => void) {
    addAnalyst()
    disturb()
    const { exitCode, stdout, stderr } = await restoreUnasked(event(policy(ec2)))
    return { exitCode, stderr, isTold: stdout.includes('restored'), document: account.trustPolicy('analyst') }
  }
  const untouched = { exitCode: 1, isTold: false, document: policy(lambda) }
  const failing = (error: Error) => () => account.failNext('UpdateAssumeRolePolicy', error)

  test('is not made where somebody changes the role after it was shown', async () => {
    const open = policy(ec2, lambda)
    const result = await disturbed(() => account.before('LookupEvents', () => account.setTrustPolicy('analyst', open)))
    expect(result).toMatchObject({ ...untouched, document: open })
    expect(result.stderr).toContain('its trust policy is no longer the one that was shown, and nothing was written')
  })

  test.each<[string, () => Error, string]>([
    ['that is denied', () => accessDenied('iam:UpdateAssumeRolePolicy'), 'lacks the permission iam:UpdateAssumeRole'],
    [
      'that IAM refuses',
      () => malformedPolicyDocument('Invalid principal'),
      'IAM refuses the trust policy, and nothing',
    ],
    ['beside another', concurrentModification, 'somebody else is changing it at this moment, and nothing was written'],
  ])('%s ends with 1', async (_, error, words) => {
    const result = await disturbed(failing(error()))
    expect(result).toMatchObject(untouched)
    expect(result.stderr).toContain(words)
  })

  test('to a role that is deleted at that moment ends with 1', async () => {
    addAnalyst()
    account.before('UpdateAssumeRolePolicy', () => account.deleteRole('analyst'))
    const { exitCode, stderr } = await restoreUnasked(event(policy(ec2)))
    expect(stderr).toContain('the role was deleted meanwhile, and nothing was written')
    expect(exitCode).toBe(1)
  })

  test('that IAM did not answer is told as made where a read shows it', async () => {
    const result = await disturbed(() =>
      account.disturbNext('UpdateAssumeRolePolicy', (carryOut) => {
        carryOut()
        throw connectionReset()
      }),
    )
    expect(result).toMatchObject({ exitCode: 0, isTold: true, document: policy(ec2) })
  })

  test('that IAM did not answer is not told as made where a read does not show it', async () => {
    const result = await disturbed(failing(connectionReset()))
    expect(result).toMatchObject(untouched)
    expect(result.stderr).toMatch(/IAM did not confirm it .*The trust policy from before is in force/)
    expect(account.countCalls('UpdateAssumeRolePolicy')).toBe(1)
  })

  test('that IAM did not answer may be followed by another', async () => {
    const result = await disturbed(() => {
      account.before('UpdateAssumeRolePolicy', () => account.setTrustPolicy('analyst', policy(ec2, lambda)))
      account.failNext('UpdateAssumeRolePolicy', connectionReset())
    })
    expect(result).toMatchObject({ exitCode: 1, isTold: false })
    expect(result.stderr).toContain('In force is neither the trust policy from before nor the restored one')
  })

  test('that IAM did not answer, and a role that cannot be read, leave it unknown', async () => {
    const result = await disturbed(() => {
      account.failNext('UpdateAssumeRolePolicy', connectionReset())
      account.failNext('GetRole', accessDenied('iam:GetRole'), { after: 2 })
    })
    expect(result).toMatchObject({ exitCode: 1, isTold: false })
    expect(result.stderr).toContain('What is in force is unknown')
  })
})
