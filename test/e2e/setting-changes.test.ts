import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify, stripVTControlCharacters } from 'node:util'
import { GetFunctionConfigurationCommand, UpdateFunctionConfigurationCommand } from '@aws-sdk/client-lambda'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { environmentOf } from '../../sandbox/deploy-stack.ts'
import { settingsText } from '../../src/config/settings-file.ts'
import { sandbox } from './account.ts'

// A stack of its own, deployed again and again with other settings: each test goes on where the last one ended.

vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 })

const ROOT = join(import.meta.dirname, '../..')
const SETTINGS_FILE = join(ROOT, 'settings/change.yml')
const FUNCTIONS = ['role-event', 'scheduled-sweep', 'backfill', 'dashboard-widget']
const folder = mkdtempSync(join(tmpdir(), 'changes-'))
const { lambda } = sandbox
const nameOf = (id: string) => `okta-role-trust-change-${id}`

/** Whether it succeeded, and all that it said. */
async function serverless(...words: readonly string[]) {
  const env = { ...environmentOf(sandbox.key.endpoint), TMPDIR: folder }
  const all = ['--no', 'serverless', ...words, '--stage', 'change']
  const [isDone, { stdout, stderr }] = await promisify(execFile)('npx', all, { cwd: ROOT, env }).then(
    (output) => [true, output] as const,
    (error: { readonly stdout: string; readonly stderr: string }) => [false, error] as const,
  )
  return { isDone, said: stripVTControlCharacters(stdout + stderr) }
}

function deploy(settings: Readonly<Record<string, string>>, ...words: readonly string[]) {
  mkdirSync(dirname(SETTINGS_FILE), { recursive: true })
  writeFileSync(SETTINGS_FILE, settingsText(settings))
  return serverless('deploy', ...words)
}

async function variablesOf(id: string): Promise<Readonly<Record<string, string>>> {
  const { Environment } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName: nameOf(id) }))
  return Environment?.Variables ?? {}
}

/** Of every function, in the order of the list. */
const inForce = async (variable: string) => Promise.all(FUNCTIONS.map(async (id) => (await variablesOf(id))[variable]))
const everywhere = (value: string) => FUNCTIONS.map(() => value)

const careful = { maxChanges: '0', exclusions: '/break-glass/*,*Admin*' }

beforeAll(async () => {
  const { isDone, said } = await deploy(careful)
  expect(said).not.toContain('Settings that change')
  expect(isDone).toBe(true)
})
afterAll(async () => {
  await serverless('remove')
  rmSync(SETTINGS_FILE)
  rmSync(folder, { recursive: true })
})

test('whoever forgets the settings is stopped, and those in force stay', async () => {
  const before = await Promise.all(FUNCTIONS.map(variablesOf))
  const { isDone, said } = await deploy({})
  expect(isDone).toBe(false)
  expect(said).toContain('add --allow exclusions,maxChanges')
  expect(await Promise.all(FUNCTIONS.map(variablesOf))).toEqual(before)
})

test('a stricter setting is told and deployed', async () => {
  const { isDone, said } = await deploy({ ...careful, exclusions: '*Admin*,/ops/*,/break-glass/*' })
  expect(said).toContain('exclusions: /break-glass/*,*Admin* → *Admin*,/ops/*,/break-glass/*')
  expect(isDone).toBe(true)
  expect(await inForce('EXCLUSIONS')).toEqual(everywhere('*Admin*,/ops/*,/break-glass/*'))
})

test('a weaker one is deployed where --allow names it, once', async () => {
  expect(await deploy({ maxChanges: '5' }, '--allow', 'maxChanges,exclusions')).toMatchObject({ isDone: true })
  expect(await inForce('MAX_CHANGES')).toEqual(everywhere('5'))
  const again = await deploy({ maxChanges: '5' }, '--allow', 'maxChanges,exclusions')
  expect(again.isDone).toBe(false)
  expect(again.said).toContain('--allow maxChanges: maxChanges does not change: leave out --allow')
  expect(await deploy({ maxChanges: '5' })).toMatchObject({ isDone: true })
})

test('a function alone is no way around it', async () => {
  const alone = (...words: readonly string[]) =>
    serverless('deploy', 'function', '-f', 'backfill', '--param=maxChanges=9', ...words)
  expect((await alone()).said).toContain('maxChanges: 5 → 9')
  expect(await inForce('MAX_CHANGES')).toEqual(everywhere('5'))
  expect(await alone('--allow', 'maxChanges')).toMatchObject({ isDone: true })
  expect(await inForce('MAX_CHANGES')).toEqual(['5', '5', '9', '5'])
})

test('what somebody edited by hand is told, and whether the deployment changed it', async () => {
  const edited = { ...(await variablesOf('scheduled-sweep')), MAX_CHANGES: '60' }
  const FunctionName = nameOf('scheduled-sweep')
  await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Environment: { Variables: edited } }))
  const { isDone, said } = await deploy({ maxChanges: '5' })
  expect(said).toContain(`maxChanges: 60 → 5 (in ${FunctionName})`)
  // The template is that of the last deployment.
  expect(isDone).toBe(false)
  for (const [, command = ''] of said.matchAll(/`npx --no serverless ([^`]+)`/g)) {
    expect(await serverless(...command.split(' '))).toMatchObject({ isDone: true })
  }
  expect(await inForce('MAX_CHANGES')).toEqual(everywhere('5'))
})

test('a rollback is no way around it', async () => {
  expect(await deploy({ maxChanges: '3' })).toMatchObject({ isDone: true })
  const { said: listed } = await serverless('deploy', 'list')
  const timestamps = [...listed.matchAll(/Timestamp: (\d+)/g)].map(([, timestamp = '']) => timestamp)
  const earlier = timestamps.at(-2) ?? expect.fail(`no earlier deployment: ${listed}`)
  const refused = await serverless('rollback', '--timestamp', earlier)
  expect(refused.isDone).toBe(false)
  expect(refused.said).toContain('maxChanges: 3 → 5')
  expect(await inForce('MAX_CHANGES')).toEqual(everywhere('3'))
  expect(await serverless('rollback', '--timestamp', earlier, '--allow', 'maxChanges')).toMatchObject({ isDone: true })
  expect(await inForce('MAX_CHANGES')).toEqual(everywhere('5'))
})
