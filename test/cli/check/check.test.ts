import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Account } from '../../../fake-aws/account.ts'
import { ENVIRONMENT } from '../../../fake-aws/environment.ts'
import { accountWithOkta, ec2, managed, OKTA, policy, TAGGED } from '../../functions.ts'
import { runCli } from '../command-line.ts'
import { fileOf, OFFLINE } from './check-files.ts'

let account: Account
beforeEach(() => {
  account = accountWithOkta()
})
afterEach(() => {
  expect(account.writes).toEqual([])
})

const stale = { ...managed, Principal: { Federated: `${OKTA}-2023` } }
const deny = { Effect: 'Deny', Principal: '*', Action: '*' }

const planOf = (...documents: readonly (object | undefined)[]) => ({
  format_version: '1.2',
  planned_values: {
    root_module: {
      resources: documents.map((document, index) => ({
        address: `aws_iam_role.r${index}`,
        type: 'aws_iam_role',
        values: {
          name: `r${index}`,
          assume_role_policy: document && JSON.stringify(document),
          tags: TAGGED,
          tags_all: TAGGED,
        },
      })),
    },
  },
})
const templateOf = (document: object) =>
  `Resources:\n  Analyst:\n    Type: AWS::IAM::Role\n    Properties:\n      Tags: [{Key: okta-sso, Value: "true"}]\n      AssumeRolePolicyDocument: ${JSON.stringify(document)}\n`

const check = (...args: readonly string[]) => runCli(['check', ...args, ...OFFLINE])

describe('the exit code', () => {
  test.each<[string, readonly (object | undefined)[], number]>([
    ['0 where nothing is to be written', [policy(managed)], 0],
    ['0 where no role is there', [], 0],
    ['2 where a statement is to be written', [policy(managed), policy(ec2)], 2],
    [
      '2 beside what is blocked or not known: that remains when the statement is written',
      [policy(ec2), policy(deny), undefined],
      2,
    ],
    ['1 where a role is blocked', [policy(managed), policy(deny)], 1],
    ['1 where a role is not known', [policy(managed), undefined], 1],
  ])('is %s', async (_, documents, code) => {
    expect((await check(fileOf('plan.json', planOf(...documents)))).exitCode).toBe(code)
  })

  test('is 1 where a file cannot be read, which hides no other', async () => {
    const [bad, good] = [fileOf('bad.json', '{'), fileOf('plan.json', planOf(policy(ec2)))]
    const { stdout, stderr, exitCode } = await check(bad, good)
    expect(stdout).toContain('planned    aws_iam_role.r0  access-missing')
    expect(stderr).toContain(`Error: ${bad}, line 1, column 2: found text that is not JSON`)
    expect(exitCode).toBe(1)
    const { roles } = JSON.parse((await check(bad, good, '--json')).stdout)
    expect(roles).toMatchObject([{ name: 'aws_iam_role.r0', kind: 'planned' }])
  })
})

describe('the text', () => {
  test('has the statement in the language of the file', async () => {
    const files = [
      fileOf('plan.json', planOf(policy(ec2))),
      fileOf('t.yml', templateOf(policy(ec2))),
      fileOf('trust.json', policy(ec2)),
    ]
    const { stdout } = await check(...files)
    const [plan, template, trustPolicy] = files.map(
      (file) => stdout.slice(stdout.indexOf(file)).split('1 tagged role: 1 planned')[0],
    )
    expect(plan).toContain('             data "aws_iam_policy_document" "okta_sso" {\n')
    expect(template).toContain('             - Sid: "OktaSso"\n               Effect: "Allow"\n')
    expect(trustPolicy).toContain('             {\n               "Sid": "OktaSso",\n')
  })

  test('says which statement goes, and whom it lets in', async () => {
    const { stdout } = await check(fileOf('plan.json', planOf(policy(ec2, stale))))
    expect(stdout).toContain(
      `  planned    aws_iam_role.r0  managed-statement-differs\n             Take Statement[1] "OktaSso" out: it lets in ${OKTA}-2023, which is no longer wanted.\n             Write this statement:\n`,
    )
  })

  test('says of a statement that goes for nothing that it goes', async () => {
    const restricted = {
      ...managed,
      Sid: 'People',
      Condition: { ...managed.Condition, IpAddress: { 'aws:SourceIp': '203.0.113.0/24' } },
    }
    const nothing = { ...managed, Condition: { StringEquals: { 'SAML:aud': [] } } }
    const file = fileOf('trust.json', policy(restricted, nothing))
    const { stdout } = await check(file)
    expect(stdout).toContain('             Take Statement[1] "OktaSso" out.\n')
    expect(stdout).not.toContain('Write this statement')
    expect(JSON.parse((await check(file, '--json')).stdout).roles).toMatchObject([{ kind: 'planned', statement: null }])
  })

  test('says what blocks a role and what to do, and of one that is not known why', async () => {
    const { stdout } = await check(fileOf('plan.json', planOf(policy(deny), undefined, policy(managed))))
    expect(stdout).toContain('blocked    aws_iam_role.r0  explicit-deny\n')
    expect(stdout).toContain('→ A Deny surely stops Okta. Narrow or remove it, or untag the role.\n')
    expect(stdout).toContain('unknown    aws_iam_role.r1\n             assume_role_policy: known only after apply\n')
    expect(stdout).toContain('unchanged  aws_iam_role.r2\n')
    expect(stdout).toContain('  3 tagged roles: 1 blocked, 1 unknown, 1 unchanged\n')
  })

  test('has a statement that is the same for several roles once', async () => {
    const { stdout } = await check(fileOf('plan.json', planOf(policy(ec2), policy(ec2))))
    expect(stdout).toContain('all 2 alike:')
    expect(stdout.match(/Write this statement/g)).toHaveLength(1)
  })
})

describe('a trust policy', () => {
  test('is that of one role, which is taken to carry the tag', async () => {
    const file = fileOf('trust.json', policy(managed))
    const { stdout, stderr, exitCode } = await check(file, '--json')
    expect(JSON.parse(stdout)).toEqual({
      roles: [{ name: file, kind: 'unchanged', reason: null, notes: [], statement: null }],
    })
    expect(stderr).toContain(`${file}: taken for the trust policy of a role with the tag that no exclusion matches.\n`)
    expect(exitCode).toBe(0)
  })

  test('can be in what `aws iam get-role` prints, and come in on the standard input', async () => {
    const input = JSON.stringify({ Role: { RoleName: 'analyst', AssumeRolePolicyDocument: policy(ec2) } })
    const { stdout, exitCode } = await runCli(['check', '-', ...OFFLINE], { input })
    expect(stdout).toContain('planned    the standard input  access-missing')
    expect(exitCode).toBe(2)
  })
})

describe('annotations for GitHub', () => {
  test('name file and line of what is planned, blocked or not known, and nothing else', async () => {
    const file = fileOf('a,b.yml', templateOf(policy(ec2)))
    const { stdout, exitCode } = await check(file, '--format', 'github')
    const escaped = file.replace(',', '%2C')
    expect(stdout).toMatch(
      /^::error file=.*,line=2,title=okta-role-trust::Analyst: planned \(access-missing\)%0AWrite this statement:%0A- Sid: "OktaSso"%0A.*\n$/,
    )
    expect(stdout).toContain(`file=${escaped},line`)
    expect(exitCode).toBe(2)
    const others = await check(
      fileOf('plan.json', planOf(policy(managed), policy(deny), undefined)),
      '--format',
      'github',
    )
    expect(
      others.stdout
        .trim()
        .split('\n')
        .map((line) => line.replace(/file=[^,]+/, 'file=F').slice(0, 80)),
    ).toEqual([
      expect.stringMatching(/^::error file=F,title=okta-role-trust::aws_iam_role\.r1: blocked \(explicit-deny/),
      expect.stringMatching(/^::warning file=F,title=okta-role-trust::aws_iam_role\.r2: unknown/),
    ])
  })

  test('tell of a file that cannot be read, percent signs and all', async () => {
    const file = fileOf('100%.json', '{')
    const { stdout, exitCode } = await check(file, '--format', 'github')
    expect(stdout).toContain(
      `::error file=${file.replace('%', '%25')},title=okta-role-trust::${file.replace('%', '%25')}, line 1`,
    )
    expect(exitCode).toBe(1)
  })

  test('name no file for the standard input', async () => {
    const { stdout } = await runCli(['check', '-', '--format', 'github', ...OFFLINE], {
      input: JSON.stringify(policy(ec2)),
    })
    expect(stdout).toMatch(/^::error title=okta-role-trust::/)
  })
})

describe('the settings', () => {
  test('say all without AWS, and what is assumed', async () => {
    const { stderr } = await check(fileOf('plan.json', planOf(policy(ec2))))
    expect(stderr).toContain('Assumed, since AWS is not asked: the account is 111122223333')
    expect(account.calls).toEqual([])
  })

  test('are those of the stack where it is deployed', async () => {
    account.addFunction('okta-role-trust-dev-backfill', { ...ENVIRONMENT, TAG_KEY: 'sso', EXCLUSIONS: '/r1' })
    const tagged = JSON.parse(JSON.stringify(planOf(policy(ec2), policy(ec2))).replaceAll('okta-sso', 'sso'))
    const { stdout } = await runCli(['check', fileOf('plan.json', tagged), '--json'])
    expect(JSON.parse(stdout).roles).toMatchObject([{ kind: 'planned' }, { kind: 'unchanged', reason: 'protected' }])
    const { stdout: untagged } = await runCli(['check', fileOf('plan.json', planOf(policy(ec2)))])
    expect(untagged).toContain('no role carries the tag')
  })

  test('that are wrong end the command', async () => {
    const { stderr, exitCode } = await runCli(['check', 'x', '--no-stack', '--provider-arn', 'x'])
    expect(stderr).toContain('Error: --provider-arn: found')
    expect(exitCode).toBe(1)
  })
})
