import { GetRolePolicyCommand, TagRoleCommand, UntagRoleCommand } from '@aws-sdk/client-iam'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { readReport } from '../../sandbox/reports.ts'
import { policyOf, trusting } from '../../sandbox/trust-policies.ts'
import { createRole, deleteRoles, patched, person, provider, sandbox, untouched } from './account.ts'
import { deployFurther, type FurtherStack } from './further-stack.ts'

// A stack of its own, which only reports: what it is given to see is nobody else's.

const TAGGED = { watched: 'yes' }
const FUNCTIONS = ['role-event', 'scheduled-sweep', 'backfill'] as const

vi.setConfig({ hookTimeout: 300_000 })

let stack: FurtherStack
beforeAll(async () => {
  stack = await deployFurther('watch', provider, {
    parameterName: '/watch/saml-provider-arn',
    tagKey: 'watched',
    tagValue: 'yes',
    onUntag: 'revoke',
    mode: 'report',
  })
})
afterEach(deleteRoles)
afterAll(() => stack.remove())

test('a role that is tagged, and one whose tag is gone, are told of as due, and stay as they are', async () => {
  const takeEvents = await sandbox.collectEvents({ source: ['okta-role-trust'], 'detail-type': ['Role Due'] })
  await createRole('seen', { by: person })
  await person.send(new TagRoleCommand({ RoleName: 'seen', Tags: [{ Key: 'watched', Value: 'yes' }] }))
  await createRole('left', { policy: patched, tags: TAGGED })
  await person.send(new UntagRoleCommand({ RoleName: 'left', TagKeys: ['watched'] }))
  await stack.allDone()
  const told = (await takeEvents()).map(({ detail }) => `${detail.roleName}: ${detail.reason}, ${detail.detail}`)
  expect(told.toSorted()).toEqual(['left: withdrawal, report mode', 'seen: access-missing, report mode'])
  expect(await sandbox.trustPolicy('seen')).toEqual(untouched)
  expect(await sandbox.trustPolicy('left')).toEqual(patched)
})

test.each(['scheduled-sweep', 'backfill'] as const)('%s reports what is due, and writes nothing', async (id) => {
  await createRole('due', { tags: TAGGED })
  await createRole('orphaned', { policy: patched })
  const before = await sandbox.allTrustPolicies()
  const { counts, roles } = readReport(await stack.invoke(id, {}))
  expect(counts).toMatchObject({ planned: 2, patched: 0, withdrawn: 0, failed: 0 })
  expect(roles).toMatchObject([
    { roleName: 'due', kind: 'planned', detail: 'report mode' },
    { roleName: 'orphaned', kind: 'planned', reason: 'withdrawal', detail: 'report mode' },
  ])
  expect(await sandbox.allTrustPolicies()).toEqual(before)
})

test('code that tries to write all the same is refused by IAM', async () => {
  await createRole('due', { tags: TAGGED, policy: policyOf(trusting('ecs-tasks')) })
  const before = await sandbox.allTrustPolicies()
  await stack.restart('backfill', { MODE: 'enforce' })
  try {
    const { counts } = readReport(await stack.invoke('backfill', { roles: ['due'] }))
    // By an explicit deny: somebody forbids it on purpose.
    expect(counts).toMatchObject({ patched: 0, blocked: 1 })
    expect(await sandbox.allTrustPolicies()).toEqual(before)
  } finally {
    await stack.restart('backfill', { MODE: 'report' })
  }
})

test('no permission of the sandbox stands in for the one that is missing', async () => {
  const ofSandbox = async (prefix: string) =>
    Promise.all(
      FUNCTIONS.map(async (id) => {
        const input = { RoleName: `${prefix}-${id}`, PolicyName: 'sandbox' }
        const { PolicyDocument = '' } = await sandbox.iam.send(new GetRolePolicyCommand(input))
        return decodeURIComponent(PolicyDocument)
      }),
    )
  for (const policy of await ofSandbox(stack.name)) expect(policy).not.toContain('UpdateAssumeRolePolicy')
  for (const policy of await ofSandbox('okta-role-trust-dev')) expect(policy).toContain('UpdateAssumeRolePolicy')
})
