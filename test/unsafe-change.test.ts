import { expect, test, vi } from 'vitest'
import { contextOf } from '../fake-aws/invocation.ts'
import { AUDIENCE, accountWithOkta, captureLogs, coldStart, ec2, managed, OKTA, policy, TAGGED } from './functions.ts'

// A planner with a bug: it forgets the statements that are there.
vi.mock('../src/trust-policy/plan.ts', () => ({
  hasManagedStatement: () => false,
  planTrust: (document: string) =>
    document.includes('"OktaSso"')
      ? { kind: 'unchanged', notes: [] }
      : { kind: 'change', reason: 'access-missing', document: JSON.stringify(policy(managed)), notes: [] },
}))

const account = accountWithOkta()

test('a plan that would lose a statement is never written, whatever the planner says, and stops no other role', async () => {
  const logs = captureLogs()
  account.addRole({ name: 'analyst', tags: TAGGED, document: policy(ec2) })
  account.addRole({ name: 'empty', tags: TAGGED, document: policy() })
  const { scheduledSweep } = await coldStart()
  const report = await scheduledSweep({}, contextOf())
  expect(account.trustPolicy('analyst')).toEqual(policy(ec2))
  expect(account.trustPolicy('empty')).toEqual(policy(managed))
  expect(report).toMatchObject({ providers: [OKTA], audiences: [AUDIENCE], counts: { failed: 1, patched: 1 } })
  const detail = expect.stringMatching(/UnsafeChangeError: role analyst: .* a foreign statement would be lost or moved/)
  expect(report.roles).toContainEqual(expect.objectContaining({ roleName: 'analyst', kind: 'failed', detail }))
  expect(logs).toContainEqual(expect.objectContaining({ level: 'ERROR', roleName: 'analyst', detail }))
})
