import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { UntagRoleCommand } from '@aws-sdk/client-iam'
import { InvokeCommand } from '@aws-sdk/client-lambda'
import { DeleteParameterCommand, PutParameterCommand } from '@aws-sdk/client-ssm'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import * as z from 'zod/mini'
import { REGION } from '../../sandbox/clients.ts'
import { environmentOf } from '../../sandbox/deploy-stack.ts'
import { allowWhatIsNotEvaluated } from '../../sandbox/local-permissions.ts'
import { pythonTools } from '../../sandbox/python-tools.ts'
import { oktaSso, policyOf, trusting } from '../../sandbox/trust-policies.ts'
import { settingsText } from '../../src/config/settings-file.ts'
import { isSamePolicy } from '../../src/trust-policy/same-policy.ts'
import { commandName, TOLD_COMMANDS, TRIED_AT_THE_END } from '../commands/told-commands.ts'
import { decide, type Policy } from '../trust-policy/judge.ts'
import { createRole, deleteRoles, provider, sandbox } from './account.ts'

// A stack of its own goes the way of docs/operating.md, "Removing the stack".

const ROOT = join(import.meta.dirname, '../..')
const STACK = 'okta-role-trust-leave'
const SETTINGS_FILE = join(ROOT, 'settings/leave.yml')
const PARAMETER = '/leave/saml-provider-arn'
const TAGGED = { 'leave-sso': 'true' }
const folder = mkdtempSync(join(tmpdir(), 'removal-'))
const { iam, lambda, ssm } = sandbox
let path = ''

const typed = new Set<string | undefined>()

/** A person at a shell with the AWS CLI. */
async function type(command: string, cwd = ROOT) {
  typed.add(commandName(command))
  const env = { ...environmentOf(sandbox.key.endpoint), PATH: path, TMPDIR: folder, AWS_DEFAULT_REGION: REGION }
  return promisify(execFile)('bash', ['-ec', command], { cwd, env })
}

/** Of a command that must fail. */
const Failure = z.looseObject({ code: z.number(), stdout: z.string(), stderr: z.string() })

async function failureOf(command: string) {
  return Failure.parse(await type(command).catch((error: unknown) => error))
}

/** Roles as their owners made them, in forms that a trust policy rarely has. */
const OWN: Readonly<Record<string, object>> = {
  plain: policyOf(trusting('ec2')),
  'single-statement': { Version: '2012-10-17', Statement: trusting('glue') },
  'old-version': { Version: '2008-10-17', Id: 'made by hand', Statement: [trusting('states')] },
  'sid-taken': policyOf({ ...trusting('ec2'), Sid: 'LeaveSso' }, trusting('glue')),
  conditional: policyOf({
    ...trusting('lambda'),
    Condition: {
      StringEquals: { 'aws:SourceAccount': [sandbox.key.person.accountId] },
      Bool: { 'aws:SecureTransport': 'true' },
    },
  }),
  'untagged-later': policyOf(trusting('ec2'), { ...trusting('glue'), Sid: '' }),
  'break-glass': policyOf(trusting('ec2')),
  'right-already': policyOf({ ...oktaSso(provider), Sid: 'OfTheOwner' }),
}

async function textsOfAll(): Promise<ReadonlyMap<string, string>> {
  const all = await sandbox.allTrustPolicies()
  return new Map(Object.keys(OWN).map((name) => [name, JSON.stringify(all.get(name))]))
}

/** Whether Okta may sign in, by a judge that knows nothing of this system. */
async function verdict(text: string) {
  const { Version: version, Statement: statement } = JSON.parse(text)
  const policy: Policy = { version, statements: [statement].flat() }
  const audience = 'https://signin.aws.amazon.com/saml'
  return decide(policy, { principal: provider, action: 'sts:AssumeRoleWithSAML', audience })
}

/** What the page says to type, for this stack. */
function toKeepTheLogs(): string {
  const page = readFileSync(join(ROOT, 'docs/operating.md'), 'utf8')
  const [, commands = ''] = /\n### Keep the logs\n[\s\S]*?```sh\n([\s\S]*?)```/.exec(page) ?? []
  return commands.replaceAll('okta-role-trust-dev', STACK)
}

vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 })

beforeAll(async () => {
  path = [await pythonTools(() => {}), process.env.PATH].join(delimiter)
  await deleteRoles()
  await type('node cli/bundle.mjs')
  await ssm.send(new PutParameterCommand({ Name: PARAMETER, Type: 'String', Value: provider }))
  mkdirSync(dirname(SETTINGS_FILE), { recursive: true })
  writeFileSync(SETTINGS_FILE, settingsText({ parameterName: PARAMETER, tagKey: 'leave-sso', sid: 'LeaveSso' }))
  await type('npx --no serverless deploy --stage leave')
  await allowWhatIsNotEvaluated(iam)
})
afterAll(async () => {
  await deleteRoles()
  await ssm.send(new DeleteParameterCommand({ Name: PARAMETER })).catch(() => {})
  rmSync(folder, { recursive: true })
  rmSync(SETTINGS_FILE)
  if (readdirSync(dirname(SETTINGS_FILE)).length === 0) rmdirSync(dirname(SETTINGS_FILE))
})

test('whoever removes the system is left with the trust policies from before it', async () => {
  for (const [name, policy] of Object.entries(OWN)) await createRole(name, { tags: TAGGED, policy })
  const before = await textsOfAll()
  await lambda.send(new InvokeCommand({ FunctionName: `${STACK}-backfill`, Payload: '{}' }))
  await iam.send(new UntagRoleCommand({ RoleName: 'untagged-later', TagKeys: ['leave-sso'] }))
  const patched = await textsOfAll()
  for (const name of before.keys()) expect(await verdict(patched.get(name) ?? '')).toBe('Allowed')

  const refused = await failureOf('npx --no okta-role-trust withdraw --stage leave --yes')
  expect(await textsOfAll()).toEqual(patched)

  // The parameter may be gone first.
  await ssm.send(new DeleteParameterCommand({ Name: PARAMETER }))
  const [, onlyReport = ''] = /let it only report first, with `(.+)`/.exec(refused.stderr) ?? []
  // With an exclusion that somebody thought of late.
  await type(`${onlyReport} --param="exclusions=*break-glass"`)
  const { stdout, stderr } = await failureOf('npx --no okta-role-trust withdraw --stage leave --yes')
  expect(stdout).toContain('of 6 planned: 6 withdrawn')
  const [, excludedToo = ''] = /To take it out there too, run `(.+)`/.exec(stderr) ?? []
  // Nobody is at a terminal here.
  await type(`${excludedToo} --yes`)

  await type(toKeepTheLogs(), folder)
  const logged = z.array(z.string()).parse(JSON.parse(readFileSync(join(folder, 'backfill.json'), 'utf8')))
  const records = logged.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line))
  const writes = records.filter(({ kind }) => kind === 'patched')
  for (const { roleName, before: document } of writes) {
    expect(isSamePolicy(document, before.get(roleName))).toBe(true)
  }
  expect(writes.map(({ roleName }) => roleName).sort()).toEqual(
    Object.keys(OWN)
      .filter((name) => name !== 'right-already')
      .sort(),
  )

  await type('npx --no serverless remove --stage leave')
  for (const [name, text] of await textsOfAll()) {
    expect([name, isSamePolicy(text, before.get(name))]).toEqual([name, true])
    expect(await verdict(text)).toBe(await verdict(before.get(name) ?? ''))
  }

  // What comes up later: here another stack stands, which a misspelt name could mean.
  await createRole('left-over', { policy: policyOf(trusting('ec2'), { ...oktaSso(provider), Sid: 'LeaveSso' }) })
  const unsure = await failureOf('npx --no okta-role-trust withdraw --stage leave --yes')
  expect(unsure.stderr).toContain('there is no stack okta-role-trust-leave')
  await type('npx --no okta-role-trust withdraw --stage leave --no-stack --sid LeaveSso --yes')
  expect(await sandbox.trustPolicy('left-over')).toEqual(policyOf(trusting('ec2')))

  const tried = Object.keys(TOLD_COMMANDS).filter((name) => TOLD_COMMANDS[name] === TRIED_AT_THE_END)
  expect(tried.filter((name) => !typed.has(name))).toEqual([])
})
