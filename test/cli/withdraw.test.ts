import { beforeEach, describe, expect, test } from 'vitest'
import type { Account } from '../../fake-aws/account.ts'
import { ENVIRONMENT } from '../../fake-aws/environment.ts'
import { accessDenied, connectionReset, throttling, undecryptable } from '../../fake-aws/errors.ts'
import { accountWithOkta, ec2, managed, OKTA, PARAMETER, policy, TAGGED } from '../functions.ts'
import { runCli } from './command-line.ts'

let account: Account
beforeEach(() => {
  account = accountWithOkta()
})

const lambda = { ...ec2, Principal: { Service: 'lambda.amazonaws.com' } }
const granted = policy(ec2, managed)

const addGranted = (...names: readonly string[]) => {
  for (const name of names) account.addRole({ name, tags: TAGGED, document: granted })
}
const configure = (variables: Readonly<Record<string, string>>, stage = 'dev') => {
  const STACK_NAME = `okta-role-trust-${stage}`
  account.addFunction(`${STACK_NAME}-backfill`, { ...ENVIRONMENT, STACK_NAME, ...variables })
}
const deploy = (variables: Readonly<Record<string, string>>, stage = 'dev') => {
  configure(variables, stage)
  account.addRole({ name: `okta-role-trust-${stage}-backfill`, path: '/okta-role-trust/', document: policy(lambda) })
}
const withdraw = (...options: readonly string[]) => runCli(['withdraw', '--yes', ...options])

describe('withdraw', () => {
  test('takes the statement out of every role that holds one, tagged or not, and touches no other', async () => {
    addGranted('tagged')
    account.addRole({ name: 'untagged', document: policy(managed, ec2) })
    account.addRole({ name: 'replaced', path: '/team/', document: policy(ec2, { ...managed, Sid: 'OktaSso2' }) })
    account.addRole({ name: 'never', tags: TAGGED, document: policy(ec2) })
    const { stdout, exitCode } = await withdraw()
    for (const name of ['tagged', 'untagged', 'replaced']) expect(account.trustPolicy(name)).toEqual(policy(ec2))
    expect(account.writes.map(({ roleName }) => roleName).sort()).toEqual(['replaced', 'tagged', 'untagged'])
    expect(stdout).toMatch(/^ {2}withdrawn {2}tagged {2}withdrawal$/m)
    expect(stdout.trimEnd().split('\n').at(-1)).toBe('  of 3 planned: 3 withdrawn')
    expect(exitCode).toBe(0)
  })

  test('leaves every statement of an owner as it stands, also one that lets Okta in or has our Sid', async () => {
    const own = { ...managed, Sid: 'OktaSso', Condition: { StringLike: { 'SAML:aud': 'https://*' } } }
    const template = { ...managed, Sid: undefined, Action: ['sts:AssumeRoleWithSAML'] }
    const document = {
      Id: 'x',
      Statement: [own, { ...managed, Sid: 'OktaSso2' }, ec2, template],
      Version: '2008-10-17',
    }
    account.addRole({ name: 'odd', document })
    const { exitCode } = await withdraw()
    expect(account.trustPolicy('odd')).toEqual({
      ...document,
      Statement: [own, ec2, JSON.parse(JSON.stringify(template))],
    })
    expect(exitCode).toBe(0)
  })

  test('needs neither the parameter nor the provider, nor a stack', async () => {
    account.deleteParameter(PARAMETER)
    addGranted('one')
    const { stderr, exitCode } = await withdraw()
    expect(account.trustPolicy('one')).toEqual(policy(ec2))
    expect(exitCode).toBe(0)
    expect(stderr).toContain('Settings: the defaults (no stack okta-role-trust-dev in us-east-1).')
    expect([account.countCalls('GetParameter'), account.countCalls('GetSAMLProvider')]).toEqual([0, 0])
  })

  test('has nothing to do and nothing to ask where no role holds one', async () => {
    account.addRole({ name: 'never', tags: TAGGED, document: policy(ec2) })
    const { stdout, exitCode } = await runCli(['withdraw'], { isTerminal: true })
    expect(stdout).toBe('  1 role, none with such a statement\n  nothing is due\n')
    expect({ exitCode, writes: account.writes }).toEqual({ exitCode: 0, writes: [] })
  })

  test('goes through the named roles only, or those below a path', async () => {
    addGranted('one', 'two')
    account.addRole({ name: 'three', path: '/team/', document: granted })
    await withdraw('--role', 'two')
    expect(account.writes.map(({ roleName }) => roleName)).toEqual(['two'])
    await withdraw('--path-prefix', '/team/')
    expect(account.writes.map(({ roleName }) => roleName)).toEqual(['two', 'three'])
  })

  test('says of a named role that it holds none', async () => {
    account.addRole({ name: 'never', document: policy(ec2) })
    const { stdout, exitCode } = await withdraw('--role', 'never')
    expect(stdout).toMatch(/^ {2}unchanged {2}never\n +it holds no statement to take out$/m)
    expect(exitCode).toBe(0)
  })

  test('ends with 1 where a named role is not there, though the others are changed', async () => {
    addGranted('one')
    const { exitCode } = await withdraw('--role', 'one', '--role', 'misspelt')
    expect(account.trustPolicy('one')).toEqual(policy(ec2))
    expect(exitCode).toBe(1)
  })

  test('is shown by history, and taken back by restore', async () => {
    account.addRole({ name: 'one', document: policy(ec2) })
    account.overwriteTrustPolicy('one', granted, 'arn:aws:iam::111122223333:user/alice')
    await withdraw()
    const history = JSON.parse((await runCli(['history', 'one', '--json'])).stdout)
    expect(history.changes.at(-1)).toMatchObject({
      call: 'UpdateAssumeRolePolicy',
      before: granted,
      after: policy(ec2),
    })
    await runCli(['restore', 'one', '--to', history.changes.at(-2).eventId, '--yes', '--no-stack'])
    expect(account.trustPolicy('one')).toEqual(granted)
  })
})

describe('a role that keeps its statement', () => {
  test('is named where nothing would be left: IAM takes no trust policy without statements', async () => {
    addGranted('fine')
    account.addRole({ name: 'ours-alone', tags: TAGGED, document: policy(managed) })
    const { stdout, exitCode } = await withdraw()
    expect(stdout).toMatch(
      /^ {2}blocked {4}ours-alone {2}malformed, stale-provider\n +Statement: nothing would be left/m,
    )
    expect(stdout).toContain(`still able to sign in: ${OKTA}`)
    expect(stdout).toContain('give the role another statement, or delete it')
    expect(account.trustPolicy('ours-alone')).toEqual(policy(managed))
    expect(account.trustPolicy('fine')).toEqual(policy(ec2))
    expect(exitCode).toBe(1)
  })

  test('is named where an exclusion matches it, with the command that takes it out all the same', async () => {
    deploy({ MODE: 'report', EXCLUSIONS: '/break-glass/*' })
    account.addRole({ name: 'admin', path: '/break-glass/', document: granted })
    account.addRole({ name: 'other', path: '/break-glass/', document: policy(ec2) })
    addGranted('one')
    const { stdout, stderr, exitCode } = await withdraw()
    expect(stdout).toMatch(
      /^ {2}skipped {4}admin {2}protected\n +the configured exclusion \/break-glass\/\* matches \/break-glass\/admin; it keeps the statement$/m,
    )
    expect(stdout).not.toContain('other')
    expect(stderr).toContain(
      'Warning: 1 excluded role keeps the statement. To take it out there too, run `npx --no okta-role-trust withdraw --role admin`',
    )
    expect(account.writes.map(({ roleName }) => roleName)).toEqual(['one'])
    expect(exitCode).toBe(1)
    expect(await withdraw('--role', 'admin')).toMatchObject({ exitCode: 0 })
    expect(account.trustPolicy('admin')).toEqual(policy(ec2))
  })

  test('is named where IAM lets nobody change it, by its name too', async () => {
    account.addRole({ name: 'sso', path: '/aws-reserved/', document: granted })
    for (const options of [[], ['--role', 'sso']]) {
      const { stdout, stderr, exitCode } = await withdraw(...options)
      expect(stdout).toMatch(/^ {2}skipped {4}sso {2}protected\n +IAM does not let anybody change roles under/m)
      expect(stderr).not.toContain('To take it out there too')
      expect({ exitCode, writes: account.writes }).toEqual({ exitCode: 1, writes: [] })
    }
  })

  test.each([[[]], [['--role', 'unreadable']]])(
    'may be one that cannot be read (%s): nobody knows',
    async (options) => {
      account.addRole({ name: 'unreadable', document: '{"Statement": ["?"]}' })
      const { stdout, exitCode } = await withdraw(...options)
      expect(stdout).toMatch(/^ {2}blocked {4}unreadable {2}malformed\n +Statement\[0\]/m)
      expect(exitCode).toBe(1)
    },
  )

  test('is not named where it lies outside the path that was asked for', async () => {
    account.addRole({ name: 'sso', path: '/aws-reserved/', document: granted })
    account.addRole({ name: 'one', path: '/team/', document: granted })
    expect(await withdraw('--path-prefix', '/team/')).toMatchObject({
      exitCode: 0,
      stdout: expect.not.stringContaining('sso'),
    })
  })

  test('fails alone where the write is denied', async () => {
    addGranted('denied', 'fine')
    account.failNext('UpdateAssumeRolePolicy', accessDenied('iam:UpdateAssumeRolePolicy'), { role: 'denied' })
    const { stdout, exitCode } = await withdraw()
    expect(stdout).toMatch(/failed {5}denied\n +the caller lacks the permission iam:UpdateAssumeRolePolicy: allow it/)
    expect(account.trustPolicy('fine')).toEqual(policy(ec2))
    expect(exitCode).toBe(1)
  })

  test('is one that somebody changes between the plan and the write', async () => {
    addGranted('moving')
    account.before('GetRole', () => account.setTrustPolicy('moving', policy(lambda, managed)))
    const { stdout, exitCode } = await withdraw()
    expect(stdout).toMatch(/outdated {3}moving\n +its trust policy is no longer the one in the plan/)
    expect(account.trustPolicy('moving')).toEqual(policy(lambda, managed))
    expect(exitCode).toBe(1)
  })

  test.each(['first', 'second'])(
    'is not one whose statement somebody else takes out before our %s look',
    async (look) => {
      addGranted('one')
      const takeOut = () => account.setTrustPolicy('one', policy(ec2))
      account.before('GetRole', () => (look === 'first' ? takeOut() : account.before('GetRole', takeOut)))
      const { stdout, exitCode } = await withdraw()
      expect(stdout).toContain('  unchanged  one\n  of 1 planned: 1 unchanged\n')
      expect({ exitCode, writes: account.writes }).toEqual({ exitCode: 0, writes: [] })
    },
  )

  test('is not one whose write IAM took though its answer was lost', async () => {
    addGranted('unclear')
    account.before('UpdateAssumeRolePolicy', () => account.setTrustPolicy('unclear', policy(ec2)))
    account.failNext('UpdateAssumeRolePolicy', connectionReset())
    const { stdout, exitCode } = await withdraw()
    expect(stdout).toContain('of 1 planned: 1 withdrawn')
    expect(exitCode).toBe(0)
  })
})

describe('while the stack', () => {
  test.each([
    ['enforces', { MODE: 'enforce' }],
    ['is older than the setting, and so enforces,', {}],
  ])('%s it refuses, with the command that changes that', async (_, mode) => {
    deploy({ ...mode, EXCLUSIONS: '/break-glass/*', ON_UNTAG: 'revoke' })
    addGranted('one')
    const { stdout, stderr, exitCode } = await withdraw()
    expect(stderr).toMatch(
      /^Error: the stack okta-role-trust-dev enforces the trust policies, .*: let it only report first, with `npx --no serverless deploy --param="exclusions=\/break-glass\/\*" --param="onUntag=revoke" --param="mode=report"`$/m,
    )
    expect({ stdout, exitCode, writes: account.writes }).toEqual({ stdout: '', exitCode: 1, writes: [] })
  })

  test('enforces, and came from a release, CloudFormation changes that: what is not named stays, and so do its tags', async () => {
    deploy({ EXCLUSIONS: '/break-glass/*', DEPLOYMENT_BUCKET: 'bundles' }, 'prod')
    account.stack.tags = { 'aws:cloudformation:stack-name': 'okta-role-trust-prod', team: 'identity and access' }
    addGranted('one')
    const { stderr, exitCode } = await withdraw('--stage', 'prod')
    expect(stderr).toContain(
      `let it only report first, with \`aws cloudformation deploy --region us-east-1 --stack-name okta-role-trust-prod --template-file okta-role-trust.template.json --capabilities CAPABILITY_NAMED_IAM --parameter-overrides Mode=report --tags 'team=identity and access'\` in the folder with the files of a release, once its zips are in the bucket bundles (docs/deploying.md, "Without Node")\n`,
    )
    expect({ exitCode, writes: account.writes }).toEqual({ exitCode: 1, writes: [] })
  })

  test('enforces, and is one of a StackSet, which would take back what is changed here, the whole organization is paused', async () => {
    deploy({}, 'prod')
    account.stack.tags = { 'aws:cloudformation:stack-name': 'StackSet-okta-role-trust-prod-0a1b2c3d' }
    addGranted('one')
    const { stderr, exitCode } = await withdraw('--stage', 'prod')
    expect(stderr).toContain(
      'let it only report first, with `npx --no okta-role-trust org pause --stage prod` in the account that deploys to the organization\n',
    )
    expect({ exitCode, writes: account.writes }).toEqual({ exitCode: 1, writes: [] })
  })

  test('enforces, and its tags may not be read, both ways are told', async () => {
    deploy({})
    account.failNext('ListTags', accessDenied('lambda:ListTags'))
    const { stderr } = await withdraw()
    expect(stderr).toContain('with `npx --no serverless deploy --param="mode=report"`')
    expect(stderr).toContain('a stack that was deployed from a release is deployed by CloudFormation')
  })

  test('enforces, --no-stack does not help', async () => {
    deploy({})
    addGranted('one')
    const { stderr, exitCode } = await withdraw('--no-stack')
    expect(stderr).toContain('enforces the trust policies')
    expect({ exitCode, writes: account.writes }).toEqual({ exitCode: 1, writes: [] })
  })

  test.each(['scheduled-sweep', 'role-event'])('only reports but for %s, it refuses too', async (id) => {
    deploy({ MODE: 'report' })
    account.addFunction(`okta-role-trust-dev-${id}`, { ...ENVIRONMENT, MODE: 'enforce' })
    addGranted('one')
    const { stderr, exitCode } = await withdraw()
    expect(stderr).toMatch(
      /^Error: the stack okta-role-trust-dev enforces .* `npx --no serverless deploy --param="mode=report"`$/m,
    )
    expect({ exitCode, writes: account.writes }).toEqual({ exitCode: 1, writes: [] })
  })

  test('only reports it goes by its settings, and writes', async () => {
    deploy({ MODE: 'report' })
    addGranted('one')
    const { stderr, exitCode } = await withdraw()
    expect(stderr).toContain('Settings: those of the stack okta-role-trust-dev')
    expect(account.trustPolicy('one')).toEqual(policy(ec2))
    expect(exitCode).toBe(0)
  })

  test('has another name than the one that was given, it refuses: it may enforce, and exclude roles', async () => {
    deploy({ SID: 'ProdSso' }, 'prod')
    addGranted('one')
    const { stderr, exitCode } = await withdraw('--stage', 'prdo')
    expect(stderr).toMatch(
      /^Error: there is no stack okta-role-trust-prdo in us-east-1 .* another one has the role okta-role-trust-prod-backfill, and nothing was changed: give the --stage/m,
    )
    expect({ exitCode, writes: account.writes }).toEqual({ exitCode: 1, writes: [] })
    expect(await withdraw('--stage', 'prdo', '--no-stack')).toMatchObject({ exitCode: 0 })
    expect(account.trustPolicy('one')).toEqual(policy(ec2))
  })

  test.each([
    ['only reports', ['--stage', 'dev'], () => deploy({ MODE: 'report' })],
    ['is another than --stage says, and --no-stack is given', ['--stage', 'prdo', '--no-stack'], () => {}],
  ])(
    '%s, and a further one with the same Sid enforces, it refuses: that one would lose its statements',
    async (_, options, deployOwn) => {
      deployOwn()
      deploy({ MODE: 'enforce', MAX_CHANGES: '7' }, 'prod')
      addGranted('one')
      const { stderr, exitCode } = await withdraw(...options)
      expect(stderr).toMatch(/^Error: the stack okta-role-trust-prod has the Sid OktaSso too, and enforces: /m)
      const [, words = ''] =
        /: run `npx --no okta-role-trust (.+)`, which says how to let it only report/.exec(stderr) ?? []
      const { stderr: how } = await runCli([...words.split(' '), '--yes'])
      expect(how).toMatch(
        /^Error: the stack okta-role-trust-prod enforces .*`npx --no serverless deploy --stage prod`$/m,
      )
      expect({ exitCode, writes: account.writes }).toEqual({ exitCode: 1, writes: [] })
      configure({ MODE: 'report' }, 'prod')
      expect(await withdraw(...options)).toMatchObject({ exitCode: 0 })
      expect(account.trustPolicy('one')).toEqual(policy(ec2))
    },
  )

  test('only reports, a further one of another Sid may enforce: its statements stay', async () => {
    deploy({ MODE: 'report' })
    deploy({ SID: 'EntraSso' }, 'entra')
    const entra = { ...managed, Sid: 'EntraSso' }
    account.addRole({ name: 'both', document: policy(managed, entra) })
    expect(await withdraw()).toMatchObject({ exitCode: 0 })
    expect(account.trustPolicy('both')).toEqual(policy(entra))
  })

  test('only reports, and a further one of an unusual name has its Sid, the refusal says what to set', async () => {
    deploy({ MODE: 'report' })
    addGranted('one')
    account.addFunction('sso-role-event', { ...ENVIRONMENT, STACK_NAME: 'sso' })
    const { stderr, exitCode } = await withdraw()
    expect(stderr).toMatch(
      /^Error: the stack sso has the Sid OktaSso too, .* let it only report first \(mode: report\)$/m,
    )
    expect({ exitCode, writes: account.writes }).toEqual({ exitCode: 1, writes: [] })
  })

  test('only reports, functions of somebody else do not matter, whatever their names', async () => {
    deploy({ MODE: 'report' })
    account.addFunction('app-backfill', { STACK_NAME: 'app' })
    addGranted('one')
    expect(await withdraw()).toMatchObject({ exitCode: 0 })
  })

  test('only reports, and nobody can say whether a further one has its Sid, it refuses', async () => {
    deploy({ MODE: 'report' })
    addGranted('one')
    account.failNext('ListFunctions', accessDenied('lambda:ListFunctions'))
    const { stderr, exitCode } = await withdraw()
    expect(stderr).toMatch(
      /^Error: nothing was changed, .* lacks the permission lambda:ListFunctions: allow it \(User: .*\)$/m,
    )
    expect({ exitCode, writes: account.writes }).toEqual({ exitCode: 1, writes: [] })
  })

  test.each([
    ['its mode', 'dev'],
    ['the Sid of a further one', 'prod'],
  ])('only reports, and %s cannot be decrypted, it refuses: nobody can say what that is', async (_, stage) => {
    deploy({ MODE: 'report' })
    configure({ MODE: 'report' }, stage)
    account.stack.functionStates.set(`okta-role-trust-${stage}-backfill`, { Environment: undecryptable() })
    addGranted('one')
    const { stderr, exitCode } = await withdraw()
    expect(stderr).toMatch(/^Error: nothing was changed, .* lacks the permission kms:Decrypt: allow it/m)
    expect(stderr).toContain(`okta-role-trust-${stage}-backfill`)
    expect({ exitCode, writes: account.writes }).toEqual({ exitCode: 1, writes: [] })
  })

  test.each([['dev'], ['prod']])(
    'is deployed while the question waits (%s), it refuses all the same',
    async (stage) => {
      addGranted('one')
      account.before('GetAccountAuthorizationDetails', () => configure({ MODE: 'enforce' }, stage))
      const { stderr, exitCode } = await runCli(['withdraw'], {
        isTerminal: true,
        input: 'y',
        environment: { NO_COLOR: '1' },
      })
      expect(stderr).toMatch(/Error: the stack okta-role-trust-.* enforces/)
      expect({ exitCode, writes: account.writes }).toEqual({ exitCode: 1, writes: [] })
    },
  )

  test.each([[[]], [['--no-stack']]])('cannot be seen it refuses, whatever is given (%s)', async (options) => {
    addGranted('one')
    account.failNext('GetFunctionConfiguration', accessDenied('lambda:GetFunctionConfiguration'))
    const { stderr, exitCode } = await withdraw(...options)
    expect(stderr).toMatch(
      /^Error: nothing was changed, .* lacks the permission lambda:GetFunctionConfiguration: allow it \(User: .*\)$/m,
    )
    expect({ exitCode, writes: account.writes }).toEqual({ exitCode: 1, writes: [] })
  })
})

test('after the stack was removed, the settings that it had are given as options', async () => {
  account.addRole({ name: 'admin', path: '/break-glass/', document: granted })
  const { stderr } = await withdraw('--exclusions', '/break-glass/*')
  expect(stderr).toContain(
    "run `npx --no okta-role-trust withdraw --role admin --no-stack --exclusions '/break-glass/*'`",
  )
  expect(account.trustPolicy('admin')).toEqual(granted)
})

test('a fault that keeps it from seeing the stack changes nothing', async () => {
  addGranted('one')
  account.failNext('GetFunctionConfiguration', throttling())
  const { stderr, exitCode } = await withdraw()
  expect(stderr).toMatch(/^Error: AWS is throttling/)
  expect({ exitCode, writes: account.writes }).toEqual({ exitCode: 1, writes: [] })
})

describe('the question', () => {
  const answer = async (input: string) => {
    addGranted('one')
    return runCli(['withdraw'], { isTerminal: true, input, environment: { NO_COLOR: '1' } })
  }

  test('yes changes the roles, after the plan was shown', async () => {
    const { stdout, stderr, exitCode } = await answer('y')
    expect(stderr).toContain('Take the statement out of the trust policies of 1 role in account 111122223333?')
    expect(stdout.indexOf('planned    one')).toBeLessThan(stdout.indexOf('withdrawn  one'))
    expect(stdout).toMatch(/^ +- +"Sid": "OktaSso",$/m)
    expect(account.trustPolicy('one')).toEqual(policy(ec2))
    expect(exitCode).toBe(0)
  })

  test.each([
    ['no', 'n'],
    ['Ctrl-C', '\u0003'],
  ])('%s changes nothing, and ends with 1', async (_, input) => {
    const { stderr, exitCode } = await answer(input)
    expect(stderr).toContain('Nothing was changed.')
    expect({ exitCode, writes: account.writes }).toEqual({ exitCode: 1, writes: [] })
  })

  test('cannot be asked without a terminal: nothing is read or changed', async () => {
    addGranted('one')
    const { stderr, exitCode } = await runCli(['withdraw'], { input: 'y' })
    expect(stderr).toMatch(
      /^Error: withdraw asks .* there is no terminal to ask on: .* `npx --no okta-role-trust withdraw --json` first and add --yes$/m,
    )
    expect({ exitCode, calls: account.calls }).toEqual({ exitCode: 1, calls: [] })
  })
})

describe('--json', () => {
  test('without --yes shows what would become of the roles, and changes nothing', async () => {
    addGranted('one')
    const { stdout, stderr, exitCode } = await runCli(['withdraw', '--json'])
    expect(JSON.parse(stdout)).toEqual({
      dryRun: true,
      scanned: 1,
      counts: { planned: 1 },
      roles: [expect.objectContaining({ roleName: 'one', kind: 'planned', before: granted, after: policy(ec2) })],
    })
    expect(stderr).toContain('Nothing was changed.')
    expect({ exitCode, writes: account.writes }).toEqual({ exitCode: 1, writes: [] })
  })

  test('with --yes tells what became of each, with the trust policies before and after', async () => {
    addGranted('one', 'denied')
    account.addRole({ name: 'ours-alone', document: policy(managed) })
    account.failNext('UpdateAssumeRolePolicy', accessDenied('iam:UpdateAssumeRolePolicy'), { role: 'denied' })
    const { stdout, stderr, exitCode } = await withdraw('--json')
    expect(JSON.parse(stdout)).toMatchObject({
      dryRun: false,
      scanned: 3,
      counts: { blocked: 1, withdrawn: 1, failed: 1 },
      roles: [
        { roleName: 'ours-alone', kind: 'blocked', reason: 'malformed' },
        { roleName: 'one', kind: 'withdrawn', before: granted, after: policy(ec2) },
        { roleName: 'denied', kind: 'failed', arn: account.role('denied').arn },
      ],
    })
    expect(stderr).toMatch(/withdrawn {2}one/)
    expect(exitCode).toBe(1)
  })

  test('ends with 0 where no role holds one', async () => {
    const { stdout, exitCode } = await runCli(['withdraw', '--json'])
    expect(JSON.parse(stdout)).toEqual({ dryRun: true, scanned: 0, counts: {}, roles: [] })
    expect(exitCode).toBe(0)
  })
})

test('Ctrl-C finishes the writes in hand, begins no other, and tells which', async () => {
  const names = Array.from({ length: 12 }, (_, index) => `role-${index}`)
  addGranted(...names)
  let press = () => {}
  account.before('UpdateAssumeRolePolicy', () => press())
  const { stdout, exitCode } = await runCli(['withdraw', '--yes'], {
    withInterrupt: (pressCtrlC) => {
      press = pressCtrlC
    },
  })
  const left = names.filter((name) => account.role(name).document?.includes(OKTA))
  expect(left.length).toBeGreaterThan(0)
  expect(left.length).toBeLessThan(names.length)
  for (const name of left) expect(stdout).toContain(`unstarted  ${name}\n`)
  expect(exitCode).toBe(1)
})
