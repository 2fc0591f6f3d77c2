import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { failure, type Organization } from '../../../fake-aws/organization.ts'
import { runCli } from '../command-line.ts'
import { CALLER, member, serveOrganization } from './organization.ts'

const [FIRST, SECOND] = ['000000000001', '222222222222']

let organization: Organization
beforeEach(async () => {
  organization = await serveOrganization()
  for (const id of [CALLER, FIRST]) organization.addAccount(id, { account: () => member(id) })
})

const lines = (text: string) => text.trimEnd().split('\n')

describe('doctor --org', () => {
  test('shows each account with what is not well there, and the totals last', async () => {
    const { stdout, exitCode } = await runCli(['doctor', '--org'])
    const heads = lines(stdout).filter((line) => /^ {2}\w/.test(line))
    expect(heads).toHaveLength(3)
    expect(heads[0]).toMatch(
      new RegExp(`^  failure    ${FIRST}  account-${FIRST}  \\d+ ok, \\d+ warnings?, \\d+ failures?$`),
    )
    expect(heads[2]).toMatch(/^ {2}2 accounts, 2 reached; \d+ ok, \d+ warnings?, \d+ failures?$/)
    expect(stdout).toContain('no trail records the events of us-east-1')
    expect(exitCode).toBe(1)
  })

  test('tells what to type with a profile of the account that it is for', async () => {
    const { stdout } = await runCli(['doctor', '--org'])
    const create = lines(stdout).filter((line) => line.includes('cloudtrail create-trail'))
    expect(create).toHaveLength(2)
    expect(create.filter((line) => line.includes(`--profile PROFILE_OF_${FIRST}`))).toHaveLength(1)
    expect(create.filter((line) => line.includes(`PROFILE_OF_${CALLER}`))).toEqual([])
  })

  test('lets Node warn of nothing, though it asks many things at once', async () => {
    const warnings: Error[] = []
    const listen = (warning: Error) => warnings.push(warning)
    process.on('warning', listen)
    onTestFinished(() => {
      process.off('warning', listen)
    })
    await runCli(['doctor', '--org'])
    await new Promise(setImmediate)
    expect(warnings).toEqual([])
  })

  test('prints the findings of each account as JSON', async () => {
    organization.addAccount(SECOND, { reader: 'another' })
    const { stdout, exitCode } = await runCli(['doctor', '--org', '--json'])
    const { accounts, totals } = JSON.parse(stdout)
    const found = accounts.find(({ accountId }: { accountId: string }) => accountId === FIRST)
    expect(found.report).toMatchObject({ account: FIRST, region: 'us-east-1', stack: 'okta-role-trust-dev' })
    expect(found.report.checks[0]).toMatchObject({ check: 'region', level: 'ok' })
    expect(totals).toEqual({
      accounts: 3,
      reached: 2,
      counts: { ok: expect.any(Number), warning: expect.any(Number), failure: expect.any(Number) },
    })
    expect(accounts.find(({ accountId }: { accountId: string }) => accountId === SECOND).error).toContain(
      'cannot be assumed',
    )
    expect(exitCode).toBe(1)
  })
})

describe('where a service control policy keeps Lambda out of the region', () => {
  test('says so, and which policy to change', async () => {
    const denying = await serveOrganization({
      onCall: ({ name }, id) => {
        if (id !== FIRST || name !== 'GetFunctionConfiguration') return
        const user = `User: arn:aws:sts::${FIRST}:assumed-role/reader/alice`
        const what = 'is not authorized to perform: lambda:GetFunctionConfiguration on resource: x'
        throw failure('AccessDeniedException', `${user} ${what} with an explicit deny in a service control policy`, 403)
      },
    })
    for (const id of [CALLER, FIRST]) denying.addAccount(id, { account: () => member(id) })
    const { stdout, exitCode } = await runCli(['doctor', '--org', '--json'])
    const { accounts } = JSON.parse(stdout)
    const found = accounts.find(({ accountId }: { accountId: string }) => accountId === FIRST)
    expect(found.report.checks).toContainEqual({
      check: 'region',
      level: 'failure',
      message:
        'a service control policy denies lambda:GetFunctionConfiguration in us-east-1: if it is one that denies regions, the stack cannot live there',
      remedy: 'let that policy except us-east-1 (docs/organization.md, "What can go wrong")',
    })
    expect(exitCode).toBe(1)
  })
})
