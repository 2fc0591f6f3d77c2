import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { familyOf, runningProcesses } from '../processes.ts'
import { allDone, createRole, deleteRoles, logOf, person, SOON, sandbox, TAGGED, writesOfFunctions } from './account.ts'

afterEach(deleteRoles)

describe('all three functions', () => {
  const FUNCTIONS = ['role-event', 'scheduled-sweep', 'backfill'] as const

  async function patchOneRoleEach(prefix: string): Promise<readonly string[]> {
    const names = FUNCTIONS.map((id) => `${prefix}-by-${id}`)
    const [byEvent = '', bySweep = '', byBackfill = ''] = names
    await createRole(byEvent, { tags: TAGGED, by: person })
    await allDone()
    await createRole(bySweep, { tags: TAGGED })
    await sandbox.invoke('scheduled-sweep', {})
    await createRole(byBackfill, { tags: TAGGED })
    await sandbox.invoke('backfill', { roles: [byBackfill] })
    return names
  }

  test('run on Node 24, as in Lambda', async () => {
    for (const name of await patchOneRoleEach('node')) {
      const [write] = await writesOfFunctions(name)
      // The SDK's user agent names the version.
      expect(write?.userAgent).toContain(' md/nodejs#24.')
    }
  })

  test('are denied nothing that they ask for under their own roles', async () => {
    const denials = async () => (await Promise.all(FUNCTIONS.map((id) => logOf(id, 'not authorized')))).flat()
    const before = await denials()
    await patchOneRoleEach('allowed')
    expect(await denials()).toEqual(before)
  })
})

test.each([
  // In the middle of the deployment, or of the release, when the most runs.
  ['sandbox', 'sandbox/run.ts', /serverless.* deploy/],
  ['sandbox:org', 'sandbox/organization/run.ts', /serverless.* package/],
])('whoever interrupts npm run %s leaves no process and no file behind', async (_, script, busy) => {
  const folder = mkdtempSync(join(tmpdir(), 'interrupted-'))
  try {
    const run = spawn(process.execPath, ['--import', 'tsx', script], {
      env: { ...process.env, TMPDIR: folder },
      stdio: 'ignore',
    })
    const ended = new Promise((resolve) => run.once('exit', resolve))
    const isBusy = async () => {
      const family = await familyOf(Number(run.pid))
      return (await runningProcesses()).some(({ id, command }) => family.includes(id) && busy.test(command))
    }
    await expect.poll(isBusy, SOON).toBe(true)
    const family = await familyOf(Number(run.pid))
    expect(readdirSync(folder)).toContainEqual(expect.stringMatching(/^okta-role-trust-sandbox-/))

    run.kill('SIGINT')
    expect(await ended).toBe(130)
    const left = async () => (await runningProcesses()).filter(({ id }) => family.includes(id))
    await expect.poll(left, SOON).toEqual([])
    expect(readdirSync(folder)).not.toContainEqual(expect.stringMatching(/^okta-role-trust-sandbox-/))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
