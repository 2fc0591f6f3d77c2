import { mkdirSync, writeFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { STACK_PARAMETERS } from '../../cli/stack-settings.ts'
import { type Account, createAccount } from '../../fake-aws/account.ts'
import { ENVIRONMENT } from '../../fake-aws/environment.ts'
import { accessDenied, undecryptable } from '../../fake-aws/errors.ts'
import { ec2, managed, OKTA, PARAMETER, policy, TAGGED } from '../functions.ts'
import { runCli, temporaryFolder } from './command-line.ts'

const TAG_SESSION = { ...managed, Action: ['sts:AssumeRoleWithSAML', 'sts:TagSession'] }

let account: Account
beforeEach(() => {
  account = createAccount().attach()
  account.addProvider('Okta')
  account.addRole({ name: 'analyst', tags: TAGGED, document: policy(ec2) })
})

async function plan(options: readonly string[] = [], region?: string) {
  const { stdout, stderr, exitCode } = await runCli(
    ['plan', '--json', ...options],
    region === undefined ? {} : { region },
  )
  return { report: stdout === '' ? undefined : JSON.parse(stdout), stderr, exitCode }
}

describe('where the stack is deployed', () => {
  const deploy = (stage = 'dev', parameters = {}) => {
    account.putParameter(PARAMETER, OKTA)
    account.addFunction(`okta-role-trust-${stage}-backfill`, { ...ENVIRONMENT, ...parameters })
  }

  test('its settings apply', async () => {
    deploy('dev', { SESSION_TAGS: 'true' })
    const { report, stderr } = await plan()
    expect(report.roles[0].after).toEqual(policy(ec2, TAG_SESSION))
    expect(stderr).toBe('Account 111122223333. Settings: those of the stack okta-role-trust-dev in us-east-1.\n')
  })

  test('--stage says which of several', async () => {
    deploy('dev')
    deploy('prod', { TAG_KEY: 'elsewhere' })
    const { report, stderr } = await plan(['--stage', 'prod'])
    expect(report.inScope).toBe(0)
    expect(stderr).toContain('the stack okta-role-trust-prod')
  })

  test('other settings are refused, since the stack would fight them', async () => {
    deploy()
    const { report, stderr, exitCode } = await plan(['--session-tags', 'true', '--provider-arn', OKTA])
    expect(stderr).toBe(
      'Error: the stack okta-role-trust-dev is deployed in us-east-1, and its settings apply: leave out --session-tags, --provider-arn, or add --no-stack to decide without it\n',
    )
    expect({ report, exitCode }).toEqual({ report: undefined, exitCode: 1 })
  })

  test('--no-stack decides without it, and does not ask', async () => {
    deploy('dev', { TAG_KEY: 'elsewhere' })
    const { report, stderr } = await plan(['--no-stack'])
    expect(report.counts.planned).toBe(1)
    expect(stderr).toContain('Settings: the defaults (--no-stack).')
    expect(account.countCalls('GetFunctionConfiguration')).toBe(0)
  })

  test('an environment of another version of the stack is an error that names what is missing', async () => {
    account.addFunction('okta-role-trust-dev-backfill', { TAG_KEY: 'okta-sso' })
    const { stderr, exitCode } = await plan()
    expect(stderr).toMatch(/^Error: environment\.PARAMETER_NAME: found nothing, .* Deploy again/)
    expect(exitCode).toBe(1)
  })

  test('an environment that is wrong names the settings that a deployment must be given again', async () => {
    account.stack.tags = { STAGE: 'dev', team: 'identity' }
    deploy('dev', { EXCLUSIONS: '/break-glass/*', ON_UNTAG: 'perhaps' })
    const { stderr, exitCode } = await plan()
    expect(stderr).toContain('environment.ON_UNTAG: found "perhaps"')
    expect(stderr).toContain(
      'Put the right value into this, and type it: `npx --no serverless deploy --param="exclusions=/break-glass/*" --param="onUntag=perhaps" --param="tags=team=identity"`\n',
    )
    expect(exitCode).toBe(1)
  })

  test.each([
    ['AccessDeniedException', /^Error: the caller lacks the permission kms:Decrypt: allow it/],
    ['KMSDisabledException', /^Error: KMSDisabledException: the environment of the function .* cannot be decrypted: /],
  ])('an environment that cannot be decrypted (%s) is not taken for the defaults', async (code, message) => {
    deploy('dev', { EXCLUSIONS: '/break-glass/*' })
    account.stack.functionStates.set('okta-role-trust-dev-backfill', { Environment: undecryptable(code) })
    const { stderr, exitCode } = await plan()
    expect(stderr).toMatch(message)
    expect(stderr).not.toContain('serverless deploy')
    expect(exitCode).toBe(1)
  })

  test('whoever may not ask for it learns of the permission and of the way without', async () => {
    account.failNext('GetFunctionConfiguration', accessDenied('lambda:GetFunctionConfiguration'))
    const { stderr, exitCode } = await plan()
    expect(stderr).toMatch(
      /^Error: the caller lacks the permission lambda:GetFunctionConfiguration: allow it, or add --no-stack to decide without the stack/,
    )
    expect(exitCode).toBe(1)
  })
})

describe('settings from a file', () => {
  const home = process.cwd()
  beforeEach(() => {
    process.chdir(temporaryFolder())
    mkdirSync('settings')
    writeFileSync('settings/prod.yml', 'sessionTags: true\n')
    writeFileSync('other.yml', 'sessionTags: true\nexclusions: /analyst\n')
    account.putParameter(PARAMETER, OKTA)
  })
  afterEach(() => process.chdir(home))

  test('are those of the stage, if it has one in this folder', async () => {
    const { report, stderr } = await plan(['--stage', 'prod'])
    expect(report.roles[0].after).toEqual(policy(ec2, TAG_SESSION))
    expect(stderr).toBe(
      'Account 111122223333. Settings: settings/prod.yml (no stack okta-role-trust-prod in us-east-1).\n',
    )
  })

  test('are those of another file where one is named, and an option wins over both', async () => {
    const { report, stderr } = await plan(['--stage', 'prod', '--settings', 'other.yml'])
    expect(report.roles[0]).toMatchObject({ kind: 'skipped' })
    expect(stderr).toContain('Settings: other.yml (no stack')
    const { report: changed, stderr: told } = await plan([
      '--settings',
      'other.yml',
      '--exclusions',
      '/x',
      '--no-stack',
    ])
    expect(changed.roles[0].after).toEqual(policy(ec2, TAG_SESSION))
    expect(told).toContain('Settings: other.yml except --exclusions /x (--no-stack).')
  })

  test('are not taken where the stack is deployed', async () => {
    account.addFunction('okta-role-trust-prod-backfill', ENVIRONMENT)
    const { report } = await plan(['--stage', 'prod'])
    expect(report.roles[0].after).toEqual(policy(ec2, managed))
    const { stderr, exitCode } = await plan(['--stage', 'prod', '--settings', 'other.yml'])
    expect(stderr).toBe(
      'Error: the stack okta-role-trust-prod is deployed in us-east-1, and its settings apply: leave out --settings, or add --no-stack to decide without it\n',
    )
    expect(exitCode).toBe(1)
    expect((await plan(['--stage', 'prod', '--settings', 'other.yml', '--no-stack'])).stderr).toContain(
      'Settings: other.yml (--no-stack).',
    )
  })

  test('are missed aloud where a stage has none', async () => {
    const { report, stderr } = await plan(['--stage', 'live'])
    expect(report.roles[0].after).toEqual(policy(ec2, managed))
    expect(stderr).toContain(
      'Settings: the defaults (no stack okta-role-trust-live in us-east-1, and no settings/live.yml here).',
    )
  })

  test('are named again in the command that applies the plan', async () => {
    const { stderr } = await plan(['--stage', 'prod', '--settings', 'other.yml', '--exclusions', '/x', '--out', 'plan'])
    expect(stderr).toContain(
      '`npx --no okta-role-trust apply plan --no-stack --settings other.yml --exclusions /x --stage prod`',
    )
  })

  test('explain a document without a call to AWS', async () => {
    writeFileSync('policy.json', JSON.stringify(policy(ec2)))
    const { stdout, stderr, exitCode } = await runCli([
      ...['explain', './policy.json', '--no-stack', '--provider-arn', OKTA, '--settings', 'other.yml'],
    ])
    expect(stdout).toContain('sts:TagSession')
    expect(stderr).toContain(`Settings: other.yml except --provider-arn ${OKTA} (--no-stack).`)
    expect({ exitCode, calls: account.calls }).toEqual({ exitCode: 0, calls: [] })
  })

  test.each([
    ['sessionTags: yes', 'prod.yml: sessionTags: found "yes", expected "true" or "false"'],
    ['tags: team', 'prod.yml: tags: found "team", expected key=value pairs separated by commas'],
    ['schedule: hourly', 'prod.yml: schedule: found "hourly", expected a schedule that runs every day'],
    ['sessiontags: true', 'prod.yml: sessiontags: there is no such setting, expected one of parameterName, '],
    ['- a', 'prod.yml: found a list, expected a map of settings'],
  ])('that are wrong are refused as packaging refuses them: %s', async (text, message) => {
    writeFileSync('settings/prod.yml', text)
    for (const options of [
      ['--stage', 'prod'],
      ['--settings', 'settings/prod.yml'],
    ]) {
      const { stderr, exitCode } = await plan(options)
      expect(stderr).toContain(`Error: settings/${message}`)
      expect(exitCode).toBe(1)
    }
  })

  test('that are not there are refused', async () => {
    const { stderr, exitCode } = await plan(['--settings', 'gone.yml'])
    expect(stderr).toBe('Error: --settings gone.yml: there is no such file; name one that exists\n')
    expect(exitCode).toBe(1)
  })
})

test.each(['', 'default', '../dev', 'a b', 'prod.yml', '__proto__', 'größe'])(
  'the stage %j, as which nothing can be deployed, is refused before AWS is asked',
  async (stage) => {
    const { stderr, exitCode } = await plan([`--stage=${stage}`])
    expect(stderr).toBe(
      `error: option '--stage <name>' argument '${stage}' is invalid. Expected letters, digits and hyphens, and not the name default.\n(see --help)\n`,
    )
    expect({ exitCode, calls: account.calls }).toEqual({ exitCode: 1, calls: [] })
  },
)

describe('where no stack is deployed', () => {
  test('the defaults of serverless.yml hold', async () => {
    account.putParameter(PARAMETER, OKTA)
    const { report, stderr } = await plan()
    expect(report.roles[0].after).toEqual(policy(ec2, managed))
    expect(stderr).toBe('Account 111122223333. Settings: the defaults (no stack okta-role-trust-dev in us-east-1).\n')
  })

  test('each parameter of the stack that decides about roles has an option, a variable and a meaning', () => {
    expect(STACK_PARAMETERS.map(({ option }) => option)).toEqual([
      'parameter-name',
      'tag-key',
      'tag-value',
      'audiences',
      'session-tags',
      'source-identity',
      'exclusions',
      'on-untag',
      'sid',
    ])
    for (const { variable, meaning, defaultValue } of STACK_PARAMETERS) {
      expect(ENVIRONMENT).toHaveProperty(variable, defaultValue)
      expect(meaning).toMatch(/^\w.+/)
    }
  })

  test('options change them, and are told', async () => {
    const audience = 'https://eu-west-1.signin.aws.amazon.com/saml'
    const { report, stderr } = await plan(['--provider-arn', OKTA, '--audiences', audience, '--session-tags', 'true'])
    expect(report.roles[0].after.Statement[1]).toEqual({
      ...TAG_SESSION,
      Condition: { StringEquals: { 'SAML:aud': audience } },
    })
    expect(stderr).toContain(`the defaults except --audiences ${audience} --session-tags true --provider-arn ${OKTA}`)
  })

  test.each([
    [['--session-tags', 'yes'], '--session-tags: found "yes", expected "true" or "false"'],
    [
      ['--audiences', 'https://a,b'],
      '--audiences: found "https://a,b", expected an https URL, the ACS URL set in Okta',
    ],
  ])('%s is refused under its own name', async (options, message) => {
    const { stderr, exitCode } = await plan(['--provider-arn', OKTA, ...options])
    expect(stderr).toBe(`Error: ${message}\n`)
    expect(exitCode).toBe(1)
  })

  test('a parameter that is not there is told with both ways out', async () => {
    const { stderr, exitCode } = await plan()
    expect(stderr).toMatch(
      /^Error: there is no SSM parameter \/okta\/saml-provider-arn in us-east-1: create it with `aws ssm put-parameter --region us-east-1 --name \/okta\/saml-provider-arn .*`, or give --no-stack --provider-arn ARN$/m,
    )
    expect(exitCode).toBe(1)
  })
})

describe('the provider', () => {
  test.each([
    [
      'of another account',
      'arn:aws:iam::444455556666:saml-provider/Okta',
      'of this account (111122223333, partition aws)',
    ],
    [
      'of another partition',
      'arn:aws-cn:iam::111122223333:saml-provider/Okta',
      'of this account (111122223333, partition aws)',
    ],
    ['that IAM does not know', 'arn:aws:iam::111122223333:saml-provider/Entra', 'IAM knows no SAML provider'],
    ['that is no ARN', 'Okta', 'expected a SAML provider ARN such as'],
  ])('%s is refused, and no role is read', async (_, arn, why) => {
    const { stderr, exitCode } = await plan(['--provider-arn', arn])
    expect(stderr).toContain('Error: --provider-arn: ')
    expect(stderr).toContain(why)
    expect(exitCode).toBe(1)
    expect(account.countCalls('GetAccountAuthorizationDetails')).toBe(0)
  })

  test('that has expired is a warning', async () => {
    account.addProvider('Okta', new Date('2020-01-01'))
    const { stderr, exitCode } = await plan(['--provider-arn', OKTA])
    expect(stderr).toMatch(/^Warning: SAML provider .*Okta expired at 2020-01-01/m)
    expect(exitCode).toBe(2)
  })
})

describe('the region', () => {
  test.each([
    ['no region is set', undefined, 'us-east-1'],
    ['work goes on elsewhere in the partition', 'eu-central-1', 'us-east-1'],
    ['the region is of GovCloud', 'us-gov-east-1', 'us-gov-west-1'],
    ['the region is of China', 'cn-northwest-1', 'cn-north-1'],
    ['the region is of the sovereign cloud', 'eusc-de-east-1', 'eusc-de-east-1'],
  ])('where %s is the one where the stack can live', async (_, configured, region) => {
    const { stderr } = await plan(['--provider-arn', OKTA], configured)
    expect(stderr).toContain(`no stack okta-role-trust-dev in ${region})`)
  })

  test.each(['plan', 'explain', 'statement', 'apply', 'history', 'restore', 'withdraw'])(
    'where no stack can live is refused by %s',
    async (command) => {
      const role = { plan: [], apply: ['--yes'], withdraw: ['--yes'], explain: ['x'], statement: [], history: ['x'] }[
        command
      ] ?? ['x', '--yes', '--to', '0f6c3e9a-d582-4b17-ae40-95c1b7d8f263']
      const { stdout, stderr, exitCode } = await runCli([command, ...role, '--region', 'eu-west-1'])
      expect(stderr).toBe(
        "Error: IAM's events arrive in us-east-1 and never in eu-west-1: a rule there never fires: leave out --region, or give `--region us-east-1`\n",
      )
      expect({ stdout, exitCode, writes: account.writes }).toEqual({ stdout: '', exitCode: 1, writes: [] })
    },
  )
})
