import pMap from 'p-map'
import { afterEach, describe, expect, test } from 'vitest'
import { createProvider } from '../../sandbox/open-sandbox.ts'
import { readReport } from '../../sandbox/reports.ts'
import { oktaSso, policyOf } from '../../sandbox/trust-policies.ts'
import {
  allDone,
  createRole,
  deleteRoles,
  own,
  patched,
  pointTo,
  provider,
  sandbox,
  TAGGED,
  untouched,
} from './account.ts'

const sweep = async () => readReport(await sandbox.invoke('scheduled-sweep', {}))
const backfill = async (payload: object) => readReport(await sandbox.invoke('backfill', payload))

/** The trust policies of the given roles, by name. */
async function trustPoliciesOf(names: readonly string[]) {
  const all = await sandbox.allTrustPolicies()
  return Object.fromEntries(names.map((name) => [name, all.get(name)]))
}

const each = (names: readonly string[], policy: object) => Object.fromEntries(names.map((name) => [name, policy]))

const namesOf = (count: number) => Array.from({ length: count }, (_, index) => `role-${`${index}`.padStart(3, '0')}`)

afterEach(deleteRoles)

test('a dry run tells what is due, and changes no trust policy', async () => {
  await createRole('due', { tags: TAGGED, path: '/team/' })
  await createRole('right', { tags: TAGGED, policy: patched })
  await createRole('outdated', { tags: TAGGED, policy: policyOf(own, oktaSso(`${provider}-2023`)) })
  await createRole('untagged')
  const before = await sandbox.allTrustPolicies()

  const { dryRun, roles, counts } = await backfill({ dryRun: true })
  expect(dryRun).toBe(true)
  expect(counts).toMatchObject({ planned: 2, unchanged: 1, patched: 0 })
  expect(roles).toMatchObject([
    { roleName: 'due', kind: 'planned', before: untouched, after: patched },
    { roleName: 'outdated', kind: 'planned', after: patched },
  ])
  expect(await sandbox.allTrustPolicies()).toEqual(before)
})

describe('when the SAML provider is replaced', () => {
  afterEach(() => pointTo(provider))

  test('the next sweep points every role to the new one, and nothing accumulates', async () => {
    const names = namesOf(20)
    for (const name of names) await createRole(name, { tags: TAGGED })
    const foreign = { ...oktaSso(provider), Sid: 'WrittenByItsOwner' }
    await createRole('own-statement', { tags: TAGGED, policy: policyOf(foreign) })
    expect((await sweep()).counts).toMatchObject({ patched: 20, unchanged: 1 })
    expect(await trustPoliciesOf(names)).toEqual(each(names, patched))

    const replacement = await createProvider(sandbox.iam, 'Okta-2027')
    await pointTo(replacement)
    expect((await sweep()).counts).toMatchObject({ patched: 21, unchanged: 0 })
    expect(await trustPoliciesOf(names)).toEqual(each(names, policyOf(own, oktaSso(replacement))))
    expect(await sandbox.trustPolicy('own-statement')).toEqual(policyOf(foreign, oktaSso(replacement)))
    expect((await sweep()).counts).toMatchObject({ patched: 0, unchanged: 21 })
  })
})

test('of 500 roles the sweep changes none, being unattended, and the backfill all', { timeout: 180_000 }, async () => {
  const names = namesOf(500)
  await createRoles(names)
  expect((await sweep()).counts).toMatchObject({ planned: 500, patched: 0, failed: 0 })
  expect(await trustPoliciesOf(names)).toEqual(each(names, untouched))
  expect((await backfill({})).counts).toMatchObject({ patched: 500, failed: 0 })
  expect(await trustPoliciesOf(names)).toEqual(each(names, patched))
  expect((await backfill({})).counts).toMatchObject({ unchanged: 500, patched: 0, failed: 0 })
})

test('a backfill whose time runs short hands the rest to the queue', { timeout: 180_000 }, async () => {
  const names = namesOf(250)
  await createRoles(names)
  const { counts } = await backfillInALittleTime()
  expect(counts.deferred).toBeGreaterThan(0)
  expect(counts).toMatchObject({ failed: 0, patched: 250 - Number(counts.deferred) })
  await allDone()
  expect(await trustPoliciesOf(names)).toEqual(each(names, patched))
})

const createRoles = (names: readonly string[]) =>
  pMap(names, (name) => createRole(name, { tags: TAGGED, path: '/many/' }), { concurrency: 10 })

/** With just the time to read the roles, and not to change them all: how much that is depends on the machine. */
async function backfillInALittleTime() {
  try {
    // In the last 60 seconds no role is started.
    for (const timeout of [61, 62, 64, 68]) {
      await sandbox.restart('backfill', { timeout })
      try {
        return await backfill({})
      } catch (error) {
        if (!String(error).includes('OutOfTimeError')) throw error
      }
    }
    throw new Error('This machine is too slow to read 250 roles within 8 seconds')
  } finally {
    await sandbox.restart('backfill', { timeout: 900 })
  }
}
