import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ValidatePolicyFinding } from '@aws-sdk/client-accessanalyzer'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import type { Account } from '../../fake-aws/account.ts'
import type { Fault } from '../../fake-aws/api-calls.ts'
import { accessDenied, connectionReset, expiredToken, serviceFailure, throttling } from '../../fake-aws/errors.ts'
import { accountWithOkta, ec2, managed, policy, TAGGED } from '../functions.ts'
import { runCli, temporaryFolder } from './command-line.ts'

let account: Account
beforeEach(() => {
  account = accountWithOkta()
})

const addDue = (name: string, document: object = policy(ec2)) => account.addRole({ name, tags: TAGGED, document })
const apply = (...args: readonly string[]) => runCli(['apply', '--no-stack', '--yes', '--validate', ...args])
const odd = { ...ec2, Sid: 'Machines', Action: 'sts:Odd' }

type Type = 'ERROR' | 'SECURITY_WARNING' | 'WARNING' | 'SUGGESTION'

const finding = (findingType: Type, issueCode: string, statement: number, member: string): ValidatePolicyFinding => ({
  findingType,
  issueCode,
  findingDetails: `About ${issueCode}.`,
  learnMoreLink: `https://docs.aws.amazon.com/#${issueCode}`,
  locations: [{ path: [{ value: 'Statement' }, { index: statement }, { value: member }], span: undefined }],
})

/** Of each statement whose text has the part. */
const findWhere = (part: string, type: Type, issueCode: string, member = 'Action') =>
  account.findInPolicies((document) =>
    statementsOf(document).flatMap((statement, index) =>
      JSON.stringify(statement).includes(part) ? [finding(type, issueCode, index, member)] : [],
    ),
  )

function statementsOf(document: string): readonly unknown[] {
  const { Statement: statements } = JSON.parse(document)
  return [statements].flat()
}

const refuseManaged = () => findWhere('AssumeRoleWithSAML', 'ERROR', 'INVALID_ACTION')

describe('--validate', () => {
  test('without it AWS is not asked', async () => {
    addDue('one')
    refuseManaged()
    expect(await runCli(['apply', '--no-stack', '--yes'])).toMatchObject({ exitCode: 0 })
    expect(account.countCalls('ValidatePolicy')).toBe(0)
  })

  test('a change in which AWS finds nothing is made', async () => {
    addDue('one')
    const { stdout, exitCode } = await apply()
    expect(account.trustPolicy('one')).toEqual(policy(ec2, managed))
    expect(stdout).not.toContain('Access Analyzer')
    expect(exitCode).toBe(0)
    const asked = account.calls.find(({ name }) => name === 'ValidatePolicy')?.input
    expect(asked).toMatchObject({
      policyType: 'RESOURCE_POLICY',
      validatePolicyResourceType: 'AWS::IAM::AssumeRolePolicyDocument',
      policyDocument: account.role('one').document,
    })
  })

  test('an error that is new holds the change back, and says what, where, and what to do', async () => {
    addDue('one')
    refuseManaged()
    const { stdout, exitCode } = await apply()
    expect(account.trustPolicy('one')).toEqual(policy(ec2))
    expect(stdout).toMatch(/^ {2}blocked {4}one {2}refused-by-access-analyzer$/m)
    expect(stdout).toContain('INVALID_ACTION at Statement[1].Action (Sid OktaSso): About INVALID_ACTION.')
    expect(stdout).toContain('(https://docs.aws.amazon.com/#INVALID_ACTION)')
    expect(stdout).toContain('change this role without --validate')
    expect(stdout).toContain('nothing is due that passed; what is due for 1 role is held back')
    expect(exitCode).toBe(1)
  })

  test('one that is held back keeps no other from its change', async () => {
    addDue('right')
    addDue('wrong', policy(odd))
    account.findInPolicies((document) =>
      document.includes('sts:Odd') && document.includes('SAML')
        ? [finding('ERROR', 'INVALID_ACTION', 1, 'Action')]
        : [],
    )
    const { exitCode } = await apply()
    expect(account.trustPolicy('right')).toEqual(policy(ec2, managed))
    expect(account.trustPolicy('wrong')).toEqual(policy(odd))
    expect(exitCode).toBe(1)
  })

  test('an error that the trust policy has already is shown, and holds nothing back', async () => {
    addDue('one', policy(odd))
    findWhere('sts:Odd', 'ERROR', 'INVALID_ACTION')
    const { stdout, exitCode } = await apply()
    expect(account.trustPolicy('one')).toEqual(policy(odd, managed))
    expect(stdout).toContain(
      'Access Analyzer: ERROR INVALID_ACTION at Statement[0].Action (Sid Machines), which it has already',
    )
    expect(exitCode).toBe(0)
  })

  test.each<Type>(['SECURITY_WARNING', 'WARNING', 'SUGGESTION'])(
    'a %s is shown, told once for all roles, and holds nothing back',
    async (type) => {
      addDue('one')
      addDue('two', policy({ ...ec2, Sid: 'Other' }))
      findWhere('ec2', type, 'SOMETHING', 'Principal')
      const { stdout, exitCode } = await apply()
      expect(stdout.match(/About SOMETHING\./g)).toHaveLength(1)
      expect(stdout).toContain(`Access Analyzer: ${type} SOMETHING, in 2 roles`)
      expect(stdout).toContain(`Access Analyzer: ${type} SOMETHING at Statement[0].Principal (Sid Other)`)
      expect(account.writes).toHaveLength(2)
      expect(exitCode).toBe(0)
    },
  )

  test('the findings of all pages count', async () => {
    addDue('one')
    account.findInPolicies((document) =>
      document.includes('SAML')
        ? [finding('WARNING', 'FIRST', 0, 'Action'), finding('ERROR', 'LAST', 1, 'Action')]
        : [],
    )
    const { stdout } = await apply()
    expect(stdout).toContain('WARNING FIRST')
    expect(stdout).toContain('LAST at Statement[1].Action')
    expect(account.writes).toEqual([])
  })

  test('the same text is shown to AWS once, however many roles share it', async () => {
    for (const name of ['one', 'two', 'three']) addDue(name)
    await apply()
    expect(account.countCalls('ValidatePolicy')).toBe(1)
    expect(account.writes).toHaveLength(3)
  })

  test('what is no change is not shown to AWS', async () => {
    account.addRole({ name: 'right', tags: TAGGED, document: policy(managed) })
    expect(await apply()).toMatchObject({ exitCode: 0 })
    expect(account.countCalls('ValidatePolicy')).toBe(0)
  })

  test('what a finding holds is shown escaped', async () => {
    addDue('one')
    account.findInPolicies(() => [{ ...finding('WARNING', 'ODD', 0, 'Sid'), findingDetails: 'a\u001b[2Jb' }])
    expect((await apply()).stdout).toContain('a\\u001b[2Jb')
  })
})

const answer = (change: object): Fault => {
  return () => ({ findings: [{ ...finding('WARNING', 'SOMETHING', 0, 'Action'), ...change }] })
}
const fail = (error: Error): Fault => {
  return () => {
    throw error
  }
}

describe('what is no judgement never counts as one: the role is not changed, and that is said', () => {
  test.each<[string, Fault, string]>([
    [
      'without the permission',
      fail(accessDenied('access-analyzer:ValidatePolicy')),
      'the caller lacks the permission access-analyzer:ValidatePolicy: allow it',
    ],
    ['where the service fails', fail(serviceFailure()), 'Internal server error'],
    ['where it does not answer', fail(connectionReset()), 'AWS cannot be reached'],
    ['where the credentials expire', fail(expiredToken()), 'the AWS credentials have expired'],
    ['where the answer is empty', () => ({}), 'findings: found nothing, expected a list of findings'],
    ['where the answer is no list', () => ({ findings: 'none' }), 'expected a list of findings'],
    ['of a type of finding that is not known', answer({ findingType: 'FATAL' }), 'found "FATAL", expected a type'],
    ['where a finding has no type', answer({ findingType: undefined }), 'expected a type of finding'],
    ['where a finding has no place', answer({ locations: undefined }), 'expected a list of locations'],
    [
      'of a place that is not known',
      answer({ locations: [{ path: [{ $unknown: ['glob', '*'] }] }] }),
      'expected a step of a path that this version knows',
    ],
    ['where a page leads back to itself', () => ({ findings: [], nextToken: 'a' }), 'the same token'],
  ])('%s', async (_, fault, words) => {
    addDue('one')
    account.disturbNext('ValidatePolicy', fault, { times: 5 })
    const { stdout, exitCode } = await apply()
    expect(account.trustPolicy('one')).toEqual(policy(ec2))
    expect(stdout).toMatch(/^ {2}blocked {4}one {2}not-validated$/m)
    expect(stdout).toContain('could not be validated, so nothing is changed')
    expect(stdout).toContain(words)
    expect(exitCode).toBe(1)
  })

  test('where it is throttled for as long as there is time', async () => {
    addDue('one')
    // A minute would be too long for a test.
    const timeout = AbortSignal.timeout(50)
    vi.spyOn(AbortSignal, 'timeout').mockReturnValue(timeout)
    account.failNext('ValidatePolicy', throttling(), { times: 100 })
    const { stdout, exitCode } = await apply()
    expect(stdout).toContain('AWS throttled ValidatePolicy for as long as there was time')
    expect({ exitCode, writes: account.writes }).toEqual({ exitCode: 1, writes: [] })
  })

  test('where there is no answer to one in time: the others are not waited for either', async () => {
    const names = Array.from({ length: 20 }, (_, index) => `role-${index}`)
    for (const name of names) addDue(name, policy({ ...ec2, Sid: name.replace('-', '') }))
    // A minute would be too long for a test.
    const timeout = AbortSignal.timeout.bind(AbortSignal)
    vi.spyOn(AbortSignal, 'timeout').mockImplementation(() => timeout(50))
    account.failNext('ValidatePolicy', throttling(), { times: 1_000 })
    const { stdout, exitCode } = await apply()
    const asked = account.calls
      .filter(({ name }) => name === 'ValidatePolicy')
      .map(({ input }) => JSON.stringify(input))
    expect(new Set(asked).size).toBeLessThanOrEqual(5)
    expect(stdout.match(/^ {2}blocked {4}role-\d+ {2}not-validated$/gm)).toHaveLength(20)
    expect({ exitCode, writes: account.writes }).toEqual({ exitCode: 1, writes: [] })
  })

  test('where a later page fails', async () => {
    addDue('one')
    account.findInPolicies(() => [finding('WARNING', 'ONE', 0, 'Action'), finding('WARNING', 'TWO', 0, 'Action')])
    account.failNext('ValidatePolicy', serviceFailure(), { after: 1 })
    expect(await apply()).toMatchObject({ exitCode: 1 })
    expect(account.writes).toEqual([])
  })

  test('where the present trust policy is not judged, and the planned one has an error', async () => {
    addDue('one', policy(odd))
    findWhere('sts:Odd', 'ERROR', 'INVALID_ACTION')
    account.failNext('ValidatePolicy', serviceFailure(), { after: 1 })
    const { stdout, exitCode } = await apply()
    expect({ exitCode, writes: account.writes }).toEqual({ exitCode: 1, writes: [] })
    expect(stdout).toMatch(/^ {2}blocked {4}one {2}not-validated$/m)
    expect(stdout).toContain('the present trust policy could not be validated')
    // Nobody knows whether it is new, and it is shown in any case.
    expect(stdout).toMatch(/Access Analyzer: ERROR INVALID_ACTION at Statement\[0\]\.Action \(Sid Machines\)$/m)
    expect(stdout).toContain('About INVALID_ACTION.')
  })

  test('but what was throttled is asked again, and then counts', async () => {
    addDue('one')
    vi.spyOn(Math, 'random').mockReturnValue(0)
    account.failNext('ValidatePolicy', throttling(), { times: 3 })
    expect(await apply()).toMatchObject({ exitCode: 0 })
    expect(account.trustPolicy('one')).toEqual(policy(ec2, managed))
  })
})

describe('what is written is what was validated', () => {
  test('a role that somebody changes before the write is left alone', async () => {
    addDue('one')
    account.before('GetRole', () => account.setTrustPolicy('one', policy(odd)))
    const { stdout, exitCode } = await apply()
    expect(account.trustPolicy('one')).toEqual(policy(odd))
    expect(stdout).toMatch(/^ {2}outdated {3}one$/m)
    expect(exitCode).toBe(1)
  })

  test('AWS judges before the question', async () => {
    addDue('one')
    refuseManaged()
    const { stdout, stderr } = await runCli(['apply', '--no-stack', '--validate'], { isTerminal: true, input: 'y\n' })
    expect(`${stdout}${stderr}`).not.toContain('Change the trust policies')
    expect(account.writes).toEqual([])
  })
})

describe('a saved plan', () => {
  const file = () => join(temporaryFolder(), 'plan.json')
  const plan = (path: string, ...args: readonly string[]) => runCli(['plan', '--no-stack', '--out', path, ...args])
  const applyPlan = (path: string, ...args: readonly string[]) =>
    runCli(['apply', path, '--no-stack', '--yes', ...args])

  test('is validated when it is applied with --validate', async () => {
    const path = file()
    addDue('one')
    await plan(path)
    refuseManaged()
    const { stdout, exitCode } = await applyPlan(path, '--validate')
    expect(stdout).toMatch(/^ {2}blocked {4}one {2}refused-by-access-analyzer$/m)
    expect({ exitCode, writes: account.writes }).toEqual({ exitCode: 1, writes: [] })
    expect(await applyPlan(path)).toMatchObject({ exitCode: 0 })
    expect(account.trustPolicy('one')).toEqual(policy(ec2, managed))
  })

  test('that was made with --validate is validated again, without being asked for', async () => {
    const path = file()
    addDue('one')
    expect(await plan(path, '--validate')).toMatchObject({ exitCode: 2 })
    refuseManaged()
    const { stderr, exitCode } = await applyPlan(path)
    expect(stderr).toContain('The plan was made with --validate, and is validated again.')
    expect({ exitCode, writes: account.writes }).toEqual({ exitCode: 1, writes: [] })
  })

  test('holds no change that was held back, whatever somebody adds to its findings', async () => {
    const path = file()
    addDue('one')
    refuseManaged()
    expect(await plan(path, '--validate')).toMatchObject({ exitCode: 1 })
    const saved = JSON.parse(readFileSync(path, 'utf8'))
    expect(saved.changes).toEqual([])
    const after = JSON.stringify(policy(ec2, managed))
    const change = { roleName: 'one', arn: null, reason: 'access-missing', before: JSON.stringify(policy(ec2)), after }
    writeFileSync(path, JSON.stringify({ ...saved, changes: [change] }))
    expect(await applyPlan(path)).toMatchObject({ exitCode: 1 })
    expect(account.writes).toEqual([])
  })
})

describe('plan --validate', () => {
  test('ends with 2 where a change passed, and changes nothing', async () => {
    addDue('one')
    expect(await runCli(['plan', '--validate'])).toMatchObject({ exitCode: 2 })
    expect(account.writes).toEqual([])
  })

  test('--json has the findings below each role, and counts those that are held back as blocked', async () => {
    addDue('wrong')
    account.addRole({ name: 'blocked', tags: TAGGED, document: '{' })
    refuseManaged()
    const { stdout, exitCode } = await runCli(['plan', '--json', '--validate'])
    const { roles, counts } = JSON.parse(stdout)
    expect(roles).toEqual([
      expect.objectContaining({
        roleName: 'wrong',
        kind: 'blocked',
        reason: 'refused-by-access-analyzer',
        before: policy(ec2),
        after: policy(ec2, managed),
        findings: [
          {
            type: 'ERROR',
            issueCode: 'INVALID_ACTION',
            details: 'About INVALID_ACTION.',
            learnMoreLink: 'https://docs.aws.amazon.com/#INVALID_ACTION',
            places: ['Statement[1].Action (Sid OktaSso)'],
            isNew: true,
          },
        ],
      }),
      expect.not.objectContaining({ findings: expect.anything() }),
    ])
    expect(counts).toMatchObject({ planned: 0, blocked: 2 })
    expect(exitCode).toBe(1)
  })

  test('--summary tells once why roles are held back', async () => {
    addDue('one')
    addDue('two')
    account.failNext('ValidatePolicy', accessDenied('access-analyzer:ValidatePolicy'))
    const { stdout } = await runCli(['plan', '--summary', '--validate'])
    expect(stdout).toMatch(/^ {2}blocked {4}one {2}not-validated\n {2}blocked {4}two {2}not-validated\n/)
    expect(stdout).toContain(
      '  not-validated, in 2 roles\n             the planned trust policy could not be validated',
    )
    expect(stdout.match(/lacks the permission access-analyzer:ValidatePolicy/g)).toHaveLength(1)
  })

  test('--summary keeps to one line a role, and tells what was found once', async () => {
    addDue('one')
    addDue('two')
    findWhere('ec2', 'WARNING', 'SOMETHING')
    const { stdout } = await runCli(['plan', '--summary', '--validate'])
    expect(stdout.split('\n')).toEqual([
      '  planned    one  access-missing',
      '  planned    two  access-missing',
      '  Access Analyzer: WARNING SOMETHING, in 2 roles',
      '             About SOMETHING. (https://docs.aws.amazon.com/#SOMETHING)',
      '  2 roles, 2 in scope: 2 planned',
      '',
    ])
  })
})
