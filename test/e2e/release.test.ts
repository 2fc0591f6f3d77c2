import { execFile } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { promisify } from 'node:util'
import { DeleteRuleCommand, RemoveTargetsCommand } from '@aws-sdk/client-eventbridge'
import { GetFunctionConfigurationCommand, InvokeCommand, ListTagsCommand } from '@aws-sdk/client-lambda'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import * as z from 'zod/mini'
import { REGION } from '../../sandbox/clients.ts'
import { environmentOf } from '../../sandbox/deploy-stack.ts'
import { allowWhatIsNotEvaluated } from '../../sandbox/local-permissions.ts'
import { pythonTools } from '../../sandbox/python-tools.ts'
import { oktaSso, policyOf } from '../../sandbox/trust-policies.ts'
import { commandName, TOLD_COMMANDS, TRIED_ON_A_RELEASE } from '../commands/told-commands.ts'
import { textOf } from '../documents/documents.ts'
import { createRole, deleteRoles, own, provider, sandbox, untouched } from './account.ts'

// What docs/deploying.md, "Without Node", gives to be typed, typed word for word: one test after the other.

const ROOT = join(import.meta.dirname, '../..')
const STACK = 'okta-role-trust-prod'
const granted = policyOf(own, { ...oktaSso(provider), Sid: 'AcmeSso' })
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
  // The AWS CLI names a change set after the second, and the local AWS takes no longer for one.
  if (commands.includes('cloudformation deploy')) await setTimeout(1_000)
  return promisify(execFile)('bash', ['-ec', commands], { cwd, env })
}

/** Of a command of the command line that ends with another exit code than 0. */
const Failure = z.looseObject({ stdout: z.string(), stderr: z.string() })

async function failureOf(command: string) {
  return Failure.parse(await type(command, ROOT).catch((error: unknown) => error))
}

/** What the command line told to type. */
const told = new Set<string>()

function commandsIn(words: string): readonly string[] {
  const commands = [...words.matchAll(/`([^`]+)`/g)].map(([, command = '']) => command)
  return commands.filter((command) => {
    const name = commandName(command)
    if (name !== undefined) told.add(name)
    return name !== undefined
  })
}

async function deployedFunction(name: string) {
  return sandbox.lambda.send(new GetFunctionConfigurationCommand({ FunctionName: `${STACK}-${name}` }))
}

const deployedSettings = async () => (await deployedFunction('scheduled-sweep')).Environment?.Variables

async function deployedTags() {
  const { FunctionArn: Resource } = await deployedFunction('scheduled-sweep')
  return (await sandbox.lambda.send(new ListTagsCommand({ Resource }))).Tags
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
    expect(Environment?.Variables).toMatchObject({ MODE: 'report', EXCLUSIONS: '', STACK_NAME: STACK })
  }
})

test('it reports only, and repairs when it is told to; what was set before stays', async () => {
  // The other stack of this account looks for another tag, and has another Sid.
  const otherTag = deploy.replace(/BundleBucket=\S+ Mode=report/, 'TagKey=acme:sso Sid=AcmeSso --tags team=identity')
  await type(otherTag)
  await createRole('released', { tags: { 'acme:sso': 'true' } })
  await sweep()
  expect(await sandbox.trustPolicy('released')).toEqual(untouched)
  await type(`${repair.trimEnd()} --tags team=identity`)
  // What its functions may do now, the local IAM cannot tell by itself.
  await allowWhatIsNotEvaluated(sandbox.iam)
  expect(await deployedSettings()).toMatchObject({ MODE: 'enforce', TAG_KEY: 'acme:sso', SID: 'AcmeSso' })
  await sweep()
  expect(await sandbox.trustPolicy('released')).toEqual(granted)
})

test('what withdraw says lets it only report again, and keeps all else', async () => {
  const refused = await failureOf('npx --no okta-role-trust withdraw --stage prod --yes')
  for (const command of commandsIn(refused.stderr)) await type(command)
  expect(await deployedSettings()).toMatchObject({ MODE: 'report', TAG_KEY: 'acme:sso', SID: 'AcmeSso' })
  expect(await deployedTags()).toMatchObject({ team: 'identity' })
  await type('npx --no okta-role-trust withdraw --stage prod --yes', ROOT)
  expect(await sandbox.trustPolicy('released')).toEqual(untouched)
})

test('what doctor says of a part that is gone brings all back as it was', async () => {
  const before = await deployedSettings()
  const Rule = `${STACK}-role-events`
  await sandbox.events.send(new RemoveTargetsCommand({ Rule, Ids: ['role-event-queue'] }))
  await sandbox.events.send(new DeleteRuleCommand({ Name: Rule }))
  const doctor = 'npx --no okta-role-trust doctor --stage prod'
  const [remedy = ''] =
    /(?<=the rule okta-role-trust-prod-role-events is missing\s+→ ).*/.exec((await failureOf(doctor)).stdout) ?? []
  for (const command of commandsIn(remedy)) await type(command)
  expect((await failureOf(doctor)).stdout).not.toContain('is missing')
  expect(await deployedSettings()).toEqual(before)
  expect(await deployedTags()).toMatchObject({ team: 'identity' })
})

test('nothing is left of it when it is deleted, and the role stays as it is', async () => {
  await type(`${remove}aws cloudformation wait stack-delete-complete --stack-name ${STACK}`)
  await expect(deployedFunction('scheduled-sweep')).rejects.toThrow('not found')
  const left = [...(await sandbox.allTrustPolicies()).keys()].filter((name) => name.startsWith(STACK))
  expect(left).toEqual([])
  expect(await sandbox.trustPolicy('released')).toEqual(untouched)
})

test('every command in the list that is said to be tried on a release was typed, and no other', () => {
  const tried = Object.keys(TOLD_COMMANDS).filter((name) => TOLD_COMMANDS[name] === TRIED_ON_A_RELEASE)
  expect([...told].sort()).toEqual(tried.sort())
})
