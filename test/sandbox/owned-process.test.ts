import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { devNull } from 'node:os'
import { afterAll, expect, test, vi } from 'vitest'
import { type OwnedProcess, startOwned } from '../../sandbox/owned-process.ts'
import { runningIn } from '../processes.ts'

/** A process that starts another one and leaves it behind. */
const [command, ...args] = ['sh', '-c', 'sleep 300 & exec sleep 301'] as const
const SOON = { timeout: 20_000 }

const output = openSync(devNull, 'w')
afterAll(() => closeSync(output))

const start = (script: readonly string[] = args): OwnedProcess =>
  startOwned(command, script, { cwd: '.', env: process.env, output })

const bothRun = [expect.stringContaining('sleep 301'), expect.stringContaining('sleep 300')]

test('what was started ends with all that it has started', async () => {
  const owned = start()
  await expect.poll(() => runningIn(owned.group), SOON).toEqual(expect.arrayContaining(bothRun))
  owned.kill()
  owned.kill()
  expect(await owned.ended).toBeNull()
  await expect.poll(() => runningIn(owned.group), SOON).toEqual([])
})

test('it takes along what it has started when it ends by itself, and tells its exit code', async () => {
  const owned = start(['-c', 'sleep 300 & exit 7'])
  expect(await owned.ended).toBe(7)
  await expect.poll(() => runningIn(owned.group), SOON).toEqual([])
})

test('it may be killed when all of it has ended and been reaped, and no other failure to kill it is hidden', async () => {
  const owned = start()
  const failWith = (code: string) =>
    vi.spyOn(process, 'kill').mockImplementationOnce(() => {
      throw Object.assign(new Error(`kill ${code}`), { code })
    })
  failWith('ESRCH')
  owned.kill()
  failWith('EPERM')
  expect(() => owned.kill()).toThrow('kill EPERM')
  owned.kill()
  expect(await owned.ended).toBeNull()
})

test('it ends when its starter is killed, who then can do nothing about it', async () => {
  const script = `
    import { openSync } from 'node:fs'
    import { startOwned } from './sandbox/owned-process.ts'
    const options = { cwd: '.', env: process.env, output: openSync('${devNull}', 'w') }
    console.log(startOwned('${command}', ${JSON.stringify(args)}, options).group)`
  const starter = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', script])
  const [group] = await once(starter.stdout, 'data')
  await expect.poll(() => runningIn(Number(group)), SOON).toEqual(expect.arrayContaining(bothRun))
  starter.kill('SIGKILL')
  await expect.poll(() => runningIn(Number(group)), SOON).toEqual([])
})
