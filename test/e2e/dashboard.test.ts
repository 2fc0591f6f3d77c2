import { GetDashboardCommand } from '@aws-sdk/client-cloudwatch'
import { afterEach, beforeEach, expect, test } from 'vitest'
import * as z from 'zod/mini'
import { sample } from '../../fake-aws/invocation.ts'
import { DASHBOARD, functionName } from '../../sandbox/stack-names.ts'
import { readPage } from '../dashboard-widget/read-page.ts'
import { createRole, deleteRoles, patched, provider, sandbox, stopping, TAGGED } from './account.ts'

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
  await createRole('due', { tags: TAGGED, path: '/team/' })
  await createRole('right', { tags: TAGGED, policy: patched })
  await createRole('stopped', { tags: TAGGED, policy: stopping })
  await createRole('untagged-later', { policy: patched })
  await createRole('untagged')
  const before = await sandbox.allTrustPolicies()

  const { rows, facts, totals } = readPage(await askWidget(sample('dashboard-widget')))
  // A path other than / stands below the name.
  expect(rows.map(({ role, state }) => [role, state])).toEqual([
    ['stopped', 'Blocked'],
    ['due/team/', 'Due'],
    ['untagged-later', 'Orphaned'],
    ['right', 'Trusts Okta'],
  ])
  expect(totals).toEqual({ Blocked: 1, Due: 1, Orphaned: 1, 'Trusts Okta': 1 })
  expect(facts['SAML provider']).toEqual([provider])
  expect(await sandbox.allTrustPolicies()).toEqual(before)
})

test('asked for its documentation, the widget answers in Markdown', async () => {
  const documentation = await askWidget({ describe: true })
  expect(documentation).toMatch(/^## \S/)
  expect(documentation).toContain('| --- | --- |')
  expect(documentation).not.toMatch(/<\w/)
})
