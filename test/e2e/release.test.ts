import { execFile } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { GetFunctionConfigurationCommand, InvokeCommand } from '@aws-sdk/client-lambda'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { REGION } from '../../sandbox/clients.ts'
import { environmentOf } from '../../sandbox/deploy-stack.ts'
import { allowWhatIsNotEvaluated } from '../../sandbox/local-permissions.ts'
import { pythonTools } from '../../sandbox/python-tools.ts'
import { textOf } from '../documents/documents.ts'
import { createRole, deleteRoles, patched, sandbox, untouched } from './account.ts'

// What docs/deploying.md, "Without Node", gives to be typed, typed word for word: one test after the other.

const ROOT = join(import.meta.dirname, '../..')
const STACK = 'okta-role-trust-prod'
const folder = mkdtempSync(join(tmpdir(), 'release-'))
const files = join(folder, 'files')
let path = ''

const [, section = ''] = /\n## Without Node\n([\s\S]*?)\n### /.exec(textOf('docs/deploying.md')) ?? []
const [isWhole = '', makeBucket = '', upload = '', deploy = '', repair = '', remove = ''] = [
  ...section.matchAll(/^( *)```sh\n([\s\S]*?)^\1```$/gm),
].map(([, , commands = '']) => commands)

/** A person at a shell in the folder with the files, with the AWS CLI and without Node. */
async function type(commands: string, cwd = files) {
  const env = { ...environmentOf(sandbox.key.endpoint), PATH: path, AWS_DEFAULT_REGION: REGION }
  return promisify(execFile)('bash', ['-ec', commands], { cwd, env })
}

async function deployedFunction(name: string) {
  return sandbox.lambda.send(new GetFunctionConfigurationCommand({ FunctionName: `${STACK}-${name}` }))
}

async function sweep(): Promise<void> {
  const { Payload, FunctionError } = await sandbox.lambda.send(
    new InvokeCommand({ FunctionName: `${STACK}-scheduled-sweep`, Payload: '{}' }),
  )
  if (FunctionError !== undefined) throw new Error(Payload?.transformToString())
}

vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 })

beforeAll(async () => {
  path = [await pythonTools(() => {}), process.env.PATH].join(delimiter)
  await type('npm run --silent release', ROOT)
  cpSync(join(ROOT, 'dist/release'), files, { recursive: true })
})
afterAll(async () => {
  await deleteRoles()
  rmSync(folder, { recursive: true })
})

test('the files are whole', async () => {
  const { stdout } = await type(isWhole)
  expect(stdout).toContain('okta-role-trust.template.json: OK')
})

test('the bucket takes the zips once, and does not let them be overwritten', async () => {
  await type(`${makeBucket}${upload}`)
  const bucket = makeBucket.slice(makeBucket.indexOf('bucket='))
  await expect(type(`${bucket}${upload}`)).rejects.toMatchObject({
    stderr: expect.stringContaining('PreconditionFailed'),
  })
})

test('the stack runs the code of the release, with the parameters given', async () => {
  const bucket = makeBucket.slice(makeBucket.indexOf('bucket='))
  await type(`${bucket}${deploy}`)
  await allowWhatIsNotEvaluated(sandbox.iam)
  const sums = readFileSync(join(files, 'SHA256SUMS'), 'utf8')
  for (const name of ['role-event', 'scheduled-sweep', 'backfill', 'dashboard-widget']) {
    const { CodeSha256 = '', Environment } = await deployedFunction(name)
    expect(sums).toContain(`${Buffer.from(CodeSha256, 'base64').toString('hex')}.zip`)
    expect(Environment?.Variables).toMatchObject({ MAX_CHANGES: '0', EXCLUSIONS: '', STACK_NAME: STACK })
  }
})

test('it reports only, and repairs when it is told to; what was set before stays', async () => {
  // The other stack of this account looks for another tag.
  const otherTag = deploy.replace(/BundleBucket=\S+ MaxChanges=0/, 'TagKey=acme:sso')
  await type(otherTag)
  await createRole('released', { tags: { 'acme:sso': 'true' } })
  await sweep()
  expect(await sandbox.trustPolicy('released')).toEqual(untouched)
  await type(repair)
  expect((await deployedFunction('scheduled-sweep')).Environment?.Variables).toMatchObject({
    MAX_CHANGES: '50',
    TAG_KEY: 'acme:sso',
  })
  await sweep()
  expect(await sandbox.trustPolicy('released')).toEqual(patched)
})

test('nothing is left of it when it is deleted, and the role stays as it is', async () => {
  await type(`${remove}aws cloudformation wait stack-delete-complete --stack-name ${STACK}`)
  await expect(deployedFunction('scheduled-sweep')).rejects.toThrow('not found')
  const left = [...(await sandbox.allTrustPolicies()).keys()].filter((name) => name.startsWith(STACK))
  expect(left).toEqual([])
  expect(await sandbox.trustPolicy('released')).toEqual(patched)
})
