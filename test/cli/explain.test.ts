import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Account } from '../../fake-aws/account.ts'
import { AUDIENCE, accountWithOkta, ec2, managed, OKTA, policy, TAGGED } from '../functions.ts'
import { runCli, temporaryFolder } from './command-line.ts'

let account: Account
beforeEach(() => {
  account = accountWithOkta()
})
afterEach(() => {
  expect(account.writes).toEqual([])
})

/** Longer than 2,048 characters, which every account allows. */
const LONG = { ...ec2, Condition: { StringEquals: { 'aws:SourceAccount': 'x'.repeat(2048) } } }
const signIn = { ...managed, Sid: 'People' }
const office = { IpAddress: { 'aws:SourceIp': '203.0.113.0/24' } }
const CALL = `sts:AssumeRoleWithSAML to ${OKTA} with the audience ${AUDIENCE}`

/** What is said of a tagged role with these statements. */
async function explained(...statements: readonly object[]) {
  account.addRole({ name: 'analyst', tags: TAGGED, document: policy(...statements) })
  const { stdout, exitCode } = await runCli(['explain', 'analyst'])
  expect(exitCode).toBe(0)
  return stdout
}

describe('a role', () => {
  test('is told statement by statement, with what is missing and what would be done', async () => {
    const said = await explained(ec2)
    expect(said).toContain('Role analyst (arn:aws:iam::111122223333:role/analyst)')
    expect(said).toContain(`Wanted: ${CALL}`)
    expect(said).toContain(
      '  Statement[0]\n    Is not about Okta: Principal {"Service":"ec2.amazonaws.com"} leaves the provider out.',
    )
    expect(said).toContain(`Missing: all of that`)
    expect(said).toMatch(/What would be done:\n {2}It would be written \(access-missing\):\n +@@/)
  })

  test.each<[string, string, object]>([
    ['lets Okta in', `Lets Okta in: it allows all of that.\n`, signIn],
    ['lets Okta in with any audience', 'It does so for any audience', { ...signIn, Condition: {} }],
    [
      'is restricted by its owner',
      `Lets Okta in as its owner decided: it allows all of that, tied to the condition IpAddress aws:SourceIp. That is never widened.`,
      { ...signIn, Condition: office },
    ],
    [
      'cannot be evaluated',
      'tied to a condition on SAML:aud that only a real sign-in can decide',
      { ...signIn, Condition: { StringEquals: { 'SAML:aud': `\${aws:x}` } } },
    ],
    [
      'keeps Okta out',
      `Keeps Okta out: it denies all of that, and a Deny wins`,
      { ...ec2, Effect: 'Deny', Principal: '*', Action: '*' },
    ],
    [
      'may keep Okta out',
      `May keep Okta out: it denies all of that, tied to the condition IpAddress aws:SourceIp.`,
      { Effect: 'Deny', Principal: '*', Action: '*', Condition: office },
    ],
    [
      'has an unknown effect',
      'Does nothing: its Effect is "Permit", neither "Allow" nor "Deny".',
      { ...signIn, Effect: 'Permit' },
    ],
    [
      'is restricted by its owner for another audience',
      `Does not let Okta in: its condition on SAML:aud fails for ${AUDIENCE}. It is tied to the condition IpAddress aws:SourceIp as well. That is never widened.`,
      { ...signIn, Condition: { StringEquals: { 'SAML:aud': 'https://x' }, ...office } },
    ],
    [
      'is restricted by its owner to an AWS caller',
      'Does not let Okta in: it allows all of that, tied to the condition StringEquals aws:PrincipalOrgID, which can never hold for Okta: in a sign-in by SAML that key is missing, or nothing matches it. That is never widened.',
      { ...signIn, Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-exampleorgid' }, ...office } },
    ],
    [
      'may keep Okta out by one of two conditions',
      `May keep Okta out: it denies all of that, tied to the condition IpAddress aws:SourceIp.`,
      {
        Effect: 'Deny',
        Principal: '*',
        Action: '*',
        Condition: { StringNotEquals: { 'aws:PrincipalOrgID': 'o-exampleorgid' }, ...office },
      },
    ],
    [
      'denies another audience to everybody',
      `Does not affect Okta: it denies that action to everybody, the provider included, but its condition on SAML:aud fails for ${AUDIENCE}.`,
      { Effect: 'Deny', Principal: '*', Action: '*', Condition: { StringEquals: { 'SAML:aud': 'https://x' } } },
    ],
    [
      'denies another action to everybody',
      'Does not affect Okta: it denies everybody, the provider included, but Action "sts:AssumeRole" does not cover sts:AssumeRoleWithSAML.',
      { Effect: 'Deny', Principal: '*', Action: 'sts:AssumeRole' },
    ],
    [
      'denies another action to the provider',
      'Does not affect Okta: it denies the provider, but Action "sts:AssumeRole" does not cover',
      { Effect: 'Deny', Principal: { Federated: OKTA }, Action: 'sts:AssumeRole' },
    ],
    [
      'denies it to AWS callers',
      'Does not affect Okta: it denies that action to everybody, the provider included, but it is tied to the condition Bool aws:MultiFactorAuthPresent, which can never hold for Okta',
      {
        Effect: 'Deny',
        Principal: { AWS: '*' },
        Action: '*',
        Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'false' } },
      },
    ],
    [
      'is for another audience',
      `provider and action are right, but its condition on SAML:aud fails for ${AUDIENCE}.`,
      { ...signIn, Condition: { StringEquals: { 'SAML:aud': 'https://x' } } },
    ],
    [
      'is about another action',
      'the provider is right, but Action "sts:TagSession" does not cover sts:AssumeRoleWithSAML.',
      { ...signIn, Action: 'sts:TagSession' },
    ],
    ['excludes the action', 'NotAction "sts:*" does not cover', { ...signIn, Action: undefined, NotAction: 'sts:*' }],
    ['trusts everybody', 'Does not count as trusting Okta: what Principal "*" means', { ...signIn, Principal: '*' }],
    [
      'denies it to another provider',
      'leaves the provider out.',
      { Effect: 'Deny', Principal: { Federated: `${OKTA}-EU` }, Action: '*' },
    ],
    [
      'denies it to the account',
      'May keep Okta out: it denies Action "*" to Principal {"AWS":"111122223333"}, and whether that reaches all of that is not certain.',
      { Effect: 'Deny', Principal: { AWS: '111122223333' }, Action: '*' },
    ],
  ])('is told in plain words if a statement %s', async (_, words, statement) => {
    expect(await explained(statement)).toContain(words)
  })

  test('has the statement of this system pointed out, and Sids named', async () => {
    const said = await explained({ ...ec2, Sid: 'Machines' }, managed)
    expect(said).toContain('  Statement[0] "Machines"\n')
    expect(said).toContain('  Statement[1] "OktaSso", written by okta-role-trust\n')
    expect(said).toContain('Nothing is missing.')
    expect(said).toMatch(/What would be done:\n {2}Nothing: the document is as it should be\.\n$/)
  })

  test.each([
    [`which is no longer wanted`, [`${OKTA}-2023`], `Lets in ${OKTA}-2023, which is no longer wanted.\n`],
    [
      'beside those that are wanted',
      [OKTA, `${OKTA}-2023`, `${OKTA}-2024`],
      `Lets Okta in: it allows all of that.\n    Lets in ${OKTA}-2023, ${OKTA}-2024, which are no longer wanted.\n`,
    ],
  ])('is told of a provider that its own statement lets in, %s', async (_, Federated, words) => {
    expect(await explained({ ...managed, Principal: { Federated } })).toContain(
      `  Statement[0] "OktaSso", written by okta-role-trust\n    ${words}`,
    )
  })

  test('is not told that a provider is let in which a Deny keeps out', async () => {
    const Principal = { Federated: `${OKTA}-2023` }
    const deny = { Effect: 'Deny', Principal, Action: 'sts:AssumeRoleWithSAML' }
    expect(await explained({ ...managed, Principal }, deny)).not.toContain('Lets in')
  })

  test('that is blocked is told why, and what to do', async () => {
    const said = await explained({ ...ec2, Principal: { AWS: 'AROAJQABLZS4A3QDU576Q' } })
    expect(said).toContain('Nothing, though something is due: it is blocked (dangling-principal).')
    expect(said).toContain('principals of deleted users or roles: AROAJQABLZS4A3QDU576Q')
    expect(said).toContain('→ The document names deleted users or roles by id')
  })

  test('longer than every account allows is held against the quota of the account', async () => {
    account.detach()
    account = accountWithOkta({ quota: 4096 })
    expect(await explained(LONG)).toContain('It would be written (access-missing)')
    account.addRole({ name: 'untagged', document: policy(LONG) })
    const { stdout } = await runCli(['explain', 'untagged'])
    expect(stdout).toMatch(/If it had the tag:\n {2}It would be written/)
  })

  test('that a Deny by a missing key stops is told which condition does it', async () => {
    const perimeter = { StringNotEquals: { 'aws:PrincipalOrgID': 'o-exampleorgid' } }
    const said = await explained(signIn, { Effect: 'Deny', Principal: '*', Action: '*', Condition: perimeter })
    expect(said).toContain('Keeps Okta out: it denies all of that')
    expect(said).toContain(
      'under StringNotEquals aws:PrincipalOrgID, which holds for every SAML sign-in, since that has no such key',
    )
  })

  test('with an audience left open by its owner is not told to remove the statement', async () => {
    const said = await explained({ ...signIn, Condition: office })
    expect(said).toContain('Note: no-audience-condition. Add a condition on `SAML:aud` to that Allow.')
    expect(said).not.toContain('remove the statement')
  })

  test('that its owner restricted is told that nothing counts as missing', async () => {
    const said = await explained({ ...signIn, Condition: office })
    expect(said).toContain('Nothing is missing: what an owner restricted counts as given, since it is never widened.')
    expect(said).toContain('Note: restricted-by-owner. Nothing, if that is meant.')
  })

  test('that cannot be read is told the place', async () => {
    account.addRole({ name: 'broken', tags: TAGGED, document: '{' })
    const { stdout } = await runCli(['explain', 'broken'])
    expect(stdout).toContain('It cannot be read. document: found text that is not JSON')
    expect(stdout).toContain('it is blocked (malformed)')
  })

  test('without the tag is told what the tag would do', async () => {
    account.addRole({ name: 'untagged', document: policy(ec2) })
    const { stdout } = await runCli(['explain', 'untagged'])
    expect(stdout).toContain(
      'What would be done:\n  Nothing, because the role has no tag okta-sso=true.\nIf it had the tag:\n',
    )
    expect(stdout).toMatch(/If it had the tag:\n {2}It would be written \(access-missing\)/)
  })

  test('that is protected is told so', async () => {
    account.addRole({ name: 'linked', path: '/aws-service-role/x/', tags: TAGGED, document: policy(ec2) })
    const { stdout } = await runCli(['explain', 'linked'])
    expect(stdout).toMatch(
      /What would be done:\n {2}Nothing, because IAM does not let anybody change roles under .*\.\n$/,
    )
  })

  test('that lost its tag is told of the withdrawal, where that is configured', async () => {
    account.addRole({ name: 'left', document: policy(ec2, managed) })
    const { stdout } = await runCli(['explain', 'left', '--on-untag', 'revoke'])
    expect(stdout).toContain('It would be written (withdrawal):')
  })

  test('can be given by its ARN, which must be its own', async () => {
    account.addRole({ name: 'analyst', path: '/team/', document: policy(ec2) })
    const right = await runCli(['explain', 'arn:aws:iam::111122223333:role/team/analyst'])
    expect(right.stdout).toContain('Role analyst')
    const wrong = await runCli(['explain', 'arn:aws:iam::444455556666:role/team/analyst'])
    expect(wrong.stderr).toContain('account 111122223333 has arn:aws:iam::111122223333:role/team/analyst, not arn')
    expect([right.exitCode, wrong.exitCode]).toEqual([0, 1])
  })

  test('that is not there is told with the way to name a file', async () => {
    const { stderr, exitCode } = await runCli(['explain', 'policy'])
    expect(stderr).toContain(
      'Error: account 111122223333 has no role policy: check the name and the profile; a file needs a slash in its name, such as ./policy',
    )
    expect(exitCode).toBe(1)
  })

  test('cannot have a name that IAM does not know', async () => {
    const { stderr } = await runCli(['explain', 'my role'])
    expect(stderr).toContain('Error: found "my role", expected the name or ARN of a role')
  })
})

describe('several calls', () => {
  test('are told each with its provider and audience, actions together', async () => {
    const entra = account.addProvider('Entra')
    account.addRole({
      name: 'analyst',
      tags: TAGGED,
      document: policy({ ...signIn, Action: ['sts:AssumeRoleWithSAML'] }),
    })
    const options = ['--no-stack', '--provider-arn', `${OKTA},${entra}`, '--session-tags', 'true']
    const { stdout } = await runCli(['explain', 'analyst', ...options])
    const both = 'sts:AssumeRoleWithSAML, sts:TagSession'
    const withAudience = `with the audience ${AUDIENCE}`
    expect(stdout).toContain(`Wanted: ${both} to ${OKTA} ${withAudience}; ${both} to ${entra} ${withAudience}\n`)
    expect(stdout).toContain(
      `Missing: sts:TagSession to ${OKTA} ${withAudience}; ${both} to ${entra} ${withAudience}\n`,
    )
  })
})

describe('a document', () => {
  const OFFLINE = ['--no-stack', '--provider-arn', OKTA]

  test('in a file is explained, without a word with AWS where all is given', async () => {
    const file = join(temporaryFolder(), 'policy')
    writeFileSync(file, JSON.stringify(policy(ec2)))
    const { stdout, stderr, exitCode } = await runCli(['explain', file, ...OFFLINE])
    expect(stdout).toContain(`The trust policy in ${file}`)
    expect(stdout).toMatch(/What would be done, if a tagged role had it:\n {2}It would be written/)
    expect(stderr).toBe(
      `Settings: the defaults except --provider-arn ${OKTA} (--no-stack).\nAssumed, since AWS is not asked: the account is 111122223333, IAM knows the SAML providers there, and a trust policy may have 2048 characters.\n`,
    )
    expect({ exitCode, calls: account.calls }).toEqual({ exitCode: 0, calls: [] })
  })

  test('from the standard input is explained by the account where nothing else is given', async () => {
    const { stdout } = await runCli(['explain', '-'], { input: JSON.stringify(policy(managed)) })
    expect(stdout).toContain('The trust policy in the standard input')
    expect(stdout).toContain('Nothing is missing.')
    expect(account.countCalls('GetParameter')).toBe(1)
  })

  test.each([
    ['nothing', '', 'found nothing'],
    ['white space', ' \n', 'found nothing'],
    ['a list', '[1, 2]', 'found a list of 2'],
    ['far too long', 'x '.repeat(500_001), 'found 1000002 characters'],
    ['null', 'null', 'found null'],
    ['a number', '7', 'found 7'],
    ['another object', '{"Roles": 1, "x": 2}', 'found an object with Roles, x'],
    [
      'several roles',
      '{"Roles": [{"AssumeRolePolicyDocument": {}}, {"AssumeRolePolicyDocument": {}}]}',
      'found 2 roles',
    ],
    ['a role without its trust policy', '{"Role": {"RoleName": "x"}}', 'found a role without AssumeRolePolicyDocument'],
    ['a saved plan', '{"format": "okta-role-trust plan 1", "changes": []}', 'found a saved plan'],
    ['a comma too many', '{\n  "a": [1, 2],\n}', 'line 3, column 1: found text that is not JSON'],
    ['a word', '{"a": tru}', 'line 1, column 7: found text that is not JSON'],
    ['a text without an end', '{"a":\n "b', 'line 2, column 2: found text that is not JSON'],
    ['half an object', '{"a": {', 'line 1, column 8: found text that is not JSON'],
    ['two values', '{} {}', 'line 1, column 4: found text that is not JSON'],
    ['YAML', 'Version: 2012-10-17\n', 'line 1, column 1: found text that is not JSON'],
    ['a line break in a text', '{"a": "b\nc"}', 'line 1, column 7: found text that is not JSON'],
    ['a depth that no policy has', `${'['.repeat(5000)}${']'.repeat(5000)}`, 'nested deeper than 32 levels'],
    [
      'a role whose URL-encoding is cut short',
      JSON.stringify({ Role: { AssumeRolePolicyDocument: '%7B%2' } }),
      'not JSON',
    ],
  ])('is an error that says what was found where it is %s', async (_, input, found) => {
    const { stdout, stderr, exitCode } = await runCli(['explain', '-', ...OFFLINE], { input })
    expect(stderr).toMatch(
      /^Error: the standard input(, line|:) .*, expected a trust policy as JSON, or what `aws iam get-role /,
    )
    expect(stderr).toContain(found)
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 1 })
  })

  const described = { RoleName: 'analyst', Arn: 'arn:x', AssumeRolePolicyDocument: policy(managed) }
  test.each([
    ['aws iam get-role', { Role: described }],
    ['aws iam list-roles, of one role', { Roles: [described] }],
    ['aws iam get-account-authorization-details, of one role', { RoleDetailList: [described], IsTruncated: false }],
    ['aws iam get-role --query Role', described],
    [
      'the API, where it is URL-encoded',
      { Role: { ...described, AssumeRolePolicyDocument: encodeURIComponent(JSON.stringify(policy(managed))) } },
    ],
  ])('is taken out of what a role is described by: %s', async (_, answer) => {
    const { stdout, exitCode } = await runCli(['explain', '-', ...OFFLINE], { input: JSON.stringify(answer) })
    expect(stdout).toContain('The trust policy of the role analyst in the standard input\n')
    expect(stdout).toContain('Nothing is missing.')
    expect(exitCode).toBe(0)
  })

  test.each([
    ['UTF-16, as Windows PowerShell writes', Buffer.from(`\ufeff${JSON.stringify(policy(managed))}`, 'utf16le')],
    ['UTF-8 with a mark', Buffer.from(`\ufeff${JSON.stringify(policy(managed))}`)],
  ])('may be in %s', async (_, bytes) => {
    const file = join(temporaryFolder(), 'policy.json')
    writeFileSync(file, bytes)
    expect((await runCli(['explain', file, ...OFFLINE])).stdout).toContain('Nothing is missing.')
  })

  test('that is no text is an error', async () => {
    const file = join(temporaryFolder(), 'policy.json')
    writeFileSync(file, Buffer.from([0x7b, 0xc3, 0x28]))
    const { stderr, exitCode } = await runCli(['explain', file, ...OFFLINE])
    expect(stderr).toContain(`Error: ${file}: found bytes that are not UTF-8`)
    expect(exitCode).toBe(1)
  })

  test('without statements has none', async () => {
    const { stdout } = await runCli(['explain', '-', ...OFFLINE], { input: '{}' })
    expect(stdout).toContain('It has no statements.')
    expect(stdout).toContain('It would be written (no-statements):')
  })

  test('longer than every account allows is told that the quota is assumed, where AWS is not asked', async () => {
    const { stdout } = await runCli(['explain', '-', ...OFFLINE], { input: JSON.stringify(policy(LONG)) })
    expect(stdout).toMatch(
      /blocked \(quota\)\.\n {4}the trust policy would have \d{4} .* quota is 2048; that quota is assumed, because AWS was not asked\n/,
    )
    expect(account.calls).toEqual([])
  })

  test('longer than every account allows is held against the quota of the account, where AWS is asked', async () => {
    account.detach()
    account = accountWithOkta({ quota: 4096 })
    const { stdout } = await runCli(['explain', '-'], { input: JSON.stringify(policy(LONG)) })
    expect(stdout).toContain('It would be written (access-missing)')
  })

  test('with a long list of principals is cut short', async () => {
    const accounts = Array.from({ length: 50 }, (_, index) => `${200000000000 + index}`)
    const input = JSON.stringify(policy({ ...ec2, Principal: { AWS: accounts } }))
    const { stdout } = await runCli(['explain', '-', ...OFFLINE], { input })
    expect(stdout).toMatch(/Principal {"AWS":\["200000000000",.{100,160}… leaves the provider out/)
  })

  test.each(['./not-there', 'not-there.json'])('that is not there is an error: %s', async (file) => {
    const { stderr, exitCode } = await runCli(['explain', file])
    expect(stderr).toContain(`Error: ${file}: cannot be read; name a file that exists (`)
    expect({ exitCode, calls: account.calls }).toEqual({ exitCode: 1, calls: [] })
  })
})

describe('as JSON', () => {
  const OFFLINE = ['--no-stack', '--provider-arn', OKTA]
  const call = { provider: OKTA, action: 'sts:AssumeRoleWithSAML', audience: AUDIENCE }
  const deny = { Effect: 'Deny', Principal: '*', Action: '*' }

  async function explainedJson(args: readonly string[], input = '') {
    const { stdout, exitCode } = await runCli(['explain', ...args, '--json'], { input })
    const { statements, ...rest } = JSON.parse(stdout)
    return { exitCode, statements, rest }
  }

  test.each([
    ['nothing is due', [managed], 0, { kind: 'unchanged', notes: [], missing: [] }],
    [
      'a change is due',
      [ec2],
      2,
      {
        kind: 'planned',
        reason: 'access-missing',
        notes: [],
        before: policy(ec2),
        after: policy(ec2, managed),
        missing: [call],
      },
    ],
    [
      'it is blocked',
      [ec2, deny],
      1,
      {
        kind: 'blocked',
        reason: 'explicit-deny',
        detail: expect.stringContaining('Statement'),
        notes: [],
        before: policy(ec2, deny),
        missing: [call],
      },
    ],
  ])('a file where %s has its exit code', async (_, statements, exitCode, rest) => {
    const said = await explainedJson(['-', ...OFFLINE], JSON.stringify(policy(...statements)))
    expect(said).toMatchObject({ exitCode, rest: { roleName: null, arn: null, wanted: [call], ...rest } })
    expect(said.statements.map(({ statement }: { statement: object }) => statement)).toEqual(statements)
    expect(account.calls).toEqual([])
  })

  test('each statement says what it does to each wanted call', async () => {
    const { statements } = await explainedJson(
      ['-', ...OFFLINE],
      JSON.stringify(policy({ ...signIn, Condition: office }, managed)),
    )
    expect(statements).toMatchObject([
      { managed: false, calls: [{ ...call, effect: 'restricts' }], otherConditions: ['IpAddress aws:SourceIp'] },
      { managed: true, calls: [{ ...call, effect: 'gives' }], otherConditions: [] },
    ])
  })

  test('a document that cannot be read is blocked, without statements', async () => {
    const { exitCode, statements, rest } = await explainedJson(['-', ...OFFLINE], '{"Statement": [7]}')
    expect({ exitCode, statements, kind: rest.kind, reason: rest.reason }).toEqual({
      exitCode: 1,
      kind: 'blocked',
      reason: 'malformed',
    })
  })

  test('a role without the tag is skipped, with what the tag would do', async () => {
    account.addRole({ name: 'untagged', document: policy(ec2) })
    const { exitCode, rest } = await explainedJson(['untagged'])
    expect(exitCode).toBe(0)
    expect(rest).toMatchObject({
      roleName: 'untagged',
      arn: 'arn:aws:iam::111122223333:role/untagged',
      kind: 'skipped',
      reason: 'untagged',
      withTag: { kind: 'planned', after: policy(ec2, managed) },
    })
  })

  test('a tagged role that is due has the same', async () => {
    account.addRole({ name: 'analyst', tags: TAGGED, document: policy(ec2) })
    const { exitCode, rest } = await explainedJson(['analyst'])
    expect(exitCode).toBe(2)
    expect(rest).toMatchObject({ roleName: 'analyst', kind: 'planned', after: policy(ec2, managed) })
  })

  test('an error leaves no answer', async () => {
    const { stdout, stderr, exitCode } = await runCli(['explain', '-', '--json', ...OFFLINE], { input: '[]' })
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 1 })
    expect(stderr).toContain('Error: the standard input: found a list of 0')
  })
})
