import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import type { Account } from '../../fake-aws/account.ts'
import { ENVIRONMENT } from '../../fake-aws/environment.ts'
import {
  accessDenied,
  concurrentModification,
  connectionReset,
  malformedPolicyDocument,
} from '../../fake-aws/errors.ts'
import { AUDIENCE, accountWithOkta, ec2, managed, OKTA, PARAMETER, policy, TAGGED } from '../functions.ts'
import { type RunOptions, runCli, temporaryFolder } from './command-line.ts'

let account: Account
beforeEach(() => {
  account = accountWithOkta()
})

const addDue = (...names: readonly string[]) => {
  for (const name of names) account.addRole({ name, tags: TAGGED, document: policy(ec2) })
}
const lambda = { ...ec2, Principal: { Service: 'lambda.amazonaws.com' } }
const isTrusting = (name: string) => account.role(name).document?.includes(OKTA)

describe('apply', () => {
  test('changes what is due, tells of each role and the totals, and ends with 0', async () => {
    addDue('one', 'two')
    account.addRole({ name: 'untagged', document: policy(ec2) })
    const { stdout, exitCode } = await runCli(['apply', '--no-stack', '--yes'])
    expect(account.trustPolicy('one')).toEqual(policy(ec2, managed))
    expect(account.trustPolicy('two')).toEqual(policy(ec2, managed))
    expect(account.trustPolicy('untagged')).toEqual(policy(ec2))
    expect(stdout).toMatch(/^ {2}patched {4}one {2}access-missing$/m)
    expect(stdout.trimEnd().split('\n').at(-1)).toBe('  of 2 planned: 2 patched')
    expect(exitCode).toBe(0)
  })

  test('writes a trust policy longer than every account allows, where this account allows it', async () => {
    account.detach()
    account = accountWithOkta({ quota: 4096 })
    const long = { ...ec2, Condition: { StringEquals: { 'aws:SourceAccount': 'x'.repeat(2048) } } }
    account.addRole({ name: 'one', tags: TAGGED, document: policy(long) })
    await runCli(['apply', '--no-stack', '--yes'])
    expect(account.trustPolicy('one')).toEqual(policy(long, managed))
    expect(account.countCalls('GetAccountSummary')).toBe(1)
  })

  test('changes nothing by the defaults if nobody asked for them: the stack may have another name', async () => {
    addDue('one')
    const { stderr, exitCode } = await runCli(['apply', '--yes', '--stage', 'prdo'])
    expect(stderr).toContain('there is no stack okta-role-trust-prdo in us-east-1 to take the settings from')
    expect({ exitCode, writes: account.writes }).toEqual({ exitCode: 1, writes: [] })
  })

  test('shows the plan first', async () => {
    addDue('one')
    const { stdout } = await runCli(['apply', '--no-stack', '--yes'])
    expect(stdout.indexOf('planned    one')).toBeLessThan(stdout.indexOf('patched    one'))
    expect(stdout.match(/@@/g)).toHaveLength(2)
  })

  test('has nothing to do and nothing to ask where nothing is due', async () => {
    account.addRole({ name: 'right', tags: TAGGED, document: policy(managed) })
    const { stdout, exitCode } = await runCli(['apply', '--no-stack'], { isTerminal: true })
    expect(stdout).toContain('nothing is due')
    expect({ exitCode, writes: account.writes }).toEqual({ exitCode: 0, writes: [] })
  })

  test('changes the named roles only', async () => {
    addDue('one', 'two')
    await runCli(['apply', '--no-stack', '--yes', '--role', 'two'])
    expect([isTrusting('one'), isTrusting('two')]).toEqual([false, true])
  })

  test('leaves blocked roles, and ends with 0: they are no part of the plan', async () => {
    addDue('one')
    const deny = { Effect: 'Deny', Principal: '*', Action: '*' }
    account.addRole({ name: 'closed', tags: TAGGED, document: policy(deny) })
    const { stdout, exitCode } = await runCli(['apply', '--no-stack', '--yes'])
    expect(stdout).toMatch(/blocked {4}closed {2}explicit-deny/)
    expect(account.trustPolicy('closed')).toEqual(policy(deny))
    expect(exitCode).toBe(0)
  })

  test('ends with 1 where a named role is not there, though the others are changed', async () => {
    addDue('one')
    const { exitCode } = await runCli(['apply', '--no-stack', '--yes', '--role', 'one', '--role', 'misspelt'])
    expect([isTrusting('one'), exitCode]).toEqual([true, 1])
  })

  test('takes the statement out of a role that lost its tag, with --on-untag revoke', async () => {
    account.addRole({ name: 'left', document: policy(ec2, managed) })
    const { stdout, exitCode } = await runCli(['apply', '--no-stack', '--yes', '--on-untag', 'revoke'])
    expect(account.trustPolicy('left')).toEqual(policy(ec2))
    expect(stdout).toContain('of 1 planned: 1 withdrawn')
    expect(exitCode).toBe(0)
  })
})

test('a bar shows on a terminal how far it is', async () => {
  addDue('one', 'two')
  const { stderr, stdout } = await runCli(['apply', '--no-stack', '--yes'], { isTerminal: true })
  expect(stderr).toMatch(/changing roles [=-]+ 2\/2/)
  expect(stdout).not.toContain('changing roles')
})

describe('the question', () => {
  const answer = async (input: string) => {
    addDue('one')
    return runCli(['apply', '--no-stack'], { isTerminal: true, input, environment: { NO_COLOR: '1' } })
  }

  test('yes changes the roles', async () => {
    const { stderr, exitCode } = await answer('y')
    expect(stderr).toContain('Change the trust policies of 1 role in account 111122223333?')
    expect([isTrusting('one'), exitCode]).toEqual([true, 0])
  })

  test.each([
    ['no', 'n'],
    ['nothing but Enter', '\r'],
    ['Ctrl-C', '\u0003'],
    ['Ctrl-D', '\u0004'],
    ['Escape', '\u001b'],
  ])('%s changes nothing, and ends with 1', async (_, input) => {
    const { stderr, exitCode } = await answer(input)
    expect(stderr).toContain('Nothing was changed.')
    expect({ exitCode, writes: account.writes }).toEqual({ exitCode: 1, writes: [] })
  })

  test('whose input ends changes nothing, and ends with 1', async () => {
    addDue('one')
    const options = { isTerminal: true, endsInput: true, environment: { NO_COLOR: '1' } }
    const { stderr, exitCode } = await runCli(['apply', '--no-stack'], options)
    expect(stderr).toContain('Nothing was changed.')
    expect({ exitCode, writes: account.writes }).toEqual({ exitCode: 1, writes: [] })
  })

  test('is on stderr: stdout holds the answer alone', async () => {
    expect((await answer('y')).stdout).not.toContain('Change the trust policies')
  })

  test('cannot be asked without a terminal: nothing is read or changed', async () => {
    addDue('one')
    const { stdout, stderr, exitCode } = await runCli(['apply', '--no-stack'], { input: 'y' })
    expect(stderr).toMatch(
      /^Error: apply asks before it changes anything, and there is no terminal to ask on: .* add --yes$/m,
    )
    expect({ stdout, exitCode, calls: account.calls }).toEqual({ stdout: '', exitCode: 1, calls: [] })
  })
})

describe('a change that cannot be made', () => {
  test('fails alone, in words that say what to do', async () => {
    addDue('denied', 'fine')
    account.failNext('UpdateAssumeRolePolicy', accessDenied('iam:UpdateAssumeRolePolicy'), { role: 'denied' })
    const { stdout, exitCode } = await runCli(['apply', '--no-stack', '--yes'])
    expect(stdout).toMatch(/failed {5}denied\n +the caller lacks the permission iam:UpdateAssumeRolePolicy: allow it/)
    expect(stdout).toMatch(/of 2 planned: 1 (failed, 1 patched|patched, 1 failed)/)
    expect([isTrusting('denied'), isTrusting('fine'), exitCode]).toEqual([false, true, 1])
  })

  test('is blocked where IAM refuses it, with its words', async () => {
    addDue('refused')
    account.failNext('UpdateAssumeRolePolicy', malformedPolicyDocument('Invalid principal in policy'))
    const { stdout, exitCode } = await runCli(['apply', '--no-stack', '--yes'])
    expect(stdout).toMatch(
      /blocked {4}refused {2}refused-by-iam\n +MalformedPolicyDocument.*Invalid principal in policy/,
    )
    expect(exitCode).toBe(1)
  })

  test('is told as made where IAM took it though its answer was lost', async () => {
    addDue('unclear')
    account.before('UpdateAssumeRolePolicy', () => account.setTrustPolicy('unclear', policy(ec2, managed)))
    account.failNext('UpdateAssumeRolePolicy', connectionReset())
    const { stdout, exitCode } = await runCli(['apply', '--no-stack', '--yes'])
    expect(stdout).toContain('of 1 planned: 1 patched')
    expect(exitCode).toBe(0)
  })

  test('says so where the answer was lost and somebody else wrote then', async () => {
    addDue('unclear')
    account.before('UpdateAssumeRolePolicy', () => account.setTrustPolicy('unclear', policy(lambda)))
    account.failNext('UpdateAssumeRolePolicy', connectionReset())
    const { stdout, exitCode } = await runCli(['apply', '--no-stack', '--yes'])
    expect(stdout).toMatch(/outdated {3}unclear\n +the change was sent, IAM did not confirm it/)
    expect(account.trustPolicy('unclear')).toEqual(policy(lambda))
    expect(exitCode).toBe(1)
  })

  test('was not written where IAM says that somebody else changes the role, and the plan is outdated then', async () => {
    addDue('busy')
    account.before('UpdateAssumeRolePolicy', () => account.setTrustPolicy('busy', policy(lambda)))
    account.failNext('UpdateAssumeRolePolicy', concurrentModification())
    const { stdout } = await runCli(['apply', '--no-stack', '--yes'])
    expect(stdout).toMatch(
      /outdated {3}busy\n +its trust policy is no longer the one in the plan, and nothing was written/,
    )
    expect(account.trustPolicy('busy')).toEqual(policy(lambda))
  })

  test('is skipped where somebody changes the role between the plan and the write', async () => {
    addDue('moving', 'still')
    account.before('GetRole', () => account.setTrustPolicy('moving', policy(lambda)))
    const { stdout, exitCode } = await runCli(['apply', '--no-stack', '--yes'])
    expect(stdout).toMatch(
      /outdated {3}moving\n +its trust policy is no longer the one in the plan, and nothing was written/,
    )
    expect(account.trustPolicy('moving')).toEqual(policy(lambda))
    expect([isTrusting('still'), exitCode]).toEqual([true, 1])
  })
})

test('a provider that is replaced while the question waits is not written any more', async () => {
  addDue('one')
  vi.useFakeTimers({ toFake: ['Date'] })
  onTestFinished(() => {
    vi.useRealTimers()
  })
  account.before('GetRole', () => {
    account.putParameter(PARAMETER, account.addProvider('Okta-2027'))
    vi.setSystemTime(Date.now() + 6_000)
  })
  const { stdout, exitCode } = await runCli(['apply', '--no-stack', '--yes'])
  expect(stdout).toMatch(/outdated {3}one\n +what is due now is not what the plan says, and nothing was written/)
  expect({ exitCode, writes: account.writes }).toEqual({ exitCode: 1, writes: [] })
})

describe('credentials that end on the way', () => {
  const names = Array.from({ length: 12 }, (_, index) => `role-${index}`)
  test.each([
    ['expire', 'ExpiredToken'],
    ['are taken back', 'InvalidClientTokenId'],
  ])('stop it where they %s: what is left is unstarted, and not tried', async (_, name) => {
    addDue(...names)
    account.before('UpdateAssumeRolePolicy', () => {
      const gone = Object.assign(new Error('The security token included in the request is expired'), { name })
      for (const call of ['GetRole', 'UpdateAssumeRolePolicy'] as const) {
        account.failNext(call, gone, { times: Number.POSITIVE_INFINITY })
      }
    })
    const { stdout, exitCode } = await runCli(['apply', '--no-stack', '--yes'])
    expect(stdout.match(/unstarted/g)?.length).toBeGreaterThanOrEqual(names.length - 2 * 5)
    expect(stdout).toMatch(
      /failed {5}role-\d+\n +(the AWS credentials have expired|AWS does not accept the credentials)/,
    )
    expect(stdout).toMatch(
      /unstarted {2}role-11\n +AWS no longer accepts the credentials, and nothing was written; sign in, and run it again\n/,
    )
    expect(exitCode).toBe(1)
  })
})

describe('Ctrl-C', () => {
  test('finishes the writes in hand, begins no other, and tells which', async () => {
    const names = Array.from({ length: 12 }, (_, index) => `role-${index}`)
    addDue(...names)
    let press = () => {}
    account.before('UpdateAssumeRolePolicy', () => press())
    const { stdout, stderr, exitCode } = await runCli(['apply', '--no-stack', '--yes'], {
      withInterrupt: (pressCtrlC) => {
        press = pressCtrlC
      },
    })
    expect(stderr).toContain('Stopping after the writes in progress')
    const changed = names.filter(isTrusting)
    expect(changed.length).toBeGreaterThan(0)
    expect(changed.length).toBeLessThan(names.length)
    for (const name of names) {
      const line = isTrusting(name)
        ? `patched    ${name}  `
        : `unstarted  ${name}\n             stopped before its turn`
      expect(stdout).toContain(line)
    }
    expect(stdout).toContain(`of 12 planned: ${changed.length} patched, ${names.length - changed.length} unstarted`)
    expect(exitCode).toBe(1)
  })
})

/** What the tests change in a saved plan. */
interface EditablePlan {
  account: string
  settings: { wanted: { audiences: string[] } }
  changes: { roleName: string; after: string }[]
}

describe('a saved plan', () => {
  /** The file of a plan, changed by hand where the test says so. */
  async function savedPlan(tamper: (plan: EditablePlan) => void = () => {}, options: readonly string[] = []) {
    const file = join(temporaryFolder(), 'plan.json')
    await runCli(['plan', '--out', file, ...options])
    const plan = JSON.parse(readFileSync(file, 'utf8'))
    tamper(plan)
    writeFileSync(file, JSON.stringify(plan))
    return file
  }
  const apply = (file: string, ...options: readonly string[]) =>
    runCli(['apply', '--no-stack', file, '--yes', ...options])

  test('is shown and changes what it says, and nothing that became due since', async () => {
    addDue('planned')
    const file = await savedPlan()
    addDue('later')
    const { stdout, exitCode } = await apply(file)
    expect(stdout).toMatch(/planned {4}planned {2}access-missing\n +@@/)
    expect(account.trustPolicy('planned')).toEqual(policy(ec2, managed))
    expect(account.trustPolicy('later')).toEqual(policy(ec2))
    expect(stdout).toContain('of 1 planned: 1 patched')
    expect(exitCode).toBe(0)
  })

  test('of a withdrawal can be applied once more too', async () => {
    const revoke = ['--no-stack', '--on-untag', 'revoke']
    account.addRole({ name: 'untagged', document: policy(ec2, managed) })
    const file = await savedPlan(() => {}, revoke)
    for (const became of ['withdrawn', 'unchanged']) {
      const { stdout, exitCode } = await apply(file, ...revoke)
      expect(stdout).toContain(`of 1 planned: 1 ${became}`)
      expect(account.trustPolicy('untagged')).toEqual(policy(ec2))
      expect(exitCode).toBe(0)
    }
  })

  test('can be applied once more: what it says is in force', async () => {
    addDue('planned')
    const file = await savedPlan()
    await apply(file)
    const again = await apply(file)
    expect(again.stdout).toContain('of 1 planned: 1 unchanged')
    expect(again.exitCode).toBe(0)
    expect(account.writes).toHaveLength(1)
  })

  test('of a role whose document IAM shows with other white space still holds', async () => {
    addDue('planned')
    const file = await savedPlan()
    account.setTrustPolicy('planned', JSON.stringify(policy(ec2), null, 4))
    expect((await apply(file)).exitCode).toBe(0)
    expect(account.trustPolicy('planned')).toEqual(policy(ec2, managed))
  })

  test('skips and names each role that is no longer as it was', async () => {
    addDue('changed', 'untagged', 'deleted', 'same')
    const file = await savedPlan()
    account.setTrustPolicy('changed', policy(lambda))
    account.untagRole('untagged', ['okta-sso'])
    account.deleteRole('deleted')
    const { stdout, exitCode } = await apply(file)
    expect(stdout).toMatch(/outdated {3}changed\n/)
    expect(stdout).toMatch(/skipped {4}untagged {2}untagged\n/)
    expect(stdout).toMatch(/skipped {4}deleted {2}gone\n/)
    expect(account.trustPolicy('changed')).toEqual(policy(lambda))
    expect(account.trustPolicy('untagged')).toEqual(policy(ec2))
    expect([isTrusting('same'), exitCode]).toEqual([true, 1])
  })

  test('skips a role that needs no withdrawal any more', async () => {
    account.addRole({ name: 'back', document: policy(ec2, managed) })
    const file = await savedPlan(undefined, ['--on-untag', 'revoke'])
    account.tagRole('back', TAGGED)
    const { stdout, exitCode } = await apply(file, '--on-untag', 'revoke')
    expect(stdout).toMatch(/outdated {3}back\n +what is due now is not what the plan says, and nothing was written/)
    expect({ exitCode, writes: account.writes }).toEqual({ exitCode: 1, writes: [] })
  })

  test('that was tampered with opens no role wider', async () => {
    addDue('victim')
    const open = JSON.stringify(policy(ec2, { ...managed, Principal: { AWS: '*' } }))
    const file = await savedPlan((plan) => {
      plan.changes = plan.changes.map((change) => ({ ...change, after: open }))
    })
    const { stdout, exitCode } = await apply(file)
    expect(stdout).toMatch(/outdated {3}victim\n +what is due now is not what the plan says, and nothing was written/)
    expect({ exitCode, writes: account.writes }).toEqual({ exitCode: 1, writes: [] })
  })

  test('that names a role which is out of scope does not reach it', async () => {
    addDue('bait')
    account.addRole({ name: 'admin', document: policy(ec2) })
    const file = await savedPlan((plan) => {
      plan.changes = plan.changes.map((change) => ({ ...change, roleName: 'admin' }))
    })
    const { stdout } = await apply(file)
    expect(stdout).toMatch(/skipped {4}admin {2}untagged/)
    expect(account.writes).toEqual([])
  })

  test('cannot bring settings of its own', async () => {
    addDue('victim')
    const evil = 'https://evil.example/saml'
    const file = await savedPlan((plan) => {
      plan.settings.wanted.audiences = [evil]
      plan.changes = plan.changes.map((change) => ({ ...change, after: change.after.replace(AUDIENCE, evil) }))
    })
    const { stderr, exitCode } = await apply(file)
    expect(stderr).toMatch(
      /^Error: .*plan\.json was made with other settings: wanted was .*evil.* and is .*signin\.aws/m,
    )
    expect({ exitCode, writes: account.writes }).toEqual({ exitCode: 1, writes: [] })
  })

  test('holds only where the same options are given again', async () => {
    addDue('planned')
    const file = await savedPlan(undefined, ['--session-tags', 'true'])
    const without = await apply(file)
    expect(without.stderr).toContain('Give the same options, or make a new plan')
    expect([without.exitCode, isTrusting('planned')]).toEqual([1, false])
    expect((await apply(file, '--session-tags', 'true')).exitCode).toBe(0)
    expect(isTrusting('planned')).toBe(true)
  })

  test('of another account is refused', async () => {
    addDue('planned')
    const file = await savedPlan((plan) => {
      plan.account = '444455556666'
    })
    const { stderr, exitCode } = await apply(file)
    expect(stderr).toMatch(/is a plan for account 444455556666 \(aws\), and the credentials are for 111122223333/)
    expect({ exitCode, writes: account.writes }).toEqual({ exitCode: 1, writes: [] })
  })

  test.each<[string, (plan: EditablePlan) => void, RegExp]>([
    [
      'of another format',
      (plan) => Object.assign(plan, { format: 'plan 2' }),
      /format: found "plan 2", expected "okta/,
    ],
    ['without changes', (plan) => Reflect.deleteProperty(plan, 'changes'), /changes: found nothing, expected a list/],
    [
      'with an ARN for a name',
      (plan) => Object.assign(plan.changes[0] ?? {}, { roleName: 'a/b' }),
      /roleName: found "a\/b"/,
    ],
    ['with a role twice', (plan) => plan.changes.push(...plan.changes), /found a role twice, expected each once/],
  ])('%s is refused', async (_, tamper, why) => {
    addDue('planned')
    const { stderr, exitCode } = await apply(await savedPlan(tamper))
    expect(stderr).toMatch(why)
    expect({ exitCode, writes: account.writes }).toEqual({ exitCode: 1, writes: [] })
  })

  test('that is not there is told so in a script too, which nobody can answer', async () => {
    const { stderr, exitCode } = await runCli(['apply', '--no-stack', '/nosuch/plan.json'])
    expect(stderr).toMatch(/^Error: \/nosuch\/plan\.json: cannot be read; name a file that exists \(ENOENT/)
    expect({ exitCode, calls: account.calls }).toEqual({ exitCode: 1, calls: [] })
  })

  test('shows the same change of several roles once', async () => {
    addDue('one', 'two')
    const { stdout } = await apply(await savedPlan())
    expect(stdout).toMatch(/planned {4}one .*\n {2}planned {4}two .*\n +all 2 alike:\n +@@/)
  })

  test('that is not there or is no JSON is refused', async () => {
    const file = join(temporaryFolder(), 'plan.json')
    expect((await apply(file)).stderr).toContain(`Error: ${file}: cannot be read; name a file that exists`)
    writeFileSync(file, 'plan')
    expect((await apply(file)).stderr).toContain(
      `${file}, line 1, column 1: found text that is not JSON, expected a saved plan`,
    )
  })

  test('does not go with --role', async () => {
    const { stderr, exitCode } = await apply('plan.json', '--role', 'one')
    expect(stderr).toContain('a saved plan names its roles already')
    expect(exitCode).toBe(1)
  })

  test('of nothing asks nothing', async () => {
    const options: RunOptions = { isTerminal: true, environment: { NO_COLOR: '1' } }
    const { stdout, exitCode } = await runCli(['apply', '--no-stack', await savedPlan()], options)
    expect({ stdout, exitCode }).toEqual({ stdout: '  nothing is due\n', exitCode: 0 })
  })
})

describe('where the stack only reports', () => {
  const deployReporting = () => account.addFunction('okta-role-trust-dev-backfill', { ...ENVIRONMENT, MODE: 'report' })

  test('says so, asks as ever, and writes by the permissions of whoever runs it', async () => {
    deployReporting()
    addDue('one')
    const { stderr, exitCode } = await runCli(['apply'], {
      isTerminal: true,
      input: 'yes\n',
      environment: { NO_COLOR: '1' },
    })
    expect(stderr).toContain(
      'Warning: the stack okta-role-trust-dev only reports (mode: report): these changes are made with your own permissions, and the stack neither repeats nor repairs them.',
    )
    expect(stderr.indexOf('only reports')).toBeLessThan(stderr.indexOf('Change the trust policies of 1 role'))
    expect(account.trustPolicy('one')).toEqual(policy(ec2, managed))
    expect(exitCode).toBe(0)
  })

  test('writes nothing where the answer is no', async () => {
    deployReporting()
    addDue('one')
    const { exitCode } = await runCli(['apply'], { isTerminal: true, input: 'no\n', environment: { NO_COLOR: '1' } })
    expect({ exitCode, writes: account.writes }).toEqual({ exitCode: 1, writes: [] })
  })

  test('a plan is the one of a stack that writes', async () => {
    deployReporting()
    addDue('one')
    const { stdout } = await runCli(['plan'])
    expect(stdout).toMatch(/^ {2}planned {4}one {2}access-missing$/m)
  })
})
