import { DeleteParameterCommand } from '@aws-sdk/client-ssm'
import { afterEach, describe, expect, test } from 'vitest'
import { sample } from '../../fake-aws/invocation.ts'
import type { DeliveredEvent } from '../../sandbox/collect-events.ts'
import { createProvider } from '../../sandbox/open-sandbox.ts'
import { readReport } from '../../sandbox/reports.ts'
import { PARAMETER, PARAMETER_RULE } from '../../sandbox/stack-names.ts'
import { isLetThrough, type ServiceEvent } from '../../sandbox/trail.ts'
import { oktaSso, policyOf } from '../../sandbox/trust-policies.ts'
import {
  createRole,
  deleteRoles,
  own,
  patched,
  pointTo,
  provider,
  putParameter,
  SOON,
  sandbox,
  TAGGED,
} from './account.ts'

const ROLES = ['analyst', 'auditor', 'engineer']

/** The event of a change of the parameter: the local Systems Manager sends none, so the tests send it in its stead. */
function changed(operation: 'Update' | 'Delete' | 'LabelParameterVersion', name = PARAMETER) {
  const { detail, ...envelope }: ServiceEvent = sample('parameter-changed')
  return { ...envelope, account: sandbox.key.person.accountId, detail: { ...detail, operation, name } }
}

const trustPolicies = () => Promise.all(ROLES.map((name) => sandbox.trustPolicy(name)))

/** Roles that the sweep has pointed to the provider, by a function that remembers it from then on. */
async function createPatchedRoles(): Promise<void> {
  for (const name of ROLES) await createRole(name, { tags: TAGGED })
  expect(readReport(await sandbox.invoke('scheduled-sweep', sample('scheduled')))).toMatchObject({
    counts: { patched: ROLES.length },
  })
  expect(await trustPolicies()).toEqual(ROLES.map(() => patched))
}

describe('a change of the parameter', () => {
  afterEach(async () => {
    await deleteRoles()
    await pointTo(provider)
  })

  test('reaches every role through the rule, without waiting for the schedule, where it rotates the provider', async () => {
    await createPatchedRoles()
    const takeEvents = await sandbox.collectEvents({ source: ['okta-role-trust'], 'detail-type': ['Role Patched'] })
    const next = await createProvider(sandbox.iam, 'Okta-rotated')
    await putParameter(next)
    await sandbox.deliver(changed('Update'))
    const rotated = policyOf(own, oktaSso(next))
    await expect.poll(trustPolicies, SOON).toEqual(ROLES.map(() => rotated))

    const told: DeliveredEvent[] = []
    await expect.poll(async () => told.push(...(await takeEvents())), SOON).toBe(ROLES.length)
    const byName = told
      .map(({ detail }) => detail)
      .sort((one, other) => `${one.roleName}`.localeCompare(`${other.roleName}`))
    expect(byName).toMatchObject(
      ROLES.map((roleName) => ({ roleName, trigger: 'parameter change', before: patched, after: rotated })),
    )
  })

  test('changes nothing where it deletes it: the sweep fails with the command that mends it', async () => {
    await createPatchedRoles()
    await createRole('due', { tags: TAGGED })
    const before = await sandbox.allTrustPolicies()
    await sandbox.ssm.send(new DeleteParameterCommand({ Name: PARAMETER }))
    // The rule invokes the function without waiting for its answer. Only whoever does learns that it failed.
    await expect(sandbox.invoke('scheduled-sweep', changed('Delete'))).rejects.toThrow(
      `aws ssm put-parameter --region us-east-1 --name ${PARAMETER}`,
    )
    expect(await sandbox.allTrustPolicies()).toEqual(before)
  })
})

describe('the deployed rule, its source included,', () => {
  test.each([
    ['lets a change through', changed('Update'), true],
    ['lets a deletion through', changed('Delete'), true],
    ['drops a label that moves', changed('LabelParameterVersion'), false],
    ['drops what happens to another parameter', changed('Update', `${PARAMETER}-of-others`), false],
  ])('%s', async (_, event, verdict) => {
    expect(await isLetThrough(sandbox.events, PARAMETER_RULE, event)).toBe(verdict)
  })
})
