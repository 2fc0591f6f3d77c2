import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import timers from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { type Account, createAccount } from '../../fake-aws/account.ts'
import type { Fault } from '../../fake-aws/api-calls.ts'
import { expiredToken, invalidToken } from '../../fake-aws/errors.ts'
import { type AccountServer, serveAccount } from '../../fake-aws/server.ts'
import { bin, version } from '../../package.json'
import { ec2, managed, PARAMETER, policy, TAGGED } from '../functions.ts'
import { temporaryFolder } from './command-line.ts'

// The program as `npx --no okta-role-trust` starts it, a process of its own.

const FOLDER = join(import.meta.dirname, '../..')
const PROGRAM = join(FOLDER, 'dist/okta-role-trust.mjs')
/** How long a write takes, in milliseconds. */
const WRITE_TAKES = 100

// Each test starts a process or two.
vi.setConfig({ testTimeout: 60_000 })

beforeAll(() => {
  execFileSync(process.execPath, ['cli/bundle.mjs'], { cwd: FOLDER })
}, 60_000)

let account: Account
let server: AccountServer
beforeEach(async () => {
  account = createAccount()
  account.putParameter(PARAMETER, account.addProvider('Okta', new Date('2036-01-01')))
  server = await serveAccount(account)
})
afterEach(() => server.close())

const addDueRole = (name: string) => account.addRole({ name, tags: TAGGED, document: policy(ec2) })

type Environment = Readonly<Record<string, string>>
const KEYS: Environment = { AWS_ACCESS_KEY_ID: 'FROMENVIRONMENT', AWS_SECRET_ACCESS_KEY: 'secret' }

/** Starts the program on a machine that knows nothing of AWS but what is given. */
function start(args: readonly string[], environment: Environment = KEYS): ChildProcess {
  const home = temporaryFolder()
  return spawn(process.execPath, [PROGRAM, ...args], {
    // Whoever runs the tests may keep settings in the project.
    cwd: home,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      HOME: home,
      PATH: process.env.PATH,
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_ENDPOINT_URL: server.url,
      ...environment,
    },
  })
}

async function ended(program: ChildProcess) {
  let [stdout, stderr] = ['', '']
  program.stdout?.on('data', (chunk) => {
    stdout += chunk
  })
  program.stderr?.on('data', (chunk) => {
    stderr += chunk
  })
  return new Promise<{ exitCode: number | null; signal: string | null; stdout: string; stderr: string }>((resolve) => {
    program.on('close', (exitCode, signal) => resolve({ exitCode, signal, stdout, stderr }))
  })
}

const run = (args: readonly string[], environment?: Environment) => ended(start(args, environment))

test('is what package.json names as the program', () => {
  expect(existsSync(PROGRAM)).toBe(true)
  expect(join(FOLDER, bin['okta-role-trust'])).toBe(PROGRAM)
})

describe('without AWS', () => {
  test('prints its version', async () => {
    expect(await run(['--version'])).toMatchObject({ exitCode: 0, stdout: `${version}\n`, stderr: '' })
  })

  test.each([
    [['--help']],
    [['plan', '--help']],
    [['apply', '--help']],
    [['explain', '--help']],
    [['statement', '--help']],
    [['history', '--help']],
    [['restore', '--help']],
    [['doctor', '--help']],
  ])('prints the help of %s', async (args) => {
    const { exitCode, stdout, stderr } = await run(args)
    expect(stdout).toMatch(/^Usage: okta-role-trust /)
    expect(stdout).toMatch(/Examples:\n {2}npx --no okta-role-trust /)
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
  })

  test.each([
    [['plann'], "error: unknown command 'plann'\n(Did you mean plan?)"],
    [['plan', '--rolle', 'x'], "error: unknown option '--rolle'\n(Did you mean --role?)"],
    [['plan', 'x'], "error: too many arguments for 'plan'"],
    [['explain'], "error: missing required argument 'role-or-file'"],
    [[], 'Usage: okta-role-trust '],
  ])('ends with 1 on stderr for %s', async (args, words) => {
    const { exitCode, stdout, stderr } = await run(args)
    expect(stderr).toContain(words)
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' })
  })
})

describe('credentials', () => {
  test('that are nowhere end it with what to do', async () => {
    const { exitCode, stdout, stderr } = await run(['plan'], {})
    expect(stderr).toMatch(/^Error: no AWS credentials: sign in, .*\n$/)
    expect({ exitCode, stdout, calls: account.calls }).toEqual({ exitCode: 1, stdout: '', calls: [] })
  })

  test.each([['check', 'plan.json'], ['statement']])(
    'that are nowhere are not needed by %s, and it says by which options',
    async (...args) => {
      const { exitCode, stderr } = await run(args, {})
      expect(stderr).toMatch(
        /^Error: no AWS credentials: .*; with --no-stack and --provider-arn ARN, both together, AWS/,
      )
      expect(exitCode).toBe(1)
    },
  )

  test('of the environment are used, and nothing else is said of them', async () => {
    const { exitCode, stderr } = await run(['plan'])
    expect(stderr).toMatch(/^Account 111122223333\. Settings: the defaults .*\n$/)
    expect(server.accessKeys).toEqual(new Set(['FROMENVIRONMENT']))
    expect(exitCode).toBe(0)
  })

  const profiles = (text: string): Environment => {
    const file = join(temporaryFolder(), 'config')
    writeFileSync(file, text)
    return { ...KEYS, AWS_CONFIG_FILE: file }
  }

  test('of the named profile are used, whatever the environment holds', async () => {
    const config = '[profile prod]\naws_access_key_id = FROMPROFILE\naws_secret_access_key = secret\n'
    const { exitCode } = await run(['plan', '--profile', 'prod'], profiles(config))
    expect(server.accessKeys).toEqual(new Set(['FROMPROFILE']))
    expect(exitCode).toBe(0)
  })

  const PROD = '[profile prod]\naws_access_key_id = FROMPROFILE\naws_secret_access_key = secret\n'

  test.each<[string, Environment, string]>([
    ['of the environment are used before the profile that it names', KEYS, 'FROMENVIRONMENT'],
    ['of the profile that the environment names are used where it holds no keys', {}, 'FROMPROFILE'],
  ])('%s, as by the AWS CLI', async (_, keys, expected) => {
    const { AWS_CONFIG_FILE = '' } = profiles(PROD)
    const { exitCode, stderr } = await run(['plan'], { ...keys, AWS_CONFIG_FILE, AWS_PROFILE: 'prod' })
    expect(server.accessKeys).toEqual(new Set([expected]))
    expect(stderr).toMatch(/^Account 111122223333\. .*\n$/)
    expect(exitCode).toBe(0)
  })

  test('of a profile that the environment misspells are not looked for elsewhere, and it is named', async () => {
    const { AWS_CONFIG_FILE = '' } = profiles(`${PROD}[default]\naws_access_key_id = X\naws_secret_access_key = s\n`)
    const { exitCode, stderr } = await run(['plan'], { AWS_CONFIG_FILE, AWS_PROFILE: 'prdo' })
    expect(stderr).toMatch(/^Error: the profile prdo has no credentials or does not exist: .*\n$/)
    expect({ exitCode, calls: account.calls }).toEqual({ exitCode: 1, calls: [] })
  })

  test.each([
    ['the default profile', 'default', [], {}],
    ['the named profile', 'profile prod', ['--profile', 'prod'], {}],
    ['the profile that the environment names', 'profile prod', [], { AWS_PROFILE: 'prod' }],
  ])('of a single sign-on that has ended are told so: %s', async (_, section, options, environment) => {
    const HOME = temporaryFolder()
    const cache = join(HOME, '.aws/sso/cache')
    mkdirSync(cache, { recursive: true })
    const token = { accessToken: 'x', expiresAt: '2020-01-01T00:00:00Z' }
    writeFileSync(join(cache, `${createHash('sha1').update('corp').digest('hex')}.json`), JSON.stringify(token))
    const config = `[${section}]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = admin\n[sso-session corp]\nsso_region = us-east-1\nsso_start_url = https://corp.awsapps.com/start\n`
    const { AWS_CONFIG_FILE = '' } = profiles(config)
    const { exitCode, stderr } = await run(['plan', ...options], { HOME, AWS_CONFIG_FILE, ...environment })
    expect(stderr).toMatch(/^Error: the AWS credentials have expired: sign in again, for example with `aws sso login/)
    expect(exitCode).toBe(1)
  })

  test('of a profile that is not there are not looked for elsewhere', async () => {
    const { exitCode, stderr } = await run(['plan', '--profile', 'prdo'], profiles('[profile prod]\n'))
    expect(stderr).toMatch(/^Error: the profile prdo has no credentials or does not exist: .*\n$/)
    expect({ exitCode, calls: account.calls }).toEqual({ exitCode: 1, calls: [] })
  })

  test('that need a code cannot be had without a terminal', async () => {
    const config =
      '[profile base]\naws_access_key_id = KEY\naws_secret_access_key = secret\n[profile admin]\nsource_profile = base\nrole_arn = arn:aws:iam::111122223333:role/admin\nmfa_serial = arn:aws:iam::111122223333:mfa/alice\n'
    const { exitCode, stderr } = await run(['plan', '--profile', 'admin'], profiles(config))
    expect(stderr).toMatch(
      /^Error: Code of the MFA device arn:aws:iam::111122223333:mfa\/alice: there is no terminal .*\n$/,
    )
    expect(exitCode).toBe(1)
  })

  test.each([
    ['have expired', expiredToken(), 'the AWS credentials have expired: sign in again'],
    ['are unknown', invalidToken(), 'AWS does not accept the credentials'],
  ])('that %s end it with what to do', async (_, error, words) => {
    account.failNext('GetCallerIdentity', error)
    const { exitCode, stderr } = await run(['plan'])
    expect(stderr).toMatch(new RegExp(`^Error: ${words}.*\n$`))
    expect(exitCode).toBe(1)
  })
})

test('an AWS that cannot be reached is told so', async () => {
  server.close()
  const { exitCode, stderr } = await run(['plan'])
  expect(stderr).toMatch(/^Error: AWS cannot be reached: check the network and the region \(.*\)\n$/)
  expect(exitCode).toBe(1)
})

test('AWS judges what is planned, and what it does not let pass is not written', async () => {
  addDueRole('one')
  account.findInPolicies((document) =>
    document.includes('SAML')
      ? [
          {
            findingType: 'ERROR',
            issueCode: 'MISMATCHED_ACTION_FOR_PRINCIPAL',
            findingDetails: 'The action is invalid with the principal.',
            learnMoreLink: 'https://docs.aws.amazon.com/',
            locations: [{ path: [{ value: 'Statement' }, { index: 1 }, { value: 'Action' }], span: undefined }],
          },
        ]
      : [],
  )
  const { exitCode, stdout } = await run(['apply', '--no-stack', '--yes', '--validate'])
  expect(stdout).toContain('MISMATCHED_ACTION_FOR_PRINCIPAL at Statement[1].Action (Sid OktaSso)')
  expect(account.trustPolicy('one')).toEqual(policy(ec2))
  expect(exitCode).toBe(1)
})

test('a reader that reads no further is no crash', async () => {
  for (let index = 0; index < 500; index += 1) addDueRole(`role-${index}`)
  const program = start(['plan'])
  program.stdout?.once('data', () => program.stdout?.destroy())
  const { exitCode, stderr } = await ended(program)
  expect(stderr).toMatch(/^Account .*\n$/)
  expect(exitCode).toBe(2)
})

describe('Ctrl-C', () => {
  const ROLES = Array.from({ length: 40 }, (_, index) => `role-${index}`)
  beforeEach(() => {
    for (const name of ROLES) addDueRole(name)
  })
  const slowly: Fault = async (carryOut) => {
    const answer = carryOut()
    await timers.setTimeout(WRITE_TAKES)
    return answer
  }
  const unanswered: Fault = (carryOut) => {
    carryOut()
    return new Promise(() => {})
  }
  const changed = () => ROLES.filter((name) => isDeepStrictEqual(account.trustPolicy(name), policy(ec2, managed)))

  test('during apply finishes the writes in hand and tells what was done and what was not', async () => {
    const program = start(['apply', '--no-stack', '--yes'])
    account.disturbNext('UpdateAssumeRolePolicy', slowly, { times: ROLES.length })
    account.before('UpdateAssumeRolePolicy', () => program.kill('SIGINT'))
    const { exitCode, signal, stdout, stderr } = await ended(program)
    expect(stderr).toContain('Stopping after the writes in progress; interrupt again to stop at once.')
    expect(changed().length).toBeGreaterThan(0)
    expect(changed().length).toBeLessThan(ROLES.length)
    for (const name of ROLES) {
      expect(stdout).toMatch(changed().includes(name) ? `  patched    ${name}  ` : `  unstarted  ${name}\n`)
    }
    expect({ exitCode, signal }).toEqual({ exitCode: 1, signal: null })
  })

  test('once more ends it at once', async () => {
    account.disturbNext('UpdateAssumeRolePolicy', unanswered, { times: ROLES.length })
    const program = start(['apply', '--no-stack', '--yes'])
    program.stderr?.on('data', (chunk) => {
      if (String(chunk).includes('Stopping')) program.kill('SIGINT')
    })
    account.before('UpdateAssumeRolePolicy', () => program.kill('SIGINT'))
    const { signal, stdout } = await ended(program)
    expect(signal).toBe('SIGINT')
    expect(stdout).not.toContain('planned:')
  })

  test('during a plan ends it at once', async () => {
    account.disturbNext('GetParameter', unanswered)
    const program = start(['plan'])
    program.stderr?.once('data', () => program.kill('SIGINT'))
    expect((await ended(program)).signal).toBe('SIGINT')
  })
})
