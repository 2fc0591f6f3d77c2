import { execFileSync, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { CreateTrailCommand, DeleteTrailCommand, StartLoggingCommand } from '@aws-sdk/client-cloudtrail'
import { UpdateAssumeRolePolicyCommand } from '@aws-sdk/client-iam'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import * as z from 'zod/mini'
import { environmentOf } from '../../sandbox/deploy-stack.ts'
import { oktaSso, policyOf, trusting } from '../../sandbox/trust-policies.ts'
import { createRole, deleteRoles, own, patched, provider, sandbox, stopping, TAGGED, untouched } from './account.ts'

// The program as `npx --no okta-role-trust` starts it, against the stack that is deployed.

const ROOT = join(import.meta.dirname, '../..')
const folder = mkdtempSync(join(tmpdir(), 'command-line-'))
const FILE = join(folder, 'plan.json')

beforeAll(() => {
  execFileSync(process.execPath, ['cli/bundle.mjs'], { cwd: ROOT })
})
afterEach(deleteRoles)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function run(...args: readonly string[]) {
  const program = spawn(process.execPath, [join(ROOT, 'dist/okta-role-trust.mjs'), ...args], {
    env: environmentOf(sandbox.key.endpoint),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const [stdout, stderr, [exitCode]] = await Promise.all([
    text(program.stdout),
    text(program.stderr),
    once(program, 'close'),
  ])
  return { exitCode, stdout, stderr }
}

const OF_THE_STACK = 'Settings: those of the stack okta-role-trust-dev in us-east-1.\n'
const outdated = policyOf(own, oktaSso(`${provider}-2023`))

async function createRoles(): Promise<void> {
  await createRole('due', { tags: TAGGED, path: '/team/' })
  await createRole('outdated', { tags: TAGGED, policy: outdated })
  await createRole('right', { tags: TAGGED, policy: patched })
  await createRole('stopped', { tags: TAGGED, policy: stopping })
  await createRole('untagged')
}

const Plan = z.object({ roles: z.array(z.object({ roleName: z.string(), kind: z.string() })) })

describe('plan', () => {
  test('shows what is due, and changes no trust policy', async () => {
    await createRoles()
    const before = await sandbox.allTrustPolicies()
    const { exitCode, stdout, stderr } = await run('plan', '--json')
    expect(stderr).toContain(OF_THE_STACK)
    expect(
      Plan.parse(JSON.parse(stdout))
        .roles.map(({ kind, roleName }) => `${kind} ${roleName}`)
        .sort(),
    ).toEqual(['blocked stopped', 'planned due', 'planned outdated'])
    expect(exitCode).toBe(2)
    expect(await sandbox.allTrustPolicies()).toEqual(before)
  })

  test('goes by the settings that the stack is deployed with, and takes no others', async () => {
    await createRole('due', { tags: TAGGED, path: '/break-glass/' })
    await createRole('tagged-otherwise', { tags: { sso: 'yes' } })
    await sandbox.restart('backfill', { variables: { EXCLUSIONS: '/break-glass/*' } })
    try {
      const { exitCode, stdout } = await run('plan')
      expect(stdout).toMatch(/^ {2}skipped +due +protected$/m)
      expect(exitCode).toBe(0)
      const refused = await run('plan', '--tag-key', 'sso', '--tag-value', 'yes')
      expect(refused.stderr).toContain(
        'is deployed in us-east-1, and its settings apply: leave out --tag-key, --tag-value',
      )
      expect(refused).toMatchObject({ exitCode: 1, stdout: '' })
    } finally {
      await sandbox.restart('backfill', { variables: { EXCLUSIONS: '' } })
    }
  })
})

describe('apply', () => {
  test('makes the changes of a saved plan and no others, and nothing is due then', async () => {
    await createRoles()
    expect(await run('plan', '--out', FILE)).toMatchObject({ exitCode: 2 })
    await createRole('younger-than-the-plan', { tags: TAGGED })

    const { exitCode, stdout, stderr } = await run('apply', FILE, '--yes')
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: expect.stringContaining(OF_THE_STACK) })
    for (const name of ['due', 'outdated']) expect(stdout).toMatch(new RegExp(`^ +patched +${name}\\b`, 'm'))
    expect(await trustPolicies()).toEqual({
      due: patched,
      outdated: patched,
      right: patched,
      stopped: stopping,
      untagged: untouched,
      'younger-than-the-plan': untouched,
    })

    expect(await run('apply', '--yes')).toMatchObject({ exitCode: 0 })
    expect(await sandbox.trustPolicy('younger-than-the-plan')).toEqual(patched)
    expect(await run('plan')).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('nothing is due') })
  })

  test('skips a role that somebody wrote over since the plan was saved', async () => {
    await createRoles()
    expect(await run('plan', '--out', FILE)).toMatchObject({ exitCode: 2 })
    const written = policyOf(trusting('states'))
    const PolicyDocument = JSON.stringify(written)
    await sandbox.iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: 'due', PolicyDocument }))

    const { exitCode, stdout } = await run('apply', FILE, '--yes')
    expect(stdout).toMatch(/^ +outdated +due\b/m)
    expect(exitCode).toBe(1)
    expect(await trustPolicies()).toMatchObject({ due: written, outdated: patched })
  })
})

/** Of all roles but the stack's own. */
async function trustPolicies() {
  const all = await sandbox.allTrustPolicies()
  return Object.fromEntries([...all].filter(([name]) => !name.startsWith('okta-role-trust-')))
}

test('explain says what is in the way of a role, and of what would be done', async () => {
  await createRoles()
  const { exitCode, stdout, stderr } = await run('explain', 'stopped')
  expect(stdout).toContain(`Role stopped (arn:aws:iam::${sandbox.key.person.accountId}:role/stopped)\n`)
  expect(stdout).toContain('explicit-deny')
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: expect.stringContaining(OF_THE_STACK) })
  const due = await run('explain', 'due')
  expect(due.stdout).toContain('It would be written (access-missing)')
  expect(due.exitCode).toBe(0)
})

describe('doctor', () => {
  const Checks = z.object({ checks: z.array(z.looseObject({ check: z.string(), level: z.string() })) })
  const examine = async () => {
    const { exitCode, stdout } = await run('doctor', '--json')
    const { checks } = Checks.parse(JSON.parse(stdout))
    return { exitCode, levels: Object.fromEntries(checks.map(({ check, level }) => [check, level])) }
  }
  const levels = {
    region: 'ok',
    trail: 'ok',
    parameter: 'ok',
    provider: 'ok',
    functions: 'ok',
    version: 'ok',
    concurrency: 'ok',
    'role-event-rule': 'ok',
    'parameter-rule': 'ok',
    schedule: 'ok',
    'event-source': 'ok',
    queue: 'ok',
    'dead-letters': 'ok',
    // Nobody has subscribed.
    'alarm-topic': 'warning',
    // The local AWS simulates no policies.
    mode: 'warning',
    sid: 'ok',
    'group-mapping': 'ok',
  }

  test('finds all of the deployed stack in place, and that no trail is there until one is', async () => {
    expect(await examine()).toEqual({ exitCode: 1, levels: { ...levels, trail: 'failure' } })
    const { cloudTrail } = sandbox
    const Name = 'management-events'
    await cloudTrail.send(new CreateTrailCommand({ Name, S3BucketName: 'trail', IsMultiRegionTrail: true }))
    try {
      await cloudTrail.send(new StartLoggingCommand({ Name }))
      expect(await examine()).toEqual({ exitCode: 0, levels })
    } finally {
      await cloudTrail.send(new DeleteTrailCommand({ Name }))
    }
  })
})

// The local CloudTrail names calls of IAM otherwise than AWS does, so it has no change of a trust policy to show.
describe('where CloudTrail shows nothing of a role,', () => {
  test('history says so', async () => {
    await createRole('quiet', { tags: TAGGED })
    const { exitCode, stdout } = await run('history', 'quiet')
    expect(stdout).toContain('CloudTrail shows no change of its trust policy.')
    expect(exitCode).toBe(0)
  })

  test('restore says so, and writes nothing', async () => {
    await createRole('quiet', { tags: TAGGED })
    const id = randomUUID()
    const { exitCode, stdout, stderr } = await run('restore', 'quiet', '--to', id, '--yes')
    expect(stderr).toContain(`Error: role quiet: CloudTrail shows no event ${id}`)
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' })
    expect(await sandbox.trustPolicy('quiet')).toEqual(untouched)
  })
})
