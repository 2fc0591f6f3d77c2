import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { type Account, createAccount } from '../../fake-aws/account.ts'
import { accessDenied } from '../../fake-aws/errors.ts'
import { contextOf, sample } from '../../fake-aws/invocation.ts'
import { addRealisticRoles } from '../../fake-aws/realistic-roles.ts'
import { DOCUMENTATION } from '../../src/dashboard-widget/documentation.ts'
import {
  AUDIENCE,
  accountWithOkta,
  captureLogs,
  coldStart,
  ec2,
  managed,
  OKTA,
  PARAMETER,
  policy,
  TAGGED,
} from '../functions.ts'
import { readPage } from './read-page.ts'

let account: Account
let logs: Record<string, unknown>[]

beforeEach(() => {
  account = accountWithOkta()
  logs = captureLogs()
})

afterEach(() => {
  vi.useRealTimers()
})

async function widget(event: unknown = {}, parameters = {}, context = contextOf()) {
  return (await coldStart(parameters)).dashboardWidget(event, context)
}

const look = async (parameters = {}, context = contextOf()) => readPage(await widget({}, parameters, context))

describe('the widget', () => {
  test('lists every role in scope with its state and the reason, and first what asks for attention', async () => {
    addRealisticRoles(account)
    const { rows } = await look()
    expect(rows.map(({ role, state, why }) => [role, state, why])).toEqual([
      ['incident-responder', 'Blocked', expect.stringMatching(/^dangling-principal .*AROAJQABLZS4A3QDU576Q/)],
      ['shared-deployer', 'Blocked', expect.stringMatching(/^quota .* 2171 .* 2048$/)],
      ['vault-unsealer', 'Blocked', expect.stringMatching(/^explicit-deny Statement\[1\] denies/)],
      ['data-analyst', 'Due', 'access-missing no statement gives Okta the wanted access; one will be added'],
      ['ml-engineer', 'Due', expect.stringMatching(/^managed-statement-differs .* will be replaced$/)],
      ['security-auditor/team/security/', 'Due', expect.stringMatching(/^access-missing /)],
      ['contractor-sandbox', 'Orphaned', 'the role lost its tag and keeps the managed statement'],
      ['billing-viewer', 'Trusts Okta', "restricted-by-owner the owner ties Okta's access to more than the audience"],
      ['finance-reporting', 'Trusts Okta', 'no-audience-condition an Allow lets Okta in with any audience'],
      ['platform-admin', 'Trusts Okta', ''],
      ['prod-readonly', 'Trusts Okta', ''],
      ['support-engineer', 'Trusts Okta', ''],
      [
        'AWSServiceRoleForAutoScaling/aws-service-role/autoscaling.amazonaws.com/',
        'Skipped',
        'protected IAM does not let anybody change roles under /aws-service-role/',
      ],
    ])
  })

  test('says in totals how things stand, and what was looked at, when and for what', async () => {
    vi.useFakeTimers({ now: new Date('2026-11-24T09:41:00Z'), toFake: ['Date'] })
    addRealisticRoles(account)
    const { totals, facts, alerts } = await look()
    expect(totals).toEqual({ Blocked: 3, Due: 3, Orphaned: 1, 'Trusts Okta': 5, Skipped: 1 })
    expect(facts).toEqual({
      'In scope': ['11 of 14 roles'],
      Tag: ['okta-sso=true'],
      Mode: ['enforce'],
      'SAML provider': [OKTA],
      Audience: [AUDIENCE],
      'As of': ['2026-11-24 09:41:00 UTC'],
    })
    expect(alerts).toEqual([])
  })

  test('writes nothing, and reads with one call a page, and one about a long trust policy', async () => {
    addRealisticRoles(account)
    await widget()
    expect(account.writes).toEqual([])
    expect(account.calls.map(({ name }) => name)).toEqual([
      'GetParameter',
      'GetSAMLProvider',
      'GetAccountAuthorizationDetails',
      'GetAccountSummary',
    ])
  })

  test('agrees with what a dry run of the backfill reports', async () => {
    addRealisticRoles(account)
    const { dashboardWidget, backfill } = await coldStart()
    const { rows, totals } = readPage(await dashboardWidget({}, contextOf()))
    const report = await backfill({ dryRun: true }, contextOf())
    const { blocked, planned, unchanged, skipped } = report.counts
    expect(totals).toEqual({
      Blocked: blocked,
      Due: planned,
      Orphaned: report.orphaned.length,
      'Trusts Okta': unchanged,
      Skipped: skipped,
    })
    for (const { roleName, reason = '', detail = '', notes } of report.roles) {
      const row = rows.find(({ role }) => role === roleName || role?.startsWith(`${roleName}/`))
      for (const word of [reason, detail, ...notes]) expect(row?.why).toContain(word)
    }
  })

  test('shows a due withdrawal where the untagged role is to lose its statement, and not as orphaned too', async () => {
    account.addRole({ name: 'left', document: policy(ec2, managed) })
    account.addRole({ name: 'left-bare', document: policy(managed) })
    const { rows, totals } = await look({ ON_UNTAG: 'revoke' })
    expect(rows.map(({ role, state }) => [role, state])).toEqual([
      ['left-bare', 'Blocked'],
      ['left', 'Due'],
    ])
    expect(rows[1]?.why).toBe('withdrawal the role lost its tag; the managed statement will be removed')
    expect(totals).toEqual({ Blocked: 1, Due: 1, 'Trusts Okta': 0 })
  })

  test('says so where no role has the tag', async () => {
    account.addRole({ name: 'untagged', document: policy(ec2) })
    const { rows, totals, facts } = await look()
    expect(rows.map(({ role }) => role)).toEqual(['No role has the tag okta-sso=true.'])
    expect(totals).toEqual({ 'Trusts Okta': 0 })
    expect(facts['In scope']).toEqual(['0 of 1 roles'])
  })

  test('warns where more roles are due than a sweep may change', async () => {
    for (const name of ['a', 'b', 'c']) account.addRole({ name, tags: TAGGED, document: policy(ec2) })
    expect((await look({ MAX_CHANGES: '3' })).alerts).toEqual([])
    expect((await look({ MAX_CHANGES: '2' })).alerts).toEqual([
      '3 roles are due, and a sweep may change at most 2 (maxChanges): it will change none. If that is intended, invoke the backfill with a higher maxChanges.',
    ])
  })

  test('warns of a provider whose metadata has expired', async () => {
    account.addProvider('Okta', new Date('2020-01-01'))
    expect((await look()).alerts).toEqual([expect.stringMatching(/^SAML provider .* expired at 2020-01-01/)])
  })

  test('follows the theme of the dashboard, and is light where none is told', async () => {
    const theme = async (event: unknown) => readPage(await widget(event)).theme
    expect(await theme(sample('dashboard-widget'))).toBe('dark')
    expect(await theme({ widgetContext: { theme: 'light' } })).toBe('light')
    expect(await theme({ widgetContext: { theme: 'sepia' } })).toBe('light')
    expect(await theme({ widgetContext: 7 })).toBe('light')
    expect(await theme(null)).toBe('light')
  })

  test('shows a look again for 30 seconds, with the time of the look', async () => {
    vi.useFakeTimers({ now: new Date('2026-11-24T09:41:00Z'), toFake: ['Date'] })
    const { dashboardWidget } = await coldStart()
    const lookedAt = async () => readPage(await dashboardWidget({}, contextOf())).facts['As of']
    expect(await lookedAt()).toEqual(['2026-11-24 09:41:00 UTC'])
    vi.setSystemTime(new Date('2026-11-24T09:41:29Z'))
    expect(await lookedAt()).toEqual(['2026-11-24 09:41:00 UTC'])
    vi.setSystemTime(new Date('2026-11-24T09:41:31Z'))
    expect(await lookedAt()).toEqual(['2026-11-24 09:41:31 UTC'])
    expect(account.countCalls('GetAccountAuthorizationDetails')).toBe(2)
  })
})

describe('the link of a role', () => {
  const url = async (functionArn: string) => {
    account.addRole({ name: 'data+analyst@eu', path: '/team/', tags: TAGGED, document: policy(managed) })
    const { rows } = await look({}, { ...contextOf(), invokedFunctionArn: functionArn })
    return rows[0]?.url
  }

  test('leads to its trust policy in the IAM console', async () => {
    expect(await url('arn:aws:lambda:us-east-1:111122223333:function:f')).toBe(
      'https://us-east-1.console.aws.amazon.com/iam/home?region=us-east-1#/roles/details/data%2Banalyst%40eu?section=trust_relationships',
    )
  })

  test('is left out where the console is not known', async () => {
    expect(await url('function')).toBeUndefined()
  })
})

describe('what the page is made of', () => {
  test('is neither script nor form nor anything that loads something', async () => {
    addRealisticRoles(account)
    const { elements, attributes } = readPage(await widget())
    expect(elements).toEqual([
      'a',
      'circle',
      'dd',
      'div',
      'dl',
      'dt',
      'path',
      'span',
      'style',
      'svg',
      'table',
      'tbody',
      'td',
      'th',
      'thead',
      'tr',
    ])
    expect(attributes.filter((name) => name.startsWith('on') || ['src', 'style', 'action'].includes(name))).toEqual([])
  })

  test('is the same where roles carry markup in all that people can choose', async () => {
    const markup = '"><img src=x onerror=alert(1)><script>alert(2)</script>'
    addRealisticRoles(account)
    const { elements, attributes } = readPage(await widget())
    account.addRole({ name: markup, path: `/${markup}/`, tags: { ...TAGGED, [markup]: markup }, document: policy(ec2) })
    account.addRole({ name: 'b', tags: TAGGED, document: { ...policy(ec2), [markup]: markup, Version: markup } })
    const page = readPage(await widget())
    expect([page.elements, page.attributes]).toEqual([elements, attributes])
    expect(page.rows.map(({ role }) => role)).toContain(`${markup}/${markup}/`)
    expect(page.rows.find(({ role }) => role === 'b')?.why).toContain('<img src=x onerror=alert(1)>')
  })
})

describe('what cannot be looked at', () => {
  test('a missing parameter is said in words, with what to do, and in the log', async () => {
    account.detach()
    account = createAccount().attach()
    const { alerts, rows } = await look()
    expect(alerts).toEqual([
      expect.stringMatching(
        /^The configuration is wrong, so no role was looked at\..* \/okta\/saml-provider-arn: no such parameter .* create it with: aws ssm put-parameter --region us-east-1 /,
      ),
    ])
    expect(rows).toEqual([])
    expect(logs).toContainEqual(expect.objectContaining({ level: 'ERROR' }))
  })

  test('a wrong environment is said in words too', async () => {
    const { dashboardWidget } = await coldStart()
    vi.stubEnv('MAX_CHANGES', 'many')
    const { alerts } = readPage(await dashboardWidget({}, contextOf()))
    expect(alerts).toEqual([expect.stringContaining('MAX_CHANGES: found "many", expected')])
  })

  test.each(['GetParameter', 'GetSAMLProvider', 'GetAccountAuthorizationDetails'] as const)(
    'a fault of %s is named, without a stack trace, and is not kept',
    async (call) => {
      account.failNext(call, accessDenied(`the:${call}`))
      const { dashboardWidget } = await coldStart()
      const failed = await dashboardWidget({}, contextOf())
      expect(readPage(failed).alerts).toEqual([
        expect.stringMatching(new RegExp(`^The roles could not be read\\..*AccessDenied.*the:${call}`)),
      ])
      expect(failed).not.toContain('.ts:')
      expect(readPage(await dashboardWidget({}, contextOf())).alerts).toEqual([])
    },
  )

  test('a value of the parameter that is markup stays text', async () => {
    account.putParameter(PARAMETER, 'arn:<script>alert(1)</script>')
    const { alerts, elements } = await look()
    expect(alerts).toEqual([expect.stringContaining('arn:<script>alert(1)</script>')])
    expect(elements).not.toContain('script')
  })

  test('an account too large for the time is told as such', async () => {
    account.detach()
    account = accountWithOkta({ pageSizes: [1] })
    for (const name of ['a', 'b']) account.addRole({ name, tags: TAGGED, document: policy(managed) })
    expect(
      (
        await look(
          {},
          contextOf(() => 4_000),
        )
      ).alerts,
    ).toEqual([expect.stringContaining('time ran short after 1 roles, before the last page')])
  })
})

test('asked for its documentation, it answers with that, and looks at nothing', async () => {
  expect(await widget({ describe: true })).toBe(DOCUMENTATION)
  expect(DOCUMENTATION).toMatch(/^## /)
  expect(account.calls).toEqual([])
})
