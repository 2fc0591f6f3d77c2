import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Account } from '../../fake-aws/account.ts'
import { accessDenied, throttling } from '../../fake-aws/errors.ts'
import { addRealisticRoles } from '../../fake-aws/realistic-roles.ts'
import { accountWithOkta, ec2, managed, OKTA, policy, TAGGED } from '../functions.ts'
import { runCli, temporaryFolder } from './command-line.ts'

let account: Account
beforeEach(() => {
  account = accountWithOkta()
})
afterEach(() => {
  expect(account.writes).toEqual([])
})

const due = (name: string, path = '/') => account.addRole({ name, path, tags: TAGGED, document: policy(ec2) })

describe('plan', () => {
  test('shows a due role with its reason and the change as a unified diff, and ends with 2', async () => {
    due('analyst')
    const { stdout, exitCode } = await runCli(['plan'])
    expect(stdout).toMatch(/^ {2}planned {4}analyst {2}access-missing$/m)
    expect(stdout).toMatch(/^ +@@ -\d+,\d+ \+\d+,\d+ @@$/m)
    expect(stdout).toMatch(/^ +\+ +"Federated": "arn:aws:iam::111122223333:saml-provider\/Okta"$/m)
    expect(stdout.trimEnd().split('\n').at(-1)).toBe('  1 role, 1 in scope: 1 planned')
    expect(exitCode).toBe(2)
  })

  test('ends with 0 and says so where nothing is due', async () => {
    account.addRole({ name: 'right', tags: TAGGED, document: policy(ec2, managed) })
    const { stdout, exitCode } = await runCli(['plan'])
    expect(stdout).toBe('  1 role, 1 in scope: 1 unchanged\n  nothing is due\n')
    expect(exitCode).toBe(0)
  })

  test('ends with 0 and says so where no role is in scope', async () => {
    account.addRole({ name: 'untagged', document: policy(ec2) })
    const { stdout, exitCode } = await runCli(['plan'])
    expect(stdout).toBe('  1 role, 0 in scope\n  nothing is due\n')
    expect(exitCode).toBe(0)
  })

  test('tells of a grown account what is due, blocked, restricted, skipped and orphaned, with what to do', async () => {
    addRealisticRoles(account)
    const { stdout, exitCode } = await runCli(['plan'])
    const told = stdout.split('\n').filter((line) => /^ {2}\w/.test(line))
    expect(told).toEqual([
      '  blocked    vault-unsealer  explicit-deny',
      '  blocked    shared-deployer  quota',
      '  blocked    incident-responder  dangling-principal',
      '  planned    data-analyst  access-missing',
      '  planned    security-auditor  access-missing',
      '  planned    ml-engineer  managed-statement-differs',
      '  unchanged  finance-reporting  no-audience-condition',
      '  unchanged  billing-viewer  restricted-by-owner',
      '  skipped    AWSServiceRoleForAutoScaling  protected',
      '  orphaned   contractor-sandbox  has lost its tag and keeps the statement',
      '  14 roles, 11 in scope: 5 unchanged, 3 planned, 1 skipped, 3 blocked',
    ])
    expect(stdout).toContain('→ A Deny surely stops Okta. Narrow or remove it, or untag the role.')
    expect(stdout).toContain('→ Nothing, if that is meant. If people cannot sign in, look at that condition first.')
    expect(exitCode).toBe(2)
  })

  test('tells how many roles each exclusion matches, and warns of one that matches none', async () => {
    account.addRole({ name: 'root', path: '/break-glass/', tags: TAGGED, document: policy(ec2) })
    account.addRole({ name: 'untagged', path: '/break-glass/', document: policy(ec2) })
    const options = ['--no-stack', '--exclusions', '/break-glass/*,*/Root']
    const { stdout, stderr } = await runCli(['plan', '--json', ...options])
    expect(stderr).toContain('The exclusion /break-glass/* matches 2 roles.\n')
    expect(stderr).toContain('Warning: the exclusion */Root matches no role; correct it, unless you expect such a role')
    expect(JSON.parse(stdout)).toMatchObject({ roles: [{ roleName: 'root', kind: 'skipped' }] })
    const named = await runCli(['plan', '--role', 'untagged', ...options])
    expect(named.stderr).not.toContain('matches')
  })

  test('looks at the named roles only', async () => {
    due('one')
    due('two')
    due('three')
    const { stdout } = await runCli(['plan', '--role', 'one', '--role', 'three'])
    expect(stdout).toMatch(/2 roles, 2 in scope: 2 planned/)
    expect(stdout).not.toContain('two')
    expect(account.countCalls('GetAccountAuthorizationDetails')).toBe(0)
  })

  test('takes a role by its ARN, which must be its own', async () => {
    due('analyst', '/team/')
    const right = await runCli(['plan', '--role', 'arn:aws:iam::111122223333:role/team/analyst', '--role', 'analyst'])
    expect(right.stdout).toMatch(/1 role, 1 in scope: 1 planned/)
    const wrong = await runCli(['plan', '--role', 'arn:aws:iam::444455556666:role/team/analyst'])
    expect(wrong.stderr).toContain('account 111122223333 has arn:aws:iam::111122223333:role/team/analyst, not arn')
    expect([right.exitCode, wrong.exitCode]).toEqual([2, 1])
  })

  test('tells the same change of several roles once, below their names', async () => {
    for (const name of ['one', 'two', 'three']) due(name)
    account.addRole({ name: 'other', tags: TAGGED, document: policy({ ...ec2, Sid: 'Machines' }) })
    const { stdout } = await runCli(['plan'])
    expect(stdout).toMatch(
      /planned {4}one .*\n {2}planned {4}two .*\n {2}planned {4}three .*\n +all 3 alike:\n +@@[^@]+@@\n[^@]+planned {4}other {2}access-missing\n +@@/,
    )
    expect(stdout.match(/^ +@@/gm)).toHaveLength(2)
  })

  test('--summary tells one line a role', async () => {
    addRealisticRoles(account)
    const { stdout, exitCode } = await runCli(['plan', '--summary'])
    expect(stdout.trimEnd().split('\n')).toHaveLength(11)
    expect(stdout).toMatch(/^ {2}blocked {4}vault-unsealer {2}explicit-deny\n/)
    expect(exitCode).toBe(2)
  })

  test('does not say that nothing is due where a role could not be read', async () => {
    account.failNext('GetRole', accessDenied('iam:GetRole'), { role: 'denied' })
    const { stdout, exitCode } = await runCli(['plan', '--role', 'denied', '--role', 'misspelt'])
    expect(stdout).toMatch(
      /\n {2}nothing is due for the roles that could be read; what is due for 2 roles is not known\n$/,
    )
    expect(exitCode).toBe(1)
  })

  test('tells of many roles with long changes', async () => {
    for (let index = 0; index < 3_000; index += 1) {
      account.addRole({ name: `role-${index}`, tags: TAGGED, document: policy({ ...ec2, Sid: `Number${index}` }) })
    }
    const { stdout, exitCode } = await runCli(['plan'])
    expect(stdout.match(/^ +@@/gm)).toHaveLength(3_000)
    expect(exitCode).toBe(2)
  })

  test('looks at a path only', async () => {
    due('inside', '/team/')
    due('outside')
    const { stdout } = await runCli(['plan', '--path-prefix', '/team/'])
    expect(stdout).toContain('inside')
    expect(stdout).not.toContain('outside')
  })

  test.each([
    [['--role', 'a/b'], 'expected the name or ARN of a role'],
    [['--role', 'arn:aws:iam::111122223333:user/a'], 'expected the name or ARN of a role'],
    [['--summary', '--json'], "cannot be used with option '--summary'"],
    [['--path-prefix', 'team'], 'expected a path that starts and ends with /'],
    [['--role', 'a', '--path-prefix', '/team/'], "cannot be used with option '--path-prefix"],
  ])('refuses %s', async (options, why) => {
    const { exitCode, stdout, stderr } = await runCli(['plan', ...options])
    expect(stderr).toContain(why)
    expect({ exitCode, stdout, calls: account.calls }).toEqual({ exitCode: 1, stdout: '', calls: [] })
  })

  test('ends with 1 where a named role is not there, or cannot be read, and tells of the others', async () => {
    due('there')
    account.failNext('GetRole', accessDenied('iam:GetRole'), { role: 'denied' })
    const missing = await runCli(['plan', '--role', 'there', '--role', 'misspelt'])
    expect(missing.stdout).toMatch(/skipped {4}misspelt {2}gone\n +IAM knows no role of this name/)
    expect(missing.exitCode).toBe(1)
    const denied = await runCli(['plan', '--role', 'there', '--role', 'denied'])
    expect(denied.stdout).toMatch(
      /failed {5}denied\n +the caller lacks the permission iam:GetRole: allow it \(User: .*\)\n/,
    )
    expect(denied.stdout).toContain('planned    there')
    expect(denied.exitCode).toBe(1)
  })

  test('says in one line what is wrong where the roles cannot be read at all', async () => {
    account.failNext('GetAccountAuthorizationDetails', accessDenied('iam:GetAccountAuthorizationDetails'))
    const denied = await runCli(['plan'])
    expect(denied.stdout).toBe('')
    expect(denied.stderr).toMatch(
      /^Error: the caller lacks the permission iam:GetAccountAuthorizationDetails: allow it/m,
    )
    account.failNext('GetAccountAuthorizationDetails', throttling())
    const throttled = await runCli(['plan'])
    expect(throttled.stderr).toMatch(/^Error: AWS is throttling: .* run the command again/m)
    expect([denied.exitCode, throttled.exitCode]).toEqual([1, 1])
  })
})

describe('plan --json', () => {
  test('prints the report and nothing else', async () => {
    due('analyst')
    const { stdout, exitCode } = await runCli(['plan', '--json'])
    expect(JSON.parse(stdout)).toMatchObject({
      dryRun: true,
      providers: [OKTA],
      scanned: 1,
      counts: { planned: 1 },
      roles: [{ roleName: 'analyst', kind: 'planned', before: policy(ec2), after: policy(ec2, managed) }],
      orphaned: [],
      truncated: false,
    })
    expect(exitCode).toBe(2)
  })

  test('leaves nothing out of a report that would be too long for a Lambda', async () => {
    const long = { ...policy(ec2), Id: 'x'.repeat(1500) }
    for (let index = 0; index < 2_000; index += 1) {
      account.addRole({ name: `role-${index}`, tags: TAGGED, document: long })
    }
    const { stdout } = await runCli(['plan', '--json'])
    const report = JSON.parse(stdout)
    expect(stdout.length).toBeGreaterThan(6_291_456)
    expect(report.truncated).toBe(false)
    expect(report.roles.every((role: object) => 'after' in role)).toBe(true)
  })
})

test('plan --out saves the exact documents, and says how to apply them', async () => {
  const file = join(temporaryFolder(), 'plan.json')
  const before = JSON.stringify(policy(ec2), null, 1)
  account.addRole({ name: 'analyst', tags: TAGGED, document: before })
  const { stderr, exitCode } = await runCli(['plan', '--out', file])
  expect(stderr).toContain(`\`npx --no okta-role-trust apply ${file} --no-stack\``)
  expect(exitCode).toBe(2)
  expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({
    format: 'okta-role-trust plan 1',
    account: '111122223333',
    settings: { wanted: { providers: [OKTA] } },
    changes: [{ roleName: 'analyst', before, after: JSON.stringify(policy(ec2, managed)) }],
    report: { counts: { planned: 1 } },
  })
})

test('the hint to apply a saved plan is for a shell, and gives the options again that the plan was made with', async () => {
  const file = join(temporaryFolder(), "it's my plan.json")
  account.addRole({ name: 'analyst', tags: { sso: 'true' }, document: policy(ec2) })
  const options = ['--stage', 'prod', '--tag-key', 'sso', '--exclusions', '/x/*,*Admin*']
  const { stderr } = await runCli(['plan', '--out', file, ...options])
  const command = /`npx --no okta-role-trust (.*)`/.exec(stderr)?.[1] ?? ''
  const words = execFileSync('bash', ['-c', `printf '%s\\n' ${command}`], { encoding: 'utf8' })
    .trimEnd()
    .split('\n')
  expect(words).toEqual(
    expect.arrayContaining([file, '--no-stack', '--stage', 'prod', '--tag-key', 'sso', '--exclusions', '/x/*,*Admin*']),
  )
  const applied = await runCli([...words, '--yes'])
  expect(applied.stdout).toContain('of 1 planned: 1 patched')
  account.writes.length = 0
})

test('a plan that cannot be saved is shown all the same, and the file is named', async () => {
  due('analyst')
  const { stdout, stderr, exitCode } = await runCli(['plan', '--out', '/nosuch/x'])
  expect(stdout).toContain('planned    analyst')
  expect(stderr).toMatch(
    /^Error: \/nosuch\/x: the plan could not be saved; name a file that can be written \(ENOENT.*\)$/m,
  )
  expect(exitCode).toBe(1)
})

describe('what would make a terminal show something else is shown as what it is', () => {
  const ODD = 'a\u202eb\u009b31mc\u001b[31md\u0007e\rf\u061cg\u200bh\u2028i\u{e0041}j\u00a0k\u007fl'
  const SHOWN = 'a\\u202eb\\u009b31mc\\u001b[31md\\u0007e\\rf\\u061cg\\u200bh\\u2028i\\udb40\\udc41j\\u00a0k\\u007fl'
  const RAW = /[^\P{C}\n]|[\u00a0\u2028]/u

  test('in the JSON of a report, which stays the same JSON', async () => {
    const document = policy({ ...ec2, Condition: { StringEquals: { 'aws:x': ODD } } })
    account.addRole({ name: 'analyst', tags: TAGGED, document })
    const { stdout } = await runCli(['plan', '--json'])
    expect(stdout).toContain(SHOWN)
    expect(stdout).not.toMatch(RAW)
    expect(JSON.parse(stdout).roles[0].before).toEqual(document)
  })

  test.each([
    ['a key of the document', { ...policy(ec2), [ODD]: 1 }],
    ['an operator and a key of a condition', policy({ ...managed, Sid: 'x', Condition: { [ODD]: { [ODD]: 'x' } } })],
    ['a value', policy({ ...ec2, Sid: ODD })],
    ['a text that breaks the line', policy({ ...managed, Condition: { '\n  patched    x': { 'SAML:aud': 'x' } } })],
    ['a key that makes it malformed', policy({ ...ec2, Condition: { [`${ODD}\n`]: 1 } })],
  ])('in %s, by plan, explain and apply', async (_, document) => {
    account.addRole({ name: 'analyst', tags: TAGGED, document })
    for (const command of [['plan'], ['explain', 'analyst'], ['apply', '--no-stack']]) {
      const { stdout, stderr } = await runCli(command)
      expect(stdout + stderr).not.toMatch(RAW)
      expect(stdout + stderr).not.toMatch(/^ {2}patched/m)
    }
  })

  test('in what AWS answers, and in what was typed', async () => {
    account.failNext('GetParameter', Object.assign(new Error(ODD), { name: 'AccessDenied' }))
    expect((await runCli(['plan'])).stderr).not.toMatch(RAW)
    expect((await runCli(['plan', ODD])).stderr).not.toMatch(RAW)
    expect((await runCli(['explain', `./${ODD}`])).stderr).not.toMatch(RAW)
  })

  test('and beside the colours of this program', async () => {
    account.addRole({
      name: 'analyst',
      tags: TAGGED,
      document: policy({ ...ec2, Condition: { StringEquals: { 'aws:x': '\u001b[8m' } } }),
    })
    const { stdout } = await runCli(['plan'], { isTerminal: true })
    expect(stdout).toContain('\u001b[32m+')
    expect(stdout).not.toContain('\u001b[8m')
  })
})

describe('colours', () => {
  test('are there on a terminal, and never with NO_COLOR', async () => {
    due('analyst')
    const coloured = await runCli(['plan'], { isTerminal: true })
    expect(coloured.stdout).toContain('\u001b[32m+')
    const plain = await runCli(['plan'], { isTerminal: true, environment: { NO_COLOR: '1' } })
    expect(plain.stdout).not.toContain('\u001b')
  })

  test('go with progress on stderr, as far as that is a terminal', async () => {
    due('analyst')
    const { stdout, stderr } = await runCli(['plan'], { isTerminal: true })
    expect(stderr).toContain('reading roles 1')
    expect(stdout).not.toContain('reading roles')
  })

  test('are not there in a pipe, and neither is progress', async () => {
    due('analyst')
    const { stdout, stderr } = await runCli(['plan'])
    expect(stdout + stderr).not.toContain('\u001b')
    expect(stderr).not.toContain('reading roles')
  })
})
