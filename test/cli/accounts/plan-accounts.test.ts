import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { accessDenied } from '../../../fake-aws/errors.ts'
import { failure, type Organization } from '../../../fake-aws/organization.ts'
import { ec2, policy, TAGGED } from '../../functions.ts'
import { runCli, temporaryFolder } from '../command-line.ts'
import { CALLER, member, serveOrganization } from './organization.ts'

const [FIRST, SECOND, THIRD] = ['000000000001', '222222222222', '333333333333']

/** Adds an account whose roles are due. */
const add = (organization: Organization, id: string, due = 0, options = {}) =>
  organization.addAccount(id, { account: () => member(id, due), ...options })

const lines = (text: string) => text.trimEnd().split('\n')

let organization: Organization
beforeEach(async () => {
  organization = await serveOrganization()
  add(organization, CALLER)
  add(organization, FIRST, 2)
  add(organization, SECOND, 1, { name: 'sandbox' })
})

describe('plan --org', () => {
  test('shows a line for each account, the worst first, and the totals', async () => {
    const { stdout, stderr, exitCode } = await runCli(['plan', '--org'])
    expect(lines(stdout).map((line) => line.replace(/ +/g, ' '))).toEqual([
      ` planned ${FIRST} account-${FIRST} 2 roles, 2 in scope: 2 planned`,
      ` planned ${SECOND} sandbox 1 role, 1 in scope: 1 planned`,
      ` unchanged ${CALLER} account-${CALLER} 0 roles, 0 in scope`,
      ' 3 accounts, 3 reached; 3 roles, 3 in scope: 3 planned',
    ])
    expect(stderr).toBe('')
    expect(exitCode).toBe(2)
  })

  test('prints the report of each account as JSON, and the totals', async () => {
    const { stdout } = await runCli(['plan', '--org', '--json'])
    const { accounts, totals, ...others } = JSON.parse(stdout)
    expect(others).toEqual({})
    expect(accounts).toHaveLength(3)
    const first = accounts.find(({ accountId }: { accountId: string }) => accountId === FIRST)
    expect(first).toMatchObject({ name: `account-${FIRST}`, report: { dryRun: true, scanned: 2 } })
    // A provider of its own, and no other account's.
    expect(first.report.providers).toEqual([`arn:aws:iam::${FIRST}:saml-provider/Okta`])
    expect(Object.keys(first)).toEqual(['accountId', 'name', 'report'])
    expect(totals).toMatchObject({ accounts: 3, reached: 3, scanned: 3, inScope: 3, counts: { planned: 3, failed: 0 } })
    expect(Object.keys(totals)).toEqual(['accounts', 'reached', 'scanned', 'inScope', 'counts'])
  })

  test('ends with 0 and says so where nothing is due anywhere', async () => {
    const { stdout, exitCode } = await runCli(['plan', '--org', '--except', FIRST, '--except', SECOND])
    expect(lines(stdout).at(-1)).toBe('  1 account, 1 reached; 0 roles, 0 in scope; nothing is due')
    expect(exitCode).toBe(0)
  })

  test('makes five calls in an account, four in its own, and one for every 20 accounts', async () => {
    for (let index = 0; index < 20; index += 1) add(organization, `${400000000000 + index}`)
    await runCli(['plan', '--org'])
    expect(Object.fromEntries(organization.calls)).toEqual({
      GetCallerIdentity: 1,
      ListAccounts: 2,
      AssumeRole: 22,
      GetFunctionConfiguration: 23,
      GetParameter: 23,
      GetSAMLProvider: 23,
      GetAccountAuthorizationDetails: 23,
    })
  })

  test("assumes the stack's own reader by a session that names the caller", async () => {
    await runCli(['plan', '--org', '--except', SECOND])
    expect(organization.assumed).toEqual([
      {
        arn: `arn:aws:iam::${FIRST}:role/okta-role-trust/okta-role-trust-dev-reader`,
        sessionName: 'okta-role-trust-alice',
      },
    ])
  })

  test('goes by the settings of each account', async () => {
    organization.addAccount(THIRD, {
      account: () => {
        const account = member(THIRD, 1, { TAG_KEY: 'other' })
        account.addRole({ name: 'other', tags: { other: 'true' }, document: policy(ec2) })
        return account
      },
    })
    const { stdout } = await runCli(['plan', '--org', '--json'])
    const { accounts } = JSON.parse(stdout)
    const found = accounts.find(({ accountId }: { accountId: string }) => accountId === THIRD)
    expect(found.report.roles.map(({ roleName }: { roleName: string }) => roleName)).toEqual(['other'])
  })

  test('names the accounts that nobody can sign in to, looks at none of them, and counts none', async () => {
    add(organization, THIRD, 1, { state: 'SUSPENDED', name: 'closed\u001b[2J' })
    const { stdout, stderr, exitCode } = await runCli(['plan', '--org'])
    expect(stderr).toBe(`Left out: ${THIRD} closed\\u001b[2J is SUSPENDED, and nobody can look at it\n`)
    expect(lines(stdout).at(-1)).toContain('3 accounts, 3 reached')
    expect(exitCode).toBe(2)
  })

  test('shows a name that would deceive a terminal as what it is, in the table and as JSON', async () => {
    add(organization, THIRD, 0, { name: 'prod\u001b[31m\nok' })
    expect((await runCli(['plan', '--org'])).stdout).toContain('prod\\u001b[31m\\u000aok')
    const { stdout } = await runCli(['plan', '--org', '--json'])
    expect(stdout).not.toContain('\u001b')
    const { accounts } = JSON.parse(stdout)
    expect(accounts.map(({ name }: { name: string }) => name)).toContain('prod\u001b[31m\nok')
  })
})

describe('an account that cannot be looked at', () => {
  const reasonOf = async (id: string, ...options: readonly string[]) => {
    const { stdout, exitCode } = await runCli(['plan', '--org', '--json', ...options])
    expect(exitCode).toBe(1)
    const { accounts, totals } = JSON.parse(stdout)
    expect(totals).toMatchObject({ accounts: accounts.length, reached: accounts.length - 1, counts: { planned: 3 } })
    const found = accounts.find(({ accountId }: { accountId: string }) => accountId === id)
    expect(Object.keys(found)).toEqual(['accountId', 'name', 'error'])
    return found.error
  }

  test('stands first in the table with the reason, while the others are looked at', async () => {
    add(organization, THIRD, 1, { reader: 'another' })
    const { stdout, exitCode } = await runCli(['plan', '--org'])
    expect(lines(stdout)[0]).toMatch(
      new RegExp(`^  unreached  ${THIRD} .* the role okta-role-trust/okta-role-trust-dev-reader cannot be assumed: `),
    )
    expect(lines(stdout).at(-1)).toBe('  4 accounts, 3 reached; 3 roles, 3 in scope: 3 planned')
    expect(exitCode).toBe(1)
  })

  test('is one whose role does not trust the caller, or is not there', async () => {
    add(organization, THIRD, 1, { reader: 'another' })
    expect(await reasonOf(THIRD)).toContain(
      'deploy the stack there with a readerPrincipal that you are, or name another',
    )
  })

  test('is one whose role of another name does not, where the stack has nothing to do with it', async () => {
    add(organization, CALLER)
    add(organization, THIRD, 1)
    add(organization, SECOND, 1, { reader: 'auditor' })
    add(organization, FIRST, 2, { reader: 'auditor' })
    expect(await reasonOf(THIRD, '--role-name', 'auditor')).toContain(
      'the role auditor cannot be assumed: there must be such a role, and its trust policy must let you in; and sts:AssumeRole',
    )
  })

  test('is one that no stack is deployed in, as nobody decides there by the defaults', async () => {
    organization.addAccount(THIRD, {
      account: () => {
        const account = member(THIRD, 1)
        account.deleteFunction('okta-role-trust-dev-backfill')
        return account
      },
    })
    expect(await reasonOf(THIRD)).toContain('no stack okta-role-trust-dev is deployed in us-east-1: deploy it there')
  })

  test('is one without the parameter, and what to type names a profile of that account', async () => {
    organization.addAccount(THIRD, {
      account: () => {
        const account = member(THIRD, 1)
        account.deleteParameter('/okta/saml-provider-arn')
        return account
      },
    })
    expect(await reasonOf(THIRD)).toMatch(/`aws ssm put-parameter .* --profile PROFILE_OF_333333333333`/)
  })

  test('is one whose reader lacks a permission', async () => {
    organization.addAccount(THIRD, {
      account: () => {
        const account = member(THIRD, 1)
        account.failNext('GetAccountAuthorizationDetails', accessDenied('iam:GetAccountAuthorizationDetails'))
        return account
      },
    })
    expect(await reasonOf(THIRD)).toContain('the caller lacks the permission iam:GetAccountAuthorizationDetails')
  })
})

test('one that never answers does not stop the others, and Ctrl-C names it', async () => {
  let press = () => {}
  const left = new Set([CALLER, FIRST, SECOND])
  const hanging = await serveOrganization({
    onCall: ({ name }, id) => {
      if (id === THIRD) return new Promise(() => {})
      if (name !== 'GetAccountAuthorizationDetails') return undefined
      left.delete(id)
      if (left.size === 0) setTimeout(press, 500)
      return undefined
    },
  })
  for (const id of [CALLER, FIRST, SECOND, THIRD]) add(hanging, id, 1)
  const { stdout, exitCode } = await runCli(['plan', '--org'], {
    withInterrupt: (interrupt) => {
      press = interrupt
    },
  })
  expect(lines(stdout)[0]).toMatch(
    new RegExp(`unreached  ${THIRD} .*it was not looked at, since the command was interrupted`),
  )
  expect(lines(stdout).at(-1)).toBe('  4 accounts, 3 reached; 3 roles, 3 in scope: 3 planned')
  expect(exitCode).toBe(1)
})

test('one that has not answered after three minutes is given up', async () => {
  const realTimeout = setTimeout
  const left = new Set([CALLER, FIRST])
  const hanging = await serveOrganization({
    onCall: ({ name }, id) => {
      if (id === THIRD) return new Promise(() => {})
      if (name === 'GetAccountAuthorizationDetails') left.delete(id)
      if (left.size === 0) realTimeout(() => vi.advanceTimersByTime(180_000), 500)
      return undefined
    },
  })
  for (const id of [CALLER, FIRST, THIRD]) add(hanging, id, 1)
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => {
    vi.useRealTimers()
  })
  const { stdout, exitCode } = await runCli(['plan', '--org'])
  expect(lines(stdout)[0]).toMatch(
    new RegExp(`unreached  ${THIRD} .* it did not answer within 3 minutes: run the command`),
  )
  expect(lines(stdout).at(-1)).toBe('  3 accounts, 2 reached; 2 roles, 2 in scope: 2 planned')
  expect(exitCode).toBe(1)
})

test('throttled calls are made again', async () => {
  let left = 8
  const throttled = await serveOrganization({
    onCall: ({ name }) => {
      if (!['ListAccounts', 'AssumeRole'].includes(name) || left === 0) return
      left -= 1
      throw failure(name === 'ListAccounts' ? 'TooManyRequestsException' : 'Throttling', 'Rate exceeded')
    },
  })
  for (const id of [CALLER, FIRST]) add(throttled, id)
  expect((await runCli(['plan', '--org'])).exitCode).toBe(0)
  expect(left).toBe(0)
}, 60_000)

test('where the credentials expire on the way, nothing more is tried', async () => {
  const expiring = await serveOrganization({
    onCall: ({ name }) => {
      if (name === 'AssumeRole')
        throw failure('ExpiredTokenException', 'The security token included in the request is expired', 403)
    },
  })
  add(expiring, CALLER)
  for (let index = 0; index < 40; index += 1) add(expiring, `${400000000000 + index}`)
  const { stdout, exitCode } = await runCli(['plan', '--org', '--concurrency', '2'])
  expect(stdout.match(/the AWS credentials have expired: sign in again/g)).toHaveLength(41)
  expect(expiring.calls.get('AssumeRole')).toBeLessThanOrEqual(2)
  expect(exitCode).toBe(1)
})

describe('plan --ou', () => {
  const [TOP, BELOW, ELSEWHERE] = ['ou-ab12-topunit1', 'ou-ab12-belowun1', 'ou-ab12-elsewhe1']
  beforeEach(() => {
    organization.units.set(TOP, 'r-ab12').set(BELOW, TOP).set(ELSEWHERE, 'r-ab12')
    add(organization, THIRD, 1, { parent: BELOW })
    add(organization, '444444444444', 1, { parent: TOP })
    add(organization, '555555555555', 1, { parent: ELSEWHERE })
  })
  const lookedAt = async (...options: readonly string[]) => {
    const { stdout } = await runCli(['plan', '--json', ...options])
    return JSON.parse(stdout)
      .accounts.map(({ accountId }: { accountId: string }) => accountId)
      .toSorted()
  }

  test('looks at the accounts of the OU and of those below it, each once', async () => {
    expect(await lookedAt('--ou', TOP)).toEqual([THIRD, '444444444444'])
    expect(await lookedAt('--ou', TOP, '--ou', BELOW, '--ou', ELSEWHERE)).toEqual([
      THIRD,
      '444444444444',
      '555555555555',
    ])
    expect(await lookedAt('--ou', 'r-ab12')).toHaveLength(6)
  })

  test('says which OU is not there, or is no id of one, or holds no account', async () => {
    const { stderr, exitCode } = await runCli(['plan', '--ou', 'ou-ab12-nowhere1'])
    expect(stderr).toContain('--ou ou-ab12-nowhere1: the organization of account 111122223333 has no such OU')
    expect(exitCode).toBe(1)
    expect((await runCli(['plan', '--ou', 'Workloads'])).stderr).toContain('expected the id of an OU')
    organization.units.set('ou-ab12-empty001', 'r-ab12')
    expect((await runCli(['plan', '--ou', 'ou-ab12-empty001'])).stderr).toContain('no account is to be looked at in')
  })
})

describe('plan --accounts', () => {
  const fileOf = (content: string | Buffer) => {
    const file = join(temporaryFolder(), 'accounts.txt')
    writeFileSync(file, content)
    return file
  }

  test('takes ids and names, comments and empty lines, marks of bytes, and lines of Windows', async () => {
    const file = fileOf(
      `\ufeff# all of them\r\n${FIRST} the first\r\n\r\n${SECOND},second # not for long\r\n${FIRST}\r\n`,
    )
    const { stdout } = await runCli(['plan', '--accounts', file, '--json'])
    expect(
      JSON.parse(stdout).accounts.map(({ accountId, name }: { accountId: string; name: string }) => [accountId, name]),
    ).toEqual([
      [FIRST, 'the first'],
      [SECOND, 'second'],
    ])
    expect(organization.calls.has('ListAccounts')).toBe(false)
  })

  test('takes the standard input for -', async () => {
    const { stdout } = await runCli(['plan', '--accounts', '-'], { input: `${SECOND}\n` })
    expect(lines(stdout).at(-1)).toBe('  1 account, 1 reached; 1 role, 1 in scope: 1 planned')
  })

  test('says which line is wrong, what stands there and what should, before any call', async () => {
    const file = fileOf(`${FIRST}\n1 the first\naccount\n${SECOND}x\n`)
    const { stderr, exitCode } = await runCli(['plan', '--accounts', file])
    expect(stderr).toContain(
      `${file}:2: found "1 the first" (1 digits, which may have lost zeros at its beginning), expected the 12 digits`,
    )
    expect(stderr).toContain(`${file}:3: found "account", expected`)
    expect(stderr).toContain(`${file}:4: found "${SECOND}x", expected`)
    expect(lines(stderr)).toHaveLength(1)
    expect(exitCode).toBe(1)
    expect(organization.calls.size).toBe(0)
  })

  test('says that there is no account in it, or no such file', async () => {
    expect((await runCli(['plan', '--accounts', fileOf('# none\n')])).stderr).toContain('found no account, expected')
    expect((await runCli(['plan', '--accounts', '/nowhere'])).stderr).toContain('/nowhere: cannot be read')
    for (const files of [
      ['--accounts', fileOf(FIRST), '--accounts', fileOf(SECOND)],
      ['--accounts', ''],
    ]) {
      expect(await runCli(['plan', ...files])).toMatchObject({
        exitCode: 1,
        stderr: expect.stringContaining('expected one file'),
      })
    }
  })
})

describe('who may not list the accounts', () => {
  test('is told where to sign in, or to name them', async () => {
    const refusing = await serveOrganization({ listers: [] })
    add(refusing, CALLER)
    const { stderr, exitCode } = await runCli(['plan', '--org'])
    expect(stderr).toContain(
      'sign in to the management account or to a delegated administrator of it, and have organizations:ListAccounts allowed; plan and doctor take a file of accounts instead, with --accounts FILE',
    )
    expect(lines(stderr)).toHaveLength(1)
    expect(exitCode).toBe(1)
  })

  test('is told that there is no organization', async () => {
    const alone = await serveOrganization({
      onCall: ({ name }) => {
        if (name === 'ListAccounts')
          throw failure('AWSOrganizationsNotInUseException', 'Your account is not a member of an organization.')
      },
    })
    add(alone, CALLER)
    const { stderr } = await runCli(['plan', '--org'])
    expect(stderr).toContain(
      `account ${CALLER} is in no organization: name the accounts in a file, with --accounts FILE`,
    )
  })
})

describe('options that make no sense for several accounts are refused before any call', () => {
  test.each([
    [['--out', 'plan.json'], '--out is not for several accounts: a saved plan is of a single account'],
    [['--role', 'analyst'], '--role is not for several accounts'],
    [['--summary'], '--summary is not for several accounts: an account has one line already'],
    [['--no-stack', '--provider-arn', 'arn:x'], '--provider-arn is not for several accounts'],
    [
      ['--tag-key', 'other'],
      'across accounts the settings hold that are deployed in each: leave out --tag-key, or add --no-stack',
    ],
  ])('%s', async (options, message) => {
    const { stderr, exitCode } = await runCli(['plan', '--org', ...options])
    expect(stderr).toContain(message)
    expect(exitCode).toBe(1)
    expect(organization.calls.size).toBe(0)
  })

  test('and so are those that make sense there only', async () => {
    expect((await runCli(['plan', '--except', FIRST])).stderr).toContain('give --org, --ou or --accounts too')
    expect((await runCli(['plan', '--org', '--ou', 'r-ab12'])).stderr).toContain('cannot be used with')
    for (const number of ['0', '65', '1.5', 'x']) {
      expect((await runCli(['plan', '--org', '--concurrency', number])).stderr).toContain('a whole number from 1 to 64')
    }
  })

  test('and apply says why it takes none of them', async () => {
    const { stderr, exitCode } = await runCli(['apply', '--org', '--yes'])
    expect(stderr).toContain('apply changes the roles of one account')
    expect(exitCode).toBe(1)
  })
})

test('with --no-stack the accounts without a stack are planned by the settings that are given', async () => {
  organization.addAccount(THIRD, {
    account: () => {
      const account = member(THIRD)
      account.deleteFunction('okta-role-trust-dev-backfill')
      account.addRole({ name: 'other', tags: { other: 'true' }, document: policy(ec2) })
      return account
    },
  })
  const { stdout, exitCode } = await runCli(['plan', '--org', '--no-stack', '--tag-key', 'other'])
  expect(lines(stdout).at(-1)).toBe('  4 accounts, 4 reached; 4 roles, 1 in scope: 1 planned')
  expect(exitCode).toBe(2)
})

test('warnings name the account, and an exclusion is told once for all of them', async () => {
  for (const id of [CALLER, FIRST, SECOND]) {
    organization.addAccount(id, {
      account: () => {
        const account = member(id, 0, { EXCLUSIONS: '/break-glass/*,/gone/*' })
        if (id === FIRST) account.addProvider('Okta', new Date('2020-01-01'))
        if (id === SECOND) account.addRole({ name: 'root', path: '/break-glass/', tags: TAGGED, document: policy(ec2) })
        return account
      },
    })
  }
  const { stderr } = await runCli(['plan', '--org'])
  expect(stderr).toMatch(new RegExp(`^Warning: account ${FIRST}: .*expired`, 'm'))
  expect(stderr).toContain('The exclusion /break-glass/* matches 1 role.\n')
  expect(stderr.match(/the exclusion \/gone\/\* matches no role/g)).toHaveLength(1)
})

test('a role that cannot be read makes the exit code 1', async () => {
  organization.addAccount(THIRD, {
    account: () => {
      const account = member(THIRD)
      account.addRole({ name: 'broken', tags: TAGGED })
      return account
    },
  })
  const { stdout, exitCode } = await runCli(['plan', '--org'])
  expect(lines(stdout)[0]).toContain(`failed     ${THIRD}`)
  expect(exitCode).toBe(1)
})
