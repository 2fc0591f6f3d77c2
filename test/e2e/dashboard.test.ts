import { GetDashboardCommand } from '@aws-sdk/client-cloudwatch'
import { load } from 'cheerio'
import { afterEach, beforeEach, expect, test } from 'vitest'
import * as z from 'zod/mini'
import { DASHBOARD, functionName } from '../../sandbox/stack-names.ts'
import { policyOf } from '../../sandbox/trust-policies.ts'
import { sample } from '../samples.ts'
import { createRole, deleteRoles, own, patched, provider, sandbox, TAGGED } from './account.ts'

// The widget keeps a look for half a minute, and each test makes other roles.
beforeEach(() => sandbox.restart('dashboard-widget'))
afterEach(deleteRoles)

const askWidget = async (request: unknown) => z.string().parse(await sandbox.invoke('dashboard-widget', request))

test('the dashboard is deployed, and its table is the function', async () => {
  const { DashboardBody = '' } = await sandbox.cloudWatch.send(new GetDashboardCommand({ DashboardName: DASHBOARD }))
  const { widgets } = z
    .object({ widgets: z.array(z.looseObject({ type: z.string() })) })
    .parse(JSON.parse(DashboardBody))
  expect(widgets.filter(({ type }) => type === 'custom')).toMatchObject([
    {
      properties: {
        endpoint: `arn:aws:lambda:us-east-1:${sandbox.key.person.accountId}:function:${functionName('dashboard-widget')}`,
      },
    },
  ])
})

test('the table shows every role in scope with its state, and changes none', async () => {
  const stopping = policyOf(own, { Effect: 'Deny', Principal: '*', Action: 'sts:AssumeRoleWithSAML' })
  await createRole('due', { tags: TAGGED, path: '/team/' })
  await createRole('right', { tags: TAGGED, policy: patched })
  await createRole('stopped', { tags: TAGGED, policy: stopping })
  await createRole('untagged-later', { policy: patched })
  await createRole('untagged')
  const before = await sandbox.allTrustPolicies()

  const page = load(await askWidget(sample('dashboard-widget')))
  const rows = page('tbody tr').toArray()
  const cellsOf = (row: (typeof rows)[number]) => page(row).children().toArray()
  expect(
    rows.map((row) =>
      cellsOf(row)
        .slice(0, 2)
        .map((cell) => page(cell).text().trim()),
    ),
  ).toEqual([
    ['stopped', 'Blocked'],
    ['/team/due', 'Due'],
    ['untagged-later', 'Orphaned'],
    ['right', 'Trusts Okta'],
  ])
  expect(page('dd').text()).toContain(provider)
  expect(await sandbox.allTrustPolicies()).toEqual(before)
})

test('asked for its documentation, the widget answers in Markdown', async () => {
  const documentation = await askWidget({ describe: true })
  expect(documentation).toMatch(/^## \S/)
  expect(documentation).toContain('| --- | --- |')
  expect(documentation).not.toMatch(/<\w/)
})
