import { execFile } from 'node:child_process'
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify, stripVTControlCharacters } from 'node:util'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { parse } from 'yaml'
import * as z from 'zod/mini'
import { ReadOnlyAccount } from './read-only-account.ts'

// osls itself deploys here, into an account that answers what it reads and refuses every write.

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

const ROOT = join(import.meta.dirname, '..')
const STACK = 'okta-role-trust-dev'
const FUNCTIONS = ['role-event', 'scheduled-sweep', 'backfill', 'dashboard-widget']
const PACKAGED = { exclusions: '*Admin*', maxChanges: '7' }

type Variables = Readonly<Record<string, string>>

const Template = z.object({
  Resources: z.record(z.string(), z.looseObject({ Type: z.string(), Properties: z.optional(z.unknown()) })),
})
const LambdaFunction = z.object({
  FunctionName: z.string(),
  Environment: z.object({ Variables: z.record(z.string(), z.string()) }),
})

const account = new ReadOnlyAccount()
const { calls, writes } = account

/** A folder of its own: osls packages into the folder that it is started in. */
const folder = mkdtempSync(join(tmpdir(), 'deployment-'))
const packaged = join(folder, 'packaged')
let endpoint = ''

/** Both streams of osls, without colours. */
async function serverless(...words: readonly string[]): Promise<string> {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_'))
  const env = {
    ...Object.fromEntries(own),
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    SLS_AWS_REQUEST_MAX_RETRIES: '0',
  }
  const program = join(ROOT, 'node_modules/.bin/serverless')
  const run = promisify(execFile)(program, words, { cwd: join(folder, 'service'), env })
  const { stdout, stderr } = await run.catch((error: { readonly stdout: string; readonly stderr: string }) => error)
  return stripVTControlCharacters(stdout + stderr)
}
const deployPackage = (...words: readonly string[]) => serverless('deploy', '--package', packaged, ...words)

let packagedTemplate = ''
/** What the package brings to each function. */
let outgoing: Variables = {}
/** All functions deployed with these, the others as the package has them. */
function deployed(variables: Variables): void {
  account.stack = { status: 'UPDATE_COMPLETE' }
  for (const id of FUNCTIONS) replace(id, { variables: { ...outgoing, ...variables } })
}

function replace(id: string, deployed: ReadOnlyAccount['functions'][string]): void {
  account.functions = { ...account.functions, [`${STACK}-${id}`]: deployed }
}

beforeAll(async () => {
  endpoint = await account.start()
  const service = join(folder, 'service')
  mkdirSync(service)
  copyFileSync(join(ROOT, 'serverless.yml'), join(service, 'serverless.yml'))
  for (const name of readdirSync(ROOT).filter((name) => !/^\.|^serverless\.yml$|^settings$/.test(name))) {
    symlinkSync(join(ROOT, name), join(service, name))
  }
  const parameters = Object.entries(PACKAGED).map(([name, value]) => `--param=${name}=${value}`)
  const said = await serverless('package', '--package', packaged, ...parameters)
  expect(said).toContain('Service packaged')
  packagedTemplate = readFileSync(join(packaged, 'cloudformation-template-update-stack.json'), 'utf8')
  const functions = Object.values(Template.parse(JSON.parse(packagedTemplate)).Resources)
    .filter(({ Type }) => Type === 'AWS::Lambda::Function')
    .map(({ Properties }) => LambdaFunction.parse(Properties))
  expect(functions.map(({ FunctionName }) => FunctionName)).toEqual(FUNCTIONS.map((id) => `${STACK}-${id}`))
  outgoing = functions[0]?.Environment.Variables ?? {}
})
beforeEach(() => account.clear())
afterAll(() => {
  account.stop()
  rmSync(folder, { recursive: true })
})

const TOLD = 'Settings that change:'
/** It got as far as osls itself, which looks for its bucket first. */
const wentOn = () => calls.includes('HEAD /bucket/')

describe('a deployment over a stack', () => {
  test('is refused where what was packaged weakens what is in force, and changes nothing', async () => {
    deployed({ MAX_CHANGES: '0', EXCLUSIONS: '*Admin*,/break-glass/*' })
    const said = await deployPackage('--force', '--verbose')
    expect(said).toContain(`${TOLD}\n  exclusions: *Admin*,/break-glass/* → *Admin*\n  maxChanges: 0 → 7\n`)
    expect(said).toMatch(/^exclusions: .*\/break-glass\/\* .*, add --allow exclusions,maxChanges$/m)
    expect(said).toMatch(/^maxChanges: 0 → 7: a sweep .*, add --allow exclusions,maxChanges$/m)
    expect(said).not.toMatch(/^ +at /m)
    expect([wentOn(), writes]).toEqual([false, []])

    expect(await deployPackage('--allow', 'exclusions, maxChanges')).toContain(TOLD)
    expect(wentOn()).toBe(true)
  })

  test('is refused where --allow names what does not change, weakens nothing, or is no setting', async () => {
    deployed({ MAX_CHANGES: '8' })
    const said = await deployPackage('--allow', 'sid', '--allow', 'maxChanges,quota')
    expect(said).toMatch(/^--allow sid: sid does not change: leave out --allow$/m)
    expect(said).toMatch(/^--allow maxChanges: maxChanges: 8 → 7 weakens nothing: leave out --allow$/m)
    expect(said).toMatch(/^--allow quota: expected one of exclusions, .*: leave out --allow$/m)
    expect([wentOn(), writes]).toEqual([false, []])
  })

  test('goes on and tells what it strengthens', async () => {
    deployed({ MAX_CHANGES: '50', EXCLUSIONS: '' })
    expect(await deployPackage()).toContain(`${TOLD}\n  exclusions: (empty) → *Admin*\n  maxChanges: 50 → 7\n`)
    expect(wentOn()).toBe(true)
  })

  test('tells nothing where no setting changes, be it older than a setting', async () => {
    deployed({ EXCLUSIONS: ' *Admin* ,*Admin*', TAG_KEY: 'Okta-SSO', VERSION: '0.0.1' })
    const { ON_UNTAG: _, ...older } = outgoing
    replace('backfill', { variables: older })
    expect(await deployPackage()).not.toContain(TOLD)
    expect(wentOn()).toBe(true)
  })

  test('compares every setting, in every function, also where somebody edited one by hand', async () => {
    deployed({})
    const names = Object.keys(
      parse(readFileSync(join(ROOT, 'serverless.yml'), 'utf8'), { logLevel: 'error' }).params.default,
    )
    const edited = Object.fromEntries(Object.keys(outgoing).map((name) => [name, 'other']))
    replace('scheduled-sweep', { variables: edited })
    const said = await deployPackage()
    const told = names.filter((name) => name !== 'tags').map((name) => `  ${name}: other → `)
    expect(told.filter((words) => !said.includes(words))).toEqual([])
    expect(said).toMatch(/maxChanges: other → 7 \(in okta-role-trust-dev-scheduled-sweep\)$/m)
    expect([wentOn(), writes]).toEqual([false, []])
  })

  test('is refused where --package would ignore what is given now', async () => {
    deployed({})
    const said = await deployPackage('--param=maxChanges=3', '--param=tags=team=sso')
    expect(said).toMatch(
      /^--param maxChanges: maxChanges: 7 → 3: the first is what was packaged, and goes out: package/m,
    )
    expect(said).toMatch(/^--param tags: tags: \(empty\) → team=sso: the first is what was packaged/m)
    expect([wentOn(), writes]).toEqual([false, []])
    expect(await deployPackage('--param=quota=3')).toContain('--param quota: there is no such setting')
    expect(await deployPackage('--stage', 'gone')).toContain('--stage gone: there is no settings/gone.yml')
    expect([wentOn(), writes]).toEqual([false, []])

    await deployPackage('--param=maxChanges=7', '--param=audiences= ')
    expect(wentOn()).toBe(true)
  })

  test('is refused where what was packaged is of another stage', async () => {
    mkdirSync(join(folder, 'service/settings'), { recursive: true })
    writeFileSync(join(folder, 'service/settings/prod.yml'), '')
    expect(await deployPackage('--stage', 'prod')).toMatch(
      /found okta-role-trust-dev-role-event, expected functions whose names begin with okta-role-trust-prod-: deploy with/,
    )
    expect([wentOn(), writes]).toEqual([false, []])
  })

  test('has nothing to compare with where all functions are gone, and says so', async () => {
    account.stack = { status: 'ROLLBACK_COMPLETE' }
    const said = await deployPackage()
    expect(said).toContain(`The stack ${STACK} (ROLLBACK_COMPLETE) has none of its functions`)
    expect(said).not.toContain(TOLD)
    expect(wentOn()).toBe(true)
  })

  test.each<[string, () => void, RegExp]>([
    ['a function', () => replace('scheduled-sweep', { error: 'AccessDeniedException' }), /needs lambda:GetFunction$/m],
    ['an environment', () => replace('backfill', { undecryptable: 'KMS denied it' }), /needs kms:Decrypt$/m],
    ['the stack', () => Object.assign(account, { stack: { error: 'AccessDenied' } }), /needs cloudformation:Desc/],
  ])('is refused where %s cannot be read: what is in force is not known', async (_, breakIt, remedy) => {
    deployed({})
    breakIt()
    const said = await deployPackage()
    expect(said).toMatch(remedy)
    expect(said).toContain('Nothing was deployed')
    expect(said).not.toMatch(/^ +at /m)
    expect([wentOn(), writes]).toEqual([false, []])
  })
})

describe('the first deployment', () => {
  test('compares nothing', async () => {
    expect(await deployPackage()).not.toContain(TOLD)
    expect(writes).toEqual(['CreateStack /'])
  })

  test('is refused with --allow: nothing changes', async () => {
    expect(await deployPackage('--allow', 'maxChanges')).toMatch(/^--allow maxChanges: .*: leave out --allow$/m)
    expect(writes).toEqual([])
  })
})

describe('the deployment of a function alone', () => {
  const deployFunction = (...words: readonly string[]) =>
    serverless('deploy', 'function', '--update-config', '-f', 'scheduled-sweep', ...words)

  test('is compared with that function', async () => {
    deployed({ ...outgoing, MAX_CHANGES: '0', EXCLUSIONS: '' })
    const said = await deployFunction()
    expect(said).toContain(`${TOLD}\n  maxChanges: 0 → 50\n`)
    expect(said).toMatch(/^maxChanges: 0 → 50: .*add --allow maxChanges$/m)
    expect(writes).toEqual([])

    await deployFunction('--allow', 'maxChanges')
    expect(writes).toEqual([`PUT /2015-03-31/functions/${STACK}-scheduled-sweep/configuration`])
  })

  test('is refused where its environment cannot be read', async () => {
    deployed({})
    replace('scheduled-sweep', { undecryptable: 'KMS denied it' })
    expect(await deployFunction()).toMatch(/needs kms:Decrypt$/m)
    expect(writes).toEqual([])
  })
})

describe('a rollback', () => {
  const rollback = (...words: readonly string[]) => serverless('rollback', '-t', '1767225600000', ...words)
  const goneOn = () => calls.some((call) => call.includes('list-type=2'))

  test('is compared with the template that it brings back', async () => {
    deployed({ MAX_CHANGES: '0' })
    account.template = { text: packagedTemplate }
    expect(await rollback()).toMatch(/^maxChanges: 0 → 7: .*add --allow maxChanges$/m)
    expect([goneOn(), writes]).toEqual([false, []])
    const key = '/serverless/okta-role-trust/dev/1767225600000-2026-01-01T00:00:00.000Z/'
    expect(calls.some((call) => call.includes(key))).toBe(true)

    await rollback('--allow', 'maxChanges')
    expect(goneOn()).toBe(true)
  })

  test('is refused where the settings of now are wrong: it takes the tags from there', async () => {
    deployed({ MAX_CHANGES: '7' })
    account.template = { text: packagedTemplate }
    expect(await rollback('--param=tags=team')).toContain('--param tags: found "team", expected key=value pairs')
    expect([goneOn(), writes]).toEqual([false, []])
  })

  test('is refused where there is no such template, or it cannot be read', async () => {
    deployed({})
    expect(await rollback()).toContain('--timestamp 1767225600000: no deployment has that')
    account.template = { error: 'AccessDenied' }
    expect(await rollback()).toMatch(/needs s3:GetObject$/m)
    expect([goneOn(), writes]).toEqual([false, []])
  })
})

describe('another Sid, while a role holds a statement of the deployed one, is refused', () => {
  const statement = {
    Sid: 'EntraSso',
    Effect: 'Allow',
    Principal: { Federated: 'arn:aws:iam::111122223333:saml-provider/Entra' },
    Action: 'sts:AssumeRoleWithSAML',
    Condition: { StringEquals: { 'SAML:aud': 'https://signin.aws.amazon.com/saml' } },
  }
  const refused =
    /^sid: the stack is deployed with EntraSso, and these roles hold its statements: analyst\. With OktaSso .* nothing was deployed/m
  const hold = (...Statement: readonly object[]) => {
    account.trustPolicies = { analyst: { Version: '2012-10-17', Statement } }
  }
  const [allow, sid] = ['--allow', 'sid']

  test('by what was packaged', async () => {
    deployed({ SID: 'EntraSso' })
    hold(statement)
    expect(await deployPackage(allow, sid)).toMatch(refused)
    expect([wentOn(), writes]).toEqual([false, []])

    // Those of another Sid, also one that begins alike, and what an owner made of one.
    hold({ ...statement, Sid: 'EntraSsoB' }, { ...statement, Sid: 'entrasso2' }, { ...statement, NotAction: 'x' })
    await deployPackage(allow, sid)
    expect(wentOn()).toBe(true)
  })

  test('where only one function has it', async () => {
    deployed({})
    replace('backfill', { variables: { ...outgoing, SID: 'EntraSso' } })
    hold({ ...statement, Sid: 'EntraSso7' })
    expect(await deployPackage(allow, sid)).toMatch(refused)
    expect([wentOn(), writes]).toEqual([false, []])
  })

  test('by a rollback, to a version from before the setting too', async () => {
    deployed({ SID: 'EntraSso' })
    hold(statement)
    for (const text of [packagedTemplate, packagedTemplate.replaceAll(/"SID":\s*"OktaSso",/g, '')]) {
      account.template = { text }
      expect(await serverless('rollback', '-t', '1767225600000', allow, sid)).toMatch(refused)
    }
    expect([calls.some((call) => call.includes('list-type=2')), writes]).toEqual([false, []])
  })

  test('by the Sid of a stack from before the setting, though somebody has changed the default since', async () => {
    const { SID: _, ...older } = outgoing
    account.stack = { status: 'UPDATE_COMPLETE' }
    for (const id of FUNCTIONS) replace(id, { variables: older })
    hold({ ...statement, Sid: 'OktaSso' })
    account.template = { text: packagedTemplate.replaceAll(/"SID":\s*"OktaSso"/g, '"SID":"EntraSso"') }
    const service = join(folder, 'service/serverless.yml')
    const text = readFileSync(service, 'utf8')
    writeFileSync(service, text.replace('sid: OktaSso', 'sid: EntraSso'))
    try {
      expect(await serverless('rollback', '-t', '1767225600000')).toMatch(
        /^sid: the stack is deployed with OktaSso, and these roles hold its statements: analyst\./m,
      )
    } finally {
      writeFileSync(service, text)
    }
    expect(writes).toEqual([])
  })

  test('by the deployment of a function alone', async () => {
    deployed({ ...outgoing, SID: 'EntraSso', MAX_CHANGES: '50', EXCLUSIONS: '' })
    hold(statement)
    const said = await serverless('deploy', 'function', '--update-config', '-f', 'scheduled-sweep', allow, sid)
    expect(said).toMatch(refused)
    expect(writes).toEqual([])
  })

  test('where the roles cannot be read: nobody knows then', async () => {
    deployed({ SID: 'EntraSso' })
    account.trustPolicies = undefined
    const said = await deployPackage(allow, sid)
    expect(said).toMatch(/^The trust policies could not .* needs iam:GetAccountAuthorizationDetails$/m)
    expect(said).not.toMatch(/^ +at /m)
    expect([wentOn(), writes]).toEqual([false, []])
  })

  test('but not where none does', async () => {
    deployed({ SID: 'EntraSso' })
    hold({ ...statement, Sid: 'OktaSso' })
    await deployPackage(allow, sid)
    expect(wentOn()).toBe(true)
  })
})
