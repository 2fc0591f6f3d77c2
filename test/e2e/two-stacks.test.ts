import { TagRoleCommand, UntagRoleCommand, UpdateAssumeRolePolicyCommand } from '@aws-sdk/client-iam'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { createProvider } from '../../sandbox/open-sandbox.ts'
import { readReport } from '../../sandbox/reports.ts'
import { oktaSso, policyOf } from '../../sandbox/trust-policies.ts'
import { ACCOUNT, AUDIENCE, SIGN_IN } from '../trust-policy/arbitraries/names.ts'
import { decide } from '../trust-policy/judge.ts'
import { allDone, createRole, deleteRoles, own, patched, person, provider, sandbox, untouched } from './account.ts'
import { deployFurther, type FurtherStack } from './further-stack.ts'

// docs/deploying.md, "Other identity providers": a second one is a second stack.

const STAGE = 'entra'
const PARAMETERS = {
  parameterName: '/entra/saml-provider-arn',
  tagKey: 'entra-sso',
  sid: 'EntraSso',
  onUntag: 'revoke',
}
const BOTH_TAGS = { 'okta-sso': 'true', 'entra-sso': 'true' }

vi.setConfig({ testTimeout: 120_000, hookTimeout: 300_000 })

let entraProvider: string
let entra: FurtherStack
const entraSso = () => ({ ...oktaSso(entraProvider), Sid: 'EntraSso' })

beforeAll(async () => {
  entraProvider = await createProvider(sandbox.iam, 'Entra')
  entra = await deployFurther(STAGE, entraProvider, PARAMETERS)
  for (const id of ['role-event', 'scheduled-sweep'] as const) {
    await sandbox.restart(id, { variables: { ON_UNTAG: 'revoke' } })
  }
})
afterEach(deleteRoles)
afterAll(async () => {
  for (const id of ['role-event', 'scheduled-sweep'] as const) {
    await sandbox.restart(id, { variables: { ON_UNTAG: 'keep' } })
  }
  await entra.remove()
})

/** What either stack writes is an event to the other: the local CloudTrail tells of no function, so it is told here. */
async function settle(roleName: string) {
  await allDone()
  await entra.allDone()
  const PolicyDocument = JSON.stringify(await sandbox.trustPolicy(roleName))
  await person.send(new UpdateAssumeRolePolicyCommand({ RoleName: roleName, PolicyDocument }))
  await allDone()
  await entra.allDone()
}

const statementsOf = async (roleName: string) => Object(await sandbox.trustPolicy(roleName)).Statement
const untag = (RoleName: string, key: string) => person.send(new UntagRoleCommand({ RoleName, TagKeys: [key] }))

/** Whether IAM would let somebody sign in through a provider, by an independent evaluator of its policies. */
async function letsIn(roleName: string, principal: string): Promise<boolean> {
  const home = principal.replace(/:\d{12}:/, `:${ACCOUNT}:`)
  const statements = JSON.parse(JSON.stringify(await statementsOf(roleName)).replaceAll(/:\d{12}:/g, `:${ACCOUNT}:`))
  const request = { principal: home, action: SIGN_IN, audience: AUDIENCE }
  return (await decide({ version: '2012-10-17', statements }, request)) === 'Allowed'
}

test('a role with both tags trusts both identity providers, by one statement each, and then nothing is due', async () => {
  await createRole('analyst', { tags: BOTH_TAGS, by: person })
  await settle('analyst')
  const statements = await statementsOf('analyst')
  expect(statements).toHaveLength(3)
  expect(statements).toEqual(expect.arrayContaining([own, oktaSso(provider), entraSso()]))
  expect([await letsIn('analyst', provider), await letsIn('analyst', entraProvider)]).toEqual([true, true])

  for (const report of [await sandbox.invoke('scheduled-sweep', {}), await entra.invoke('scheduled-sweep', {})]) {
    expect(readReport(report).counts).toMatchObject({ unchanged: 1, patched: 0, planned: 0 })
  }
  expect(await statementsOf('analyst')).toEqual(statements)
})

test('a role with one tag trusts that provider alone', async () => {
  await createRole('okta-only', { tags: { 'okta-sso': 'true' }, by: person })
  await createRole('entra-only', { by: person })
  await person.send(new TagRoleCommand({ RoleName: 'entra-only', Tags: [{ Key: 'entra-sso', Value: 'true' }] }))
  await allDone()
  await entra.allDone()
  expect(await sandbox.trustPolicy('okta-only')).toEqual(patched)
  expect(await sandbox.trustPolicy('entra-only')).toEqual(policyOf(own, entraSso()))
})

test('each takes out its own statement where its tag is gone, and leaves that of the other', async () => {
  const leavers = ['leaves-okta', 'leaves-entra']
  for (const roleName of leavers) await createRole(roleName, { tags: BOTH_TAGS, by: person })
  for (const roleName of leavers) await settle(roleName)
  await untag('leaves-okta', 'okta-sso')
  await untag('leaves-entra', 'entra-sso')
  for (const roleName of leavers) await settle(roleName)
  expect(await sandbox.trustPolicy('leaves-okta')).toEqual(policyOf(own, entraSso()))
  expect(await sandbox.trustPolicy('leaves-entra')).toEqual(policyOf(own, oktaSso(provider)))
  expect([await letsIn('leaves-okta', provider), await letsIn('leaves-okta', entraProvider)]).toEqual([false, true])

  await untag('leaves-okta', 'entra-sso')
  await entra.allDone()
  expect(await sandbox.trustPolicy('leaves-okta')).toEqual(untouched)
})

test('another Sid is refused while a role holds a statement of the deployed one, and taken then', async () => {
  const deploy = (sid: string) => deployFurther(STAGE, entraProvider, { ...PARAMETERS, sid }, '--allow', 'sid')
  await createRole('analyst', { tags: BOTH_TAGS, policy: policyOf(own, oktaSso(provider), entraSso()) })
  await expect(deploy('AzureSso')).rejects.toThrow(
    /sid: the stack is deployed with EntraSso, and these roles hold its statements: analyst\. With AzureSso/,
  )
  expect(readReport(await entra.invoke('scheduled-sweep', {})).counts).toMatchObject({ unchanged: 1 })

  await untag('analyst', 'entra-sso')
  await entra.allDone()
  expect(await sandbox.trustPolicy('analyst')).toEqual(policyOf(own, oktaSso(provider)))
  await deploy('AzureSso')
  await person.send(new TagRoleCommand({ RoleName: 'analyst', Tags: [{ Key: 'entra-sso', Value: 'true' }] }))
  await entra.allDone()
  expect(await sandbox.trustPolicy('analyst')).toEqual(
    policyOf(own, oktaSso(provider), { ...entraSso(), Sid: 'AzureSso' }),
  )
})
