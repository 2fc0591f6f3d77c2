import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { codeHashes } from '../../../cli/org/release-files.ts'
import { createAccount } from '../../../fake-aws/account.ts'
import type { AnyCall } from '../../../fake-aws/api-calls.ts'
import { ENVIRONMENT } from '../../../fake-aws/environment.ts'
import { failure, Organization } from '../../../fake-aws/organization.ts'
import { serveCalls } from '../../../fake-aws/server.ts'
import { runCli, temporaryFolder } from '../command-line.ts'
import { ACCOUNT, ENGINE, ORGANIZATION, StackSetsAccount, UNIT } from './stack-sets-account.ts'
import { writeRelease } from './write-release.ts'

const [ONE, TWO] = ['222222222222', '333333333333']
const SWEEP = `${ENGINE}-scheduled-sweep`

let sets: StackSetsAccount
let organization: Organization
let release: string
/** The lines in the logs of the sweeps, by account; undefined: they may not be read. */
let logs: Map<string, readonly string[] | undefined>

const sweptAt = (time: Date, counts: object) =>
  JSON.stringify({ message: 'scheduled sweep is done', timestamp: time.toISOString(), inScope: 5, counts })

beforeEach(async () => {
  sets = new StackSetsAccount().attach(false)
  organization = new Organization({ caller: ACCOUNT })
  organization.units.set(UNIT, 'r-ab12')
  organization.addAccount(ACCOUNT)
  logs = new Map([ONE, TWO].map((id) => [id, [sweptAt(new Date(), { unchanged: 3, blocked: 2 })]]))
  const answer = async (call: AnyCall, key: string): Promise<object> => {
    if (call.name === 'DescribeOrganization') {
      return { Organization: { Id: ORGANIZATION, MasterAccountId: '999999999999' } }
    }
    if (call.name !== 'FilterLogEvents') return organization.answer(call, key)
    const lines = logs.get(key.replace('ASIA', ''))
    if (lines === undefined) throw failure('AccessDeniedException', 'not authorized to perform: logs:FilterLogEvents')
    return { events: lines.map((message) => ({ message })) }
  }
  const server = await serveCalls(answer)
  onTestFinished(() => server.close())
  vi.stubEnv('AWS_ENDPOINT_URL', server.url)
  release = temporaryFolder()
  writeRelease(release)
  // Deployed as `org deploy` does it.
  const template = readFileSync(join(release, 'okta-role-trust.template.json'), 'utf8')
  const instance = {
    unit: UNIT,
    status: 'CURRENT' as const,
    detailed: 'SUCCEEDED',
    reason: '',
    parameters: {},
    template,
  }
  sets.sets.set(ENGINE, {
    instances: new Map([ONE, TWO].map((id) => [id, { ...instance }])),
    units: new Set([UNIT]),
    template,
    parameters: { Prefix: ENGINE, Mode: 'report', BundleBucket: 'bundles', AccountTelemetry: 'false' },
    tags: {},
    permissionModel: 'SERVICE_MANAGED',
    retainsStacks: false,
    deploysAutomatically: true,
  })
  for (const id of [ONE, TWO]) addMember(id)
})

function addMember(id: string, variables: Readonly<Record<string, string>> = {}): void {
  organization.addAccount(id, {
    name: `team-${id[0]}`,
    parent: UNIT,
    account: () => {
      const account = createAccount({ id })
      const deployed = { VERSION: '1.0.0', MODE: 'report', DEPLOYMENT_BUCKET: 'bundles', ACCOUNT_TELEMETRY: 'false' }
      account.addFunction(SWEEP, { ...ENVIRONMENT, ...deployed, ...variables })
      const hash = codeHashes(sets.set().template).get('scheduled-sweep') ?? ''
      account.stack.functionStates.set(SWEEP, { CodeSha256: hash })
      return account
    },
  })
}

const status = (...options: readonly string[]) => runCli(['org', 'status', '--release', release, ...options])
const lineOf = (stdout: string, id: string) => stdout.split('\n').find((line) => line.includes(id))

test('every account is shown with its stack, version, mode, last sweep and counts', async () => {
  const { stdout, stderr, exitCode } = await status('--verify')
  expect(stdout).toMatch(/^okta-role-trust-dev, version 1\.0\.0:$/m)
  expect(lineOf(stdout, ONE)).toMatch(
    /^ {2}ok {9}222222222222 {2}team-2 {2}stack current; 1\.0\.0, report; swept [\d-]+ [\d:]+ UTC: 5 in scope, 2 blocked$/,
  )
  expect(stdout).toContain('  2 accounts: 2 ok\n')
  expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 })
})

test('the same as JSON', async () => {
  const { stdout } = await status('--json')
  const { accounts, totals, version, settings } = JSON.parse(stdout)
  expect(accounts[0]).toMatchObject({
    accountId: ONE,
    name: 'team-2',
    instance: { status: 'CURRENT', organizationalUnit: UNIT },
    report: { version: '1.0.0', mode: 'report', differs: [], lastSweep: { inScope: 5, counts: { blocked: 2 } } },
  })
  expect(totals).toEqual({ accounts: 2, current: 2, reached: 2, enforcing: 0 })
  expect({ version, mode: settings.mode }).toEqual({ version: '1.0.0', mode: 'report' })
})

test('a StackSet without any account is not in order', async () => {
  sets.set().instances.clear()
  sets.set().units.clear()
  const { stdout, stderr, exitCode } = await status()
  expect(stdout).toContain('  0 accounts\n')
  expect(stderr).toBe(
    'No account has it: `npx --no okta-role-trust org deploy --ou OU_ID` deploys to the accounts of a unit.\n',
  )
  expect(exitCode).toBe(1)
})

describe('an account that is not in order is named, the worst first, and the others are shown all the same', () => {
  const worst = async (kind: string, text: string | RegExp, ...options: readonly string[]) => {
    const { stdout, exitCode } = await status(...options)
    const [, first = ''] = stdout.split('\n')
    expect(first).toMatch(new RegExp(`^ {2}${kind} +${TWO} `))
    expect(first).toMatch(text)
    expect(lineOf(stdout, ONE)).toContain('  ok ')
    expect(exitCode).toBe(1)
  }

  test('one whose stack is not current, with the reason', async () => {
    Object.assign(sets.set().instances.get(TWO) ?? {}, {
      status: 'OUTDATED',
      detailed: 'FAILED',
      reason: 'a role exists',
    })
    await worst('failed', 'stack failed (a role exists)')
  })

  test('one that has no stack yet', async () => {
    sets.set().instances.delete(TWO)
    await worst('failed', 'no stack: it was never deployed here')
  })

  test('one that cannot be reached', async () => {
    organization.addAccount(TWO, { parent: UNIT, reader: 'other' })
    await worst('unreached', 'the role okta-role-trust/okta-role-trust-dev-reader cannot be assumed')
  })

  test('one where somebody changed a setting by hand', async () => {
    addMember(TWO, { MODE: 'enforce' })
    await worst('differs', 'mode: enforce, not report')
  })

  test('one that runs another version', async () => {
    addMember(TWO, { VERSION: '0.9.0' })
    await worst('differs', '0.9.0, report')
  })

  test('one that runs other code, where that is asked', async () => {
    const account = organization.account(TWO)
    account.stack.functionStates.set(SWEEP, { CodeSha256: 'other' })
    expect((await status()).exitCode).toBe(0)
    await worst('differs', 'other code than the release: scheduled-sweep', '--verify')
  })

  test('one that has not swept for 26 hours', async () => {
    logs.set(TWO, [])
    await worst('silent', 'no sweep has finished for 26 hours')
  })

  test('one whose functions are gone', async () => {
    organization.addAccount(TWO, { parent: UNIT })
    await worst('unreached', `there is no function ${SWEEP} in us-east-1`)
  })
})

test('a log that may not be read says nothing against the account', async () => {
  logs.set(TWO, undefined)
  const { stdout, exitCode } = await status()
  expect(lineOf(stdout, TWO)).toContain('last sweep unknown: the log may not be read (logs:FilterLogEvents)')
  expect(exitCode).toBe(0)
})

test('lines that are no end of a sweep are passed over', async () => {
  logs.set(TWO, ['{"message": "x is done"}', 'no JSON', sweptAt(new Date('2026-01-02T03:04:00Z'), {}), '{}'])
  expect(lineOf((await status()).stdout, TWO)).toContain('swept 2026-01-02 03:04 UTC: 5 in scope')
})

test('where no account is left to look at, the stacks are shown, and no stack at all is told', async () => {
  for (const id of [ONE, TWO]) {
    organization.addAccount(id, { parent: UNIT, state: 'SUSPENDED' })
    Object.assign(sets.set().instances.get(id) ?? {}, { status: 'OUTDATED', detailed: 'SKIPPED_SUSPENDED_ACCOUNT' })
  }
  const suspended = await status()
  expect(lineOf(suspended.stdout, ONE)).toMatch(/^ {2}suspended +222222222222 /)
  expect(suspended.exitCode).toBe(0)
  sets.set().instances.clear()
  expect(await status()).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining('No account has it: `npx --no okta-role-trust org deploy --ou OU_ID`'),
  })
})

test('where a unit is gone from the organization, the stacks are shown all the same', async () => {
  sets.set().units.add('ou-ab12-nowhere1')
  const { stdout, stderr, exitCode } = await status('--json')
  expect(stderr).toMatch(/^Warning: no account was looked at: .*ou-ab12-nowhere1: the organization .* has no such OU/)
  expect(JSON.parse(stdout).totals).toEqual({ accounts: 2, current: 2, reached: 0, enforcing: 0 })
  expect(exitCode).toBe(1)
})

test('a role that can be none is refused before any call', async () => {
  const { stderr } = await status('--role-name', 'arn:aws:iam::111122223333:role/auditor')
  expect(stderr).toContain('expected the name of a role')
})

test('without a StackSet there is nothing to show', async () => {
  sets.sets.clear()
  const { stderr, exitCode } = await status()
  expect(stderr).toContain(`there is no StackSet ${ENGINE} in us-east-1 of the account ${ACCOUNT}`)
  expect(exitCode).toBe(1)
})

test('an account that has left the units is told as not looked at', async () => {
  organization.addAccount(TWO, { parent: 'r-ab12' })
  const { stdout, exitCode } = await status()
  expect(lineOf(stdout, TWO)).toMatch(
    /^ {2}unreached +333333333333 .*stack current; not looked at: it is closed, in none of/,
  )
  expect(exitCode).toBe(1)
})
