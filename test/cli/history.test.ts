import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Account } from '../../fake-aws/account.ts'
import { accessDenied } from '../../fake-aws/errors.ts'
import { sample } from '../../fake-aws/invocation.ts'
import { accountWithOkta, ec2, managed, policy, TAGGED } from '../functions.ts'
import { runCli } from './command-line.ts'

const TERRAFORM = 'arn:aws:iam::111122223333:user/terraform'
const MINUTE = 60_000
const lambda = { ...ec2, Principal: { Service: 'lambda.amazonaws.com' } }

let account: Account
let now: number
beforeEach(() => {
  account = accountWithOkta()
  now = Date.now()
})
afterEach(() => {
  expect(account.writes).toEqual([])
})

const ago = (minutes: number) => now - minutes * MINUTE
const timeText = (time: number) => new Date(time).toISOString().replace(/\.\d+/, '')

/** Adds the role that terraform made and this system patched: both stand in CloudTrail. */
function addPatchedRole(name = 'analyst') {
  account.addRole({ name, tags: TAGGED, document: policy(ec2, managed) })
  const [creation, patch] = [ago(60), ago(59)]
  const created = { name: 'CreateRole', roleName: name, actor: TERRAFORM, document: policy(ec2), time: creation }
  const patched = { name: 'UpdateAssumeRolePolicy', roleName: name, document: policy(ec2, managed), time: patch }
  return {
    creation,
    patch,
    ids: [account.cloudTrail.recordCall(created), account.cloudTrail.recordCall(patched)] as const,
  }
}

const writeOf = (roleName: string, minutesAgo: number, ...statements: readonly object[]) =>
  account.cloudTrail.recordCall({
    name: 'UpdateAssumeRolePolicy',
    roleName,
    actor: TERRAFORM,
    document: policy(...statements),
    time: ago(minutesAgo),
  })

async function history(...args: readonly string[]) {
  const result = await runCli(['history', 'analyst', ...args])
  expect(result).toMatchObject({ exitCode: 0, stderr: '' })
  return result.stdout
}
const historyJson = async () => JSON.parse(await history('--json'))

describe('history', () => {
  test('tells of each call when, who, and what changed, the earliest first', async () => {
    const { creation, patch, ids } = addPatchedRole()
    const said = await history()
    expect(said.split('\n').slice(0, 6)).toEqual([
      expect.stringMatching(
        /^Role analyst \(arn:aws:iam::111122223333:role\/analyst\), by CloudTrail in us-east-1 since /,
      ),
      '',
      `  ${timeText(creation)}  CreateRole by somebody else`,
      `      by     ${TERRAFORM}`,
      `      event  ${ids[0]}`,
      expect.stringMatching(/^ {6}@@ -\d,0 \+1,12 @@$/),
    ])
    expect(said).toMatch(new RegExp(`\n  ${timeText(patch)}  UpdateAssumeRolePolicy by this system\n`))
    expect(said).toMatch(/\n {6}\+ +"Sid": "OktaSso",\n/)
    expect(said).not.toContain('now')
    expect(said.match(/@@ /g)).toHaveLength(2)
  })

  test.each([true, false])('finds the writes, whether CloudTrail lists the role of them (%s)', async (lists) => {
    account.cloudTrail.listsRoleOfWrites = lists
    addPatchedRole()
    writeOf('other', 30, lambda)
    expect((await historyJson()).changes).toMatchObject([
      { call: 'CreateRole', before: null, after: policy(ec2), isOwn: false, actor: TERRAFORM },
      { call: 'UpdateAssumeRolePolicy', before: policy(ec2), after: policy(ec2, managed), isOwn: true },
    ])
    expect(account.countCalls('LookupEvents')).toBe(lists ? 1 : 2)
  })

  test.each([
    ['dev', 'okta-role-trust-dev-backfill', true],
    ['dev', 'okta-role-trust-dev-2-backfill', false],
    ['dev', 'mine', false],
    ['dev-2', 'okta-role-trust-dev-2-backfill', true],
    ['dev-2', 'okta-role-trust-dev-backfill', false],
  ])('calls a write "this system" by the exact names of the stage: in %s a write of %s', async (stage, role, isOwn) => {
    account.addRole({ name: 'analyst', document: policy(ec2) })
    const { detail } = sample('own-update')
    const theirs = JSON.stringify({ ...detail, eventTime: new Date().toISOString() })
      .replaceAll('data-analyst', 'analyst')
      .replaceAll('okta-role-trust-dev-role-event', role)
    account.cloudTrail.record(JSON.parse(theirs))
    const { stdout } = await runCli(['history', 'analyst', '--json', '--stage', stage])
    expect(JSON.parse(stdout).changes).toMatchObject([{ isOwn }])
  })

  test('says that nobody knows what stood before the earliest write, and shows what that wrote', async () => {
    account.addRole({ name: 'analyst', document: policy(lambda) })
    writeOf('analyst', 30, ec2)
    writeOf('analyst', 20, lambda)
    const said = await history()
    expect(said).toMatch(/What was there before is unknown: CloudTrail does not show it\. It wrote:\n {7}\{\n/)
    expect(said.match(/is unknown/g)).toHaveLength(1)
    expect(said).toMatch(/\n {6}- .*ec2\.amazonaws\.com.*\n {6}\+ .*lambda\.amazonaws\.com/)
    const { changes } = await historyJson()
    expect(changes[0]).not.toHaveProperty('before')
    expect(changes[1].before).toEqual(policy(ec2))
  })

  test('says that a write changed nothing', async () => {
    addPatchedRole()
    writeOf('analyst', 10, ec2, managed)
    expect(await history()).toContain('The trust policy stayed the same.')
  })

  test('leaves out failed calls, other calls, other roles, and other services', async () => {
    addPatchedRole()
    const failed = { name: 'UpdateAssumeRolePolicy', roleName: 'analyst', actor: TERRAFORM, errorCode: 'AccessDenied' }
    account.cloudTrail.recordCall(failed)
    account.cloudTrail.recordCall({ name: 'TagRole', roleName: 'analyst', actor: TERRAFORM })
    writeOf('analyst2', 10, lambda)
    account.cloudTrail.record({
      eventName: 'DeleteRole',
      eventSource: 'x.amazonaws.com',
      eventTime: new Date(now).toISOString(),
      userIdentity: {},
      requestParameters: { roleName: 'analyst' },
    })
    expect((await historyJson()).changes).toHaveLength(2)
  })

  test('tells of a role that was deleted and made again', async () => {
    const { ids } = addPatchedRole()
    account.cloudTrail.recordCall({ name: 'DeleteRole', roleName: 'analyst', actor: TERRAFORM, time: ago(20) })
    const again = { name: 'CreateRole', roleName: 'analyst', actor: TERRAFORM, document: policy(ec2, managed) }
    account.cloudTrail.recordCall({ ...again, time: ago(10) })
    const { changes } = await historyJson()
    expect(changes).toMatchObject([
      { eventId: ids[0] },
      { eventId: ids[1] },
      { call: 'DeleteRole', before: policy(ec2, managed), after: null },
      { call: 'CreateRole', before: null, after: policy(ec2, managed) },
    ])
  })

  test('tells of a role that is gone', async () => {
    addPatchedRole()
    account.cloudTrail.recordCall({ name: 'DeleteRole', roleName: 'analyst', actor: TERRAFORM })
    account.deleteRole('analyst')
    const said = await history()
    expect(said).toMatch(/^Role analyst \(it is gone\)/)
    expect(said).toMatch(/DeleteRole by somebody else\n/)
    expect(said).not.toContain('  now  ')
  })

  test('has a word for a role without changes', async () => {
    account.addRole({ name: 'analyst', document: policy(ec2) })
    expect(await history()).toContain('CloudTrail shows no change of its trust policy.')
  })

  test('is not told as shown where no change is', async () => {
    account.addRole({ name: 'analyst', document: policy(ec2) })
    expect((await historyJson()).now).toEqual({ after: policy(ec2), isShown: false })
  })
})

describe('what CloudTrail does not show yet', () => {
  test('stands last, with what changed', async () => {
    addPatchedRole()
    account.cloudTrail.lag = 15 * MINUTE
    account.overwriteTrustPolicy('analyst', policy(lambda), TERRAFORM)
    const said = await history()
    const [, unseen = ''] = said.split('  now  ')
    expect(unseen).toMatch(/^changed by a call that CloudTrail does not show yet\n/)
    expect(unseen).toMatch(/\n {6}\+ .*lambda\.amazonaws\.com/)
    expect((await historyJson()).now).toEqual({ after: policy(lambda), isShown: false })
  })

  test('is not a change that comes while the history is read, and that it shows', async () => {
    addPatchedRole()
    account.before('LookupEvents', () => account.overwriteTrustPolicy('analyst', policy(lambda), TERRAFORM))
    const { changes, now } = await historyJson()
    expect(changes.at(-1).after).toEqual(policy(lambda))
    expect(now).toEqual({ after: policy(lambda), isShown: true })
  })

  test('may be that the role was deleted', async () => {
    addPatchedRole()
    account.deleteRole('analyst')
    expect(await history()).toMatch(/ {2}now {2}changed by .*\n {6}The role is gone\.\n$/)
  })

  const by = (principals: object) => ({ ...ec2, Principal: principals })
  test.each<[string, object, object]>([
    ['a list of one as its only member', { ...lambda, Action: ['sts:AssumeRole'] }, lambda],
    ['an account as its root', by({ AWS: '444455556666' }), by({ AWS: 'arn:aws:iam::444455556666:root' })],
    ['a list in another order', by({ Service: ['a.com', 'b.com'] }), by({ Service: ['b.com', 'a.com'] })],
  ])('is not that IAM shows %s', async (_, sent, shown) => {
    account.addRole({ name: 'analyst', document: policy(shown) })
    writeOf('analyst', 30, sent)
    expect(await history()).not.toContain('  now  ')
  })
})

describe('an incomplete history says so', () => {
  const noise = (count: number, minutesAgo: number) => {
    for (let index = 0; index < count; index += 1) writeOf(`other-${index}`, minutesAgo, lambda)
  }

  test('where there are too many writes of other roles, and takes no change for the one before', async () => {
    account.cloudTrail.listsRoleOfWrites = false
    addPatchedRole()
    noise(3001, 30)
    writeOf('analyst', 10, lambda)
    const { completeSince, changes } = await historyJson()
    expect(completeSince).toBe(timeText(ago(30)))
    expect(changes).toMatchObject([{ call: 'CreateRole' }, { call: 'UpdateAssumeRolePolicy', after: policy(lambda) }])
    expect(changes[1]).not.toHaveProperty('before')
    const said = await history()
    expect(said).toMatch(/\n {2}Not complete before \S+Z: CloudTrail has more than 3000 matching records/)
    expect(said).toContain('What was there before is unknown')
  })

  test('where the role itself is read too often, and looks for its writes by their name then', async () => {
    for (let index = 0; index < 3001; index += 1) {
      account.cloudTrail.recordCall({ name: 'GetRole', roleName: 'analyst', actor: TERRAFORM, time: ago(5) })
    }
    addPatchedRole()
    writeOf('analyst', 1, lambda)
    const { completeSince, changes } = await historyJson()
    expect(changes).toMatchObject([{ after: policy(ec2, managed) }, { after: policy(lambda) }])
    expect(changes[1]).not.toHaveProperty('before')
    expect(completeSince).toBe(timeText(ago(5)))
  })

  test('where there are exactly as many records as it reads, it is complete', async () => {
    account.cloudTrail.listsRoleOfWrites = false
    noise(2999, 30)
    addPatchedRole()
    const { completeSince, since } = await historyJson()
    expect(completeSince).toBe(since)
  })

  test('where a record cannot be read, though both lookups find it', async () => {
    const detail = { eventName: 'UpdateAssumeRolePolicy', eventTime: new Date(now).toISOString() }
    account.cloudTrail.record({ ...detail, requestParameters: { roleName: 'analyst' } }, 'not JSON')
    account.cloudTrail.listsRoleOfWrites = false
    addPatchedRole()
    expect(await history()).toContain('Records that could not be read, and may be about this role: 1.')
    expect(account.countCalls('LookupEvents')).toBe(2)
  })

  test('where the record of a write holds no document', async () => {
    const { ids } = addPatchedRole()
    account.cloudTrail.recordCall({ name: 'UpdateAssumeRolePolicy', roleName: 'analyst', actor: TERRAFORM })
    expect(ids).toHaveLength(2)
    const said = await history()
    expect(said).toContain('What it wrote is unknown: its record holds no trust policy.')
    expect(said).not.toContain('  now  ')
  })
})

describe('history ends with 1', () => {
  const failing = async (...args: readonly string[]) => {
    const { exitCode, stdout, stderr } = await runCli(['history', ...args])
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' })
    return stderr
  }

  test('for a role that neither IAM nor CloudTrail knows', async () => {
    expect(await failing('misspelt')).toMatch(
      /^Error: account 111122223333 has no role misspelt, and CloudTrail shows none in us-east-1: check the name/,
    )
  })

  test('for an ARN of another role of the name', async () => {
    account.addRole({ name: 'analyst', document: policy(ec2) })
    expect(await failing('arn:aws:iam::444455556666:role/analyst')).toContain('check the ARN and the profile')
  })

  test('for what is no name of a role', async () => {
    expect(await failing('a b')).toContain('found "a b", expected the name or ARN of a role')
  })

  test('where the caller may not look up events', async () => {
    addPatchedRole()
    account.failNext('LookupEvents', accessDenied('cloudtrail:LookupEvents'))
    expect(await failing('analyst')).toMatch(
      /^Error: the caller lacks the permission cloudtrail:LookupEvents: allow it/,
    )
  })
})

test('progress shows on a terminal only, and colours too', async () => {
  addPatchedRole()
  const { stdout, stderr } = await runCli(['history', 'analyst'], { isTerminal: true })
  expect(stderr).toContain('reading CloudTrail, page 1')
  expect(stdout).toContain('\u001b[32m+')
  expect(await history()).not.toContain('\u001b')
})
