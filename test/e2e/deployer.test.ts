import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import {
  DeleteAccessKeyCommand,
  DeleteUserCommand,
  DeleteUserPolicyCommand,
  GetRoleCommand,
  UpdateAssumeRolePolicyCommand,
} from '@aws-sdk/client-iam'
import { GetFunctionConfigurationCommand, UpdateFunctionConfigurationCommand } from '@aws-sdk/client-lambda'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import * as z from 'zod/mini'
import deployerPolicy from '../../infra/deployer-policy.json'
import { clientsOf } from '../../sandbox/clients.ts'
import { copyProject, keepSettings } from '../../sandbox/copy-project.ts'
import { environmentOf } from '../../sandbox/deploy-stack.ts'
import { pythonTools } from '../../sandbox/python-tools.ts'
import { createPerson, type Person } from '../../sandbox/test-user.ts'
import { ACCOUNT, RECORDED, WITHOUT_PERMISSION } from '../deployer/osls-calls.ts'
import schemaPermissions from '../deployer/schema-permissions.json'
import { createRole, deleteRoles, sandbox, untouched } from './account.ts'

// A stack of its own, deployed and removed by somebody who holds infra/deployer-policy.json and nothing else. The local
// AWS asks IAM about each call of osls, but not about what CloudFormation then does in that person's name, nor about
// iam:PassRole: of these test/deployer asks another evaluator.

// Short: where a bucket's name would be too long, the local AWS cuts it in another place than CloudFormation.
const STACK = 'okta-role-trust-least'
const run = promisify(execFile)
const project = copyProject()
const folder = mkdtempSync(join(tmpdir(), 'deployer-'))
const recording = join(folder, 'calls')
const { iam, lambda } = sandbox
let deployer: Person

vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 })

beforeAll(async () => {
  keepSettings(project, 'least')
  const { accountId } = sandbox.key.person
  const policy = JSON.parse(JSON.stringify(deployerPolicy).replaceAll(ACCOUNT, accountId))
  deployer = await createPerson(iam, 'deployer', policy)
})
afterAll(async () => {
  const { userName: UserName, accessKeyId: AccessKeyId } = deployer
  await iam.send(new DeleteAccessKeyCommand({ UserName, AccessKeyId }))
  await iam.send(new DeleteUserPolicyCommand({ UserName, PolicyName: 'own' }))
  await iam.send(new DeleteUserCommand({ UserName }))
  await deleteRoles()
  for (const made of [folder, project]) rmSync(made, { recursive: true })
})

/** @returns all that it printed */
async function osls(...words: readonly string[]): Promise<string> {
  const env = {
    ...environmentOf(sandbox.key.endpoint),
    AWS_ACCESS_KEY_ID: deployer.accessKeyId,
    AWS_SECRET_ACCESS_KEY: deployer.secretAccessKey,
    TMPDIR: folder,
    // Quoted, as the folder may have a space in its name.
    NODE_OPTIONS: `--require ${JSON.stringify(join(import.meta.dirname, 'before-osls.cjs'))}`,
    RECORDED_CALLS: recording,
  }
  const options = ['--stage', 'least']
  // It tells of failures on its output.
  const { stdout, stderr } = await run('npx', ['--no', 'serverless', ...words, ...options], {
    cwd: project,
    env,
  }).catch(({ stdout, stderr }) => expect.fail(`${words.join(' ')}: ${stdout}\n${stderr}`))
  return `${stdout}\n${stderr}`
}

const backfill = () => lambda.send(new GetFunctionConfigurationCommand({ FunctionName: `${STACK}-backfill` }))
const maxChanges = async () => (await backfill()).Environment?.Variables?.MAX_CHANGES

test('whoever holds the policy alone deploys, changes settings and code, looks, rolls back and removes', async () => {
  await osls('deploy', '--param', 'maxChanges=9')
  expect(await maxChanges()).toBe('9')
  await osls('deploy', '--param', 'maxChanges=9')
  await osls('deploy', '--param', 'maxChanges=7')
  expect(await maxChanges()).toBe('7')
  await osls('deploy', 'function', '--function', 'backfill', '--force', '--param', 'maxChanges=5')
  expect(await maxChanges()).toBe('5')
  await osls('info', '--verbose')
  const [first = ''] = /(?<=Timestamp: )\d+/.exec(await osls('deploy', 'list')) ?? []
  await osls('rollback', '--timestamp', first, '--allow', 'maxChanges')
  expect(await maxChanges()).toBe('9')
  await osls('remove')
  await expect(backfill()).rejects.toMatchObject({ name: 'ResourceNotFoundException' })

  const calls = new Set(readFileSync(recording, 'utf8').trim().split('\n'))
  expect([...calls].sort()).toEqual([...Object.keys(RECORDED), ...Object.keys(WITHOUT_PERMISSION)].sort())
})

test('and nothing else, neither with roles nor with other functions', async () => {
  await createRole('data-analyst')
  const own = clientsOf(sandbox.key.endpoint, deployer)
  const PolicyDocument = JSON.stringify(untouched)
  const refused = { name: 'AccessDenied' }
  await expect(
    own.iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: 'data-analyst', PolicyDocument })),
  ).rejects.toMatchObject(refused)
  await expect(own.iam.send(new GetRoleCommand({ RoleName: 'data-analyst' }))).rejects.toMatchObject(refused)
  const FunctionName = 'payroll'
  await expect(own.lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName }))).rejects.toMatchObject({
    name: 'AccessDeniedException',
  })
})

const Provider = z.record(z.string(), z.string())
const Schema = z.object({
  handlers: z.record(z.string(), z.object({ permissions: z.array(z.string()) })),
})

test("the permissions that CloudFormation's schemas name are those of the pinned cfn-lint", async () => {
  const tools = await pythonTools(() => {})
  const { stdout } = await run(join(tools, 'python'), [
    '-c',
    'import cfnlint, os; print(os.path.dirname(cfnlint.__file__))',
  ])
  const schemas = join(stdout.trim(), 'data/schemas')
  const read = (file: string): unknown => JSON.parse(readFileSync(join(schemas, file), 'utf8'))
  const provider = Provider.parse(read('providers/us-east-1.json'))
  const found = Object.keys(schemaPermissions).map((type) => {
    const { handlers } = Schema.parse(read(`resources/${provider[type]}.json`))
    // Stacks never list.
    const { list: _, ...used } = handlers
    const permissions = new Set(Object.values(used).flatMap((handler) => handler.permissions))
    return [type, [...permissions].sort()]
  })
  expect(Object.fromEntries(found)).toEqual(schemaPermissions)
})
