import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import readline from 'node:readline'
import { CreateRoleCommand } from '@aws-sdk/client-iam'
import { CreateQueueCommand, DeleteQueueCommand } from '@aws-sdk/client-sqs'
import { DeleteParameterCommand, PutParameterCommand } from '@aws-sdk/client-ssm'
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { type Account, accountClients } from '../../acceptance/account.ts'
import { deleteLeftovers } from '../../acceptance/clean.ts'
import { findLeftovers } from '../../acceptance/leftovers.ts'
import { ADMIN, REGION } from '../../sandbox/clients.ts'
import { environmentOf } from '../../sandbox/deploy-stack.ts'
import { deleteRoles, SOON, sandbox, untouched } from './account.ts'
import { inventory } from './inventory.ts'

const ROOT = join(import.meta.dirname, '../..')
const ACCOUNT = sandbox.key.person.accountId
const ASKED = ['--profile', 'trial', '--account', ACCOUNT]
const folder = mkdtempSync(join(tmpdir(), 'acceptance-'))
const configFile = join(folder, 'config')
/** What a run writes to this machine. */
const scratch = join(folder, 'scratch')

vi.setConfig({ testTimeout: 240_000, hookTimeout: 60_000 })

let before: readonly string[] = []
beforeEach(async () => {
  process.env.AWS_ENDPOINT_URL = sandbox.key.endpoint
  const key = `aws_access_key_id = ${ADMIN.accessKeyId}\naws_secret_access_key = ${ADMIN.secretAccessKey}`
  writeFileSync(configFile, `[profile trial]\nregion = ${REGION}\n${key}\n`)
  mkdirSync(scratch, { recursive: true })
  // Of whoever deletes what a run has left, too.
  vi.stubEnv('TMPDIR', scratch)
  await deleteRoles()
  before = await inventory()
})
afterEach(async () => {
  // A test that failed must not fail the next one.
  await deleteAll()
  await deleteRoles()
})
afterAll(() => rmSync(folder, { recursive: true }))

/** `npm run acceptance --` with these words, by nobody at a terminal. */
function begin(...words: readonly string[]) {
  const child = spawn(process.execPath, ['--import', 'tsx', 'acceptance/run.ts', ...words], {
    cwd: ROOT,
    env: { ...environmentOf(sandbox.key.endpoint), AWS_CONFIG_FILE: configFile, TMPDIR: scratch, NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const lines: string[] = []
  const waiting = new Set<() => void>()
  for (const input of [child.stdout, child.stderr]) {
    readline.createInterface({ input }).on('line', (line) => {
      lines.push(line)
      for (const look of waiting) look()
    })
  }
  const ended = new Promise<{ code: number | null; said: string }>((resolve) => {
    child.once('close', (code) => resolve({ code, said: lines.join('\n') }))
  })
  return {
    lines,
    ended,
    send: (signal: NodeJS.Signals) => child.kill(signal),
    /** Fulfilled with that line as soon as it is there. */
    said: (text: string, from = 0) =>
      new Promise<number>((resolve, reject) => {
        const look = () => {
          const at = lines.findIndex((line, index) => index >= from && line.includes(text))
          if (at < 0) return
          waiting.delete(look)
          resolve(at)
        }
        waiting.add(look)
        look()
        ended.then(({ said }) => reject(new Error(`It ended before it said ${text}:\n${said}`)))
      }),
  }
}

const run = (...words: readonly string[]) => begin(...words).ended

const account: Account = {
  account: ACCOUNT,
  partition: 'aws',
  region: REGION,
  arn: `arn:aws:iam::${ACCOUNT}:root`,
  target: { region: REGION, credentials: ADMIN },
  isLocal: true,
}

/** What `--clean` finds, and what of it it would delete. */
const leftovers = () => findLeftovers(accountClients(account), account)

/** What `--clean` does once it has been agreed to. */
async function deleteAll() {
  const ids = new Set((await leftovers()).map(({ runId }) => runId))
  return deleteLeftovers(accountClients(account), account, ids, () => {})
}

/** What has come into the account since the test began; what stacks have made goes with the stack. */
async function madeSince(): Promise<readonly string[]> {
  return (await inventory()).filter((one) => !before.includes(one) && !one.startsWith('of a stack:'))
}

test.each([
  [
    'the account is another',
    ['--profile', 'trial', '--account', '111122223333', '--yes'],
    `the account ${ACCOUNT}, and`,
  ],
  ['no event ever comes to the region', [...ASKED, '--region', 'eu-west-1', '--yes'], 'give `--region us-east-1`'],
  ['nobody can say yes', ASKED, 'no terminal to ask on'],
])('nothing is made where %s', async (_, words, expected) => {
  const { code, said } = await run(...words)
  expect(said).toContain(expected)
  expect(code).toBe(1)
  expect(await inventory()).toEqual(before)
})

/** The steps of a whole run against the local AWS, but for those that it cannot do. */
const STEPS = [
  'make the SAML provider',
  'make the SSM parameter',
  'listen for outcome events',
  'make a role to sign in through',
  'deploy the stack',
  'play the stories',
  'sweep',
  'compare with what should be',
  'tag the role to sign in through',
  'look at the lines of docs/compatibility.md',
  'let the stack only report',
  'withdraw the statements',
  'delete all that was made',
]

test('a run does all that it can, can be found whole at each step, and leaves nothing', async () => {
  const settings = readdirSync(ROOT).includes('settings') ? readdirSync(join(ROOT, 'settings')) : []
  const going = begin(...ASKED, '--yes')
  let at = 0
  for (const step of STEPS) {
    at = await going.said(`→ ${step}`, at)
    // From here on it does no more than one that was killed.
    going.send('SIGSTOP')
    await expect
      .poll(
        async () =>
          (await leftovers())
            .filter(isNoLogGroup)
            .map(({ what }) => what)
            .sort(),
        SOON,
      )
      .toEqual(await madeSince())
    expect((await leftovers()).filter(({ isTagged }) => !isTagged)).toEqual([])
    going.send('SIGCONT')
  }
  const { code, said } = await going.ended
  expect(said).not.toContain('✘')
  expect(code).toBe(0)
  expect(await inventory()).toEqual(before)
  expect(leftOnDisk()).toEqual([])
  expect(readdirSync(ROOT).includes('settings') ? readdirSync(join(ROOT, 'settings')) : []).toEqual(settings)

  for (const step of ['before the patch', 'after the patch', 'with another audience', 'after the withdrawal']) {
    expect(said).toMatch(new RegExp(`\\| sign in ${step} +\\| not seen here, because the local AWS`))
  }
  expect(said).toMatch(/^`pattern-exists-false`: .*the call of a user matches; one of a function does not match$/m)
  // Nothing of the key, the certificate, the assertion, or a session.
  expect(said).not.toMatch(/PRIVATE KEY|CERTIFICATE|saml2|PD94|PHNhbWw|ASIA[A-Z0-9]{12}/)
})

/** tsx keeps what it has translated for the next one. */
const leftOnDisk = () => readdirSync(scratch).filter((name) => !name.startsWith('tsx-'))

const isNoLogGroup = ({ what }: { readonly what: string }) => !what.startsWith('the log group')

describe('whoever is killed leaves nothing that --clean does not delete', () => {
  const EARLY = STEPS.slice(0, 4)

  test.each(EARLY)('at: %s', async (step) => {
    const going = begin(...ASKED, '--yes')
    await going.said(`✔ ${step}`)
    going.send('SIGKILL')
    await going.ended
    const { deleted } = await deleteAll()
    expect(deleted).toHaveLength(EARLY.indexOf(step) < 2 ? EARLY.indexOf(step) + 1 : EARLY.indexOf(step) + 2)
    expect(await inventory()).toEqual(before)
    expect(leftOnDisk()).toEqual([])
  })

  test('in the middle of the deployment', async () => {
    const going = begin(...ASKED, '--yes')
    await expect.poll(async () => (await madeSince()).some((one) => one.startsWith('the stack')), SOON).toBe(true)
    going.send('SIGKILL')
    await going.ended
    await cleanAll()
  })

  test('in the middle of the deletion that an interruption has begun, in which the stories were', async () => {
    const going = begin(...ASKED, '--yes')
    await going.said('TagRole ')
    going.send('SIGINT')
    await going.said('deleting the rule')
    going.send('SIGKILL')
    await going.ended
    expect((await madeSince()).length).toBeGreaterThan(0)
    await cleanAll()
  })
})

async function cleanAll(): Promise<void> {
  const { code, said } = await run(...ASKED, '--clean', '--yes')
  expect(said).toContain('Nothing of these runs is left.')
  expect(code).toBe(0)
  expect(await inventory()).toEqual(before)
  expect(leftOnDisk()).toEqual([])
}

test('whoever interrupts a run is left with nothing of it', async () => {
  const going = begin(...ASKED, '--yes')
  await going.said('→ deploy the stack')
  // The terminal sends it, and npm hands it on.
  going.send('SIGINT')
  going.send('SIGINT')
  const { code, said } = await going.ended
  expect(said).toMatch(/\| delete all that was made +\| nothing is left/)
  expect(code).toBe(130)
  expect(await inventory()).toEqual(before)
  expect(leftOnDisk()).toEqual([])
})

test('what lacks the tag or the name of a run is never deleted, and nobody is asked about it', async () => {
  const [name, tag] = ['okta-role-trust-acceptance-0123abcd', 'okta-role-trust-acceptance']
  const AssumeRolePolicyDocument = JSON.stringify(untouched)
  const tagged = (Value: string) => [{ Key: tag, Value }]
  const [parameter, queue] = [`/${name}/saml-provider-arn`, `${name}-outcomes`]
  await sandbox.ssm.send(new PutParameterCommand({ Name: parameter, Type: 'String', Value: 'x' }))
  const { QueueUrl } = await sandbox.sqs.send(new CreateQueueCommand({ QueueName: queue, tags: { [tag]: 'ffffffff' } }))
  for (const [RoleName, Tags] of [
    [`${name}-untagged`, undefined],
    [`${name}-of-another-run`, tagged('ffffffff')],
    ['data-engineer', tagged('0123abcd')],
    [`${name}4-longer`, tagged('0123abcd')],
    [`my-${name}-role`, tagged('0123abcd')],
  ] as const) {
    await sandbox.iam.send(
      new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument, ...(Tags && { Tags: [...Tags] }) }),
    )
  }
  await sandbox.iam.send(
    new CreateRoleCommand({ RoleName: `${name}-left`, AssumeRolePolicyDocument, Tags: tagged('0123abcd') }),
  )
  const there = await inventory()

  const refused = await run(...ASKED, '--yes')
  expect(refused.code).toBe(1)
  expect(refused.said).toContain(`the role ${name}-left: wait for it`)
  expect(await inventory()).toEqual(there)

  const cleaned = await run(...ASKED, '--clean', '--yes')
  expect(cleaned.code).toBe(1)
  expect(cleaned.said).toContain(`the role ${name}-untagged: it lacks the tag`)
  expect(await inventory()).toEqual(there.filter((one) => one !== `the role ${name}-left`))

  await sandbox.sqs.send(new DeleteQueueCommand({ QueueUrl }))
  await sandbox.ssm.send(new DeleteParameterCommand({ Name: parameter }))
})
