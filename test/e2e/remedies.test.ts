import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { CreateTrailCommand, DeleteTrailCommand, StopLoggingCommand } from '@aws-sdk/client-cloudtrail'
import {
  DeleteRuleCommand,
  DisableRuleCommand,
  ListRulesCommand,
  ListTargetsByRuleCommand,
  RemoveTargetsCommand,
} from '@aws-sdk/client-eventbridge'
import {
  DeleteFunctionCommand,
  GetFunctionConfigurationCommand,
  ListEventSourceMappingsCommand,
  PutFunctionConcurrencyCommand,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda'
import { DeleteTopicCommand, SNSClient } from '@aws-sdk/client-sns'
import { DeleteQueueCommand } from '@aws-sdk/client-sqs'
import { DeleteParameterCommand, PutParameterCommand } from '@aws-sdk/client-ssm'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import * as z from 'zod/mini'
import { ADMIN, clientsOf, REGION } from '../../sandbox/clients.ts'
import { environmentOf } from '../../sandbox/deploy-stack.ts'
import { allowPlainHttp } from '../../sandbox/local-permissions.ts'
import { pythonTools } from '../../sandbox/python-tools.ts'
import { oktaSso, policyOf } from '../../sandbox/trust-policies.ts'
import { settingsText } from '../../src/config/settings-file.ts'
import { commandName, TOLD_COMMANDS, TRIED } from '../commands/told-commands.ts'
import { createRole, deleteRoles, own, provider, sandbox, TAGGED } from './account.ts'

// A stack of its own, broken in each way that doctor finds. What doctor then says is typed word for word.

const ROOT = join(import.meta.dirname, '../..')
const STACK = 'okta-role-trust-mend'
const PARAMETER = '/mend/saml-provider-arn'
const SETTINGS_FILE = join(ROOT, 'settings/mend.yml')
/** What stands in the file of the stage, and what was deployed beside it. The sandbox's own stack has the default Sid. */
const KEPT = {
  parameterName: PARAMETER,
  exclusions: '/break-glass/*,*Admin*',
  maxChanges: '3',
  sid: 'MendSso',
  sessionDuration: '7200',
}
const GIVEN = { schedule: 'rate(2 hours)', maxChanges: '7' }
const DEPLOYED = { ...KEPT, ...GIVEN }
const folder = mkdtempSync(join(tmpdir(), 'remedies-'))
const { cloudTrail, events, lambda, sqs, ssm } = sandbox
const sns = new SNSClient({ endpoint: sandbox.key.endpoint, credentials: { ...ADMIN }, region: REGION })

/** What stands in a command for something that only the reader knows. */
const PLACEHOLDERS: readonly (readonly [string, string])[] = [
  ['BUCKET', 'trail'],
  ['SAML_PROVIDER_ARN', provider],
]

const typed = new Set<string>()
let path = ''

/** A person at a shell in this folder, with the AWS CLI. */
async function type(command: string) {
  const name = commandName(command)
  if (name !== undefined) typed.add(name)
  const filled = PLACEHOLDERS.reduce((text, [word, value]) => text.replaceAll(word, value), command)
  const env = { ...environmentOf(sandbox.key.endpoint), PATH: path, TMPDIR: folder, AWS_DEFAULT_REGION: REGION }
  return promisify(execFile)('bash', ['-c', filled], { cwd: ROOT, env })
}

const Findings = z.object({
  checks: z.array(
    z.object({ check: z.string(), level: z.string(), message: z.string(), remedy: z.optional(z.string()) }),
  ),
})

async function doctor(...options: readonly string[]) {
  const words = ['npx --no okta-role-trust doctor --json --stage mend', ...options]
  const { stdout } = await type(words.join(' ')).catch((error: { stdout: string }) => error)
  return Findings.parse(JSON.parse(stdout)).checks
}

const complaintsOf = async (check: string) =>
  (await doctor()).filter((finding) => finding.check === check && finding.level !== 'ok')

/** Types what doctor says about a check, and sees that it is content then. */
async function mend(check: string, message: RegExp): Promise<readonly string[]> {
  const [finding] = await complaintsOf(check)
  expect(finding?.message).toMatch(message)
  const commands = commandsIn(finding?.remedy)
  for (const command of commands) await type(command)
  expect(await complaintsOf(check)).toEqual([])
  return commands
}

function commandsIn(words = ''): readonly string[] {
  const commands = [...words.matchAll(/`([^`]+)`/g)].map(([, command = '']) => command)
  return commands.filter((command) => commandName(command) !== undefined)
}

/** The sandbox's IAM sees that no call is encrypted. */
async function allowCalls(): Promise<void> {
  for (const name of ['role-events', 'dead-letters']) {
    await allowPlainHttp(clientsOf(sandbox.key.endpoint).sqs, `${STACK}-${name}`)
  }
}

async function deployedSettings() {
  const { Environment } = await lambda.send(
    new GetFunctionConfigurationCommand({ FunctionName: `${STACK}-scheduled-sweep` }),
  )
  const { EXCLUSIONS, MAX_CHANGES, SCHEDULE, PARAMETER_NAME, SID, SESSION_DURATION } = Environment?.Variables ?? {}
  return {
    parameterName: PARAMETER_NAME,
    exclusions: EXCLUSIONS,
    schedule: SCHEDULE,
    maxChanges: MAX_CHANGES,
    sid: SID,
    sessionDuration: SESSION_DURATION,
  }
}

async function schedule() {
  const { Rules: rules = [] } = await events.send(new ListRulesCommand({ NamePrefix: `${STACK}-Scheduled` }))
  return rules[0] ?? expect.fail('the stack has no schedule')
}

async function removeTargets(Rule: string) {
  const { Targets: targets = [] } = await events.send(new ListTargetsByRuleCommand({ Rule }))
  await events.send(new RemoveTargetsCommand({ Rule, Ids: targets.map(({ Id = '' }) => Id) }))
  return targets
}

const targetsOf = async (Rule: string) => (await events.send(new ListTargetsByRuleCommand({ Rule }))).Targets

vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 })

beforeAll(async () => {
  path = [await pythonTools(() => {}), process.env.PATH].join(delimiter)
  await type('node cli/bundle.mjs')
  await ssm.send(new PutParameterCommand({ Name: PARAMETER, Type: 'String', Value: provider }))
  mkdirSync(join(ROOT, 'settings'), { recursive: true })
  writeFileSync(SETTINGS_FILE, settingsText(KEPT))
  const options = Object.entries(GIVEN).map(([name, value]) => `--param="${name}=${value}"`)
  await type(`npx --no serverless deploy --stage mend ${options.join(' ')}`)
  await allowCalls()
})
afterAll(async () => {
  rmSync(SETTINGS_FILE, { force: true })
  try {
    rmdirSync(join(ROOT, 'settings'))
  } catch {
    // Settings of somebody else are there.
  }
  await type('npx --no serverless remove --stage mend')
  await ssm.send(new DeleteParameterCommand({ Name: PARAMETER })).catch(() => {})
  rmSync(folder, { recursive: true })
})

describe('what doctor says mends', () => {
  test('a trail that is not there, that is stopped, and that leaves out IAM', async () => {
    const Name = 'management-events'
    try {
      await mend('trail', /^no trail records the events/)
      await cloudTrail.send(new StopLoggingCommand({ Name }))
      await mend('trail', /is stopped$/)
    } finally {
      await cloudTrail.send(new DeleteTrailCommand({ Name }))
    }
    const partial = { Name: 'partial', S3BucketName: 'trail', IncludeGlobalServiceEvents: false }
    await cloudTrail.send(new CreateTrailCommand({ ...partial, IsMultiRegionTrail: false }))
    try {
      const [finding] = await complaintsOf('trail')
      expect(finding?.message).toMatch(/leaves out the events of global services/)
      for (const command of commandsIn(finding?.remedy)) await type(command)
      await mend('trail', /is stopped$/)
    } finally {
      await cloudTrail.send(new DeleteTrailCommand({ Name: 'partial' }))
    }
  })

  test('a parameter that is not there, and one that names no provider', async () => {
    await ssm.send(new DeleteParameterCommand({ Name: PARAMETER }))
    await mend('parameter', /is missing$/)
    const Value = `${provider}-misspelt`
    await ssm.send(new PutParameterCommand({ Name: PARAMETER, Type: 'String', Value, Overwrite: true }))
    await mend('parameter', /IAM knows no SAML provider/)
  })

  test('a role that allows no session as long as Okta asks for', async () => {
    await createRole('short', { tags: TAGGED })
    try {
      await mend('session-duration', /^short allows sessions of 3600 seconds/)
    } finally {
      await deleteRoles()
    }
  })

  test('a function that is switched off', async () => {
    const FunctionName = `${STACK}-role-event`
    await lambda.send(new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions: 0 }))
    await mend('concurrency', /never runs$/)
  })

  test.each(['role-events', 'parameter-changes'])('the rule %s that is off, and that leads nowhere', async (name) => {
    const [Name, check] = [`${STACK}-${name}`, name === 'role-events' ? 'role-event-rule' : 'parameter-rule']
    await events.send(new DisableRuleCommand({ Name }))
    await mend(check, /is DISABLED$/)
    const targets = await removeTargets(Name)
    await mend(check, /does not lead to/)
    expect(await targetsOf(Name)).toEqual(targets)
    await removeTargets(Name)
    await events.send(new DisableRuleCommand({ Name }))
    await mend(check, /does not lead to .* and is DISABLED$/)
  })

  test('a schedule that is off, and that leads nowhere', async () => {
    const { Name = '' } = await schedule()
    await events.send(new DisableRuleCommand({ Name }))
    await mend('schedule', /is DISABLED$/)
    const targets = await removeTargets(Name)
    await mend('schedule', /does not lead to/)
    expect(await targetsOf(Name)).toEqual(targets)
  })

  test('an event source that is off', async () => {
    const sources = await lambda.send(new ListEventSourceMappingsCommand({ FunctionName: `${STACK}-role-event` }))
    const UUID = sources.EventSourceMappings?.[0]?.UUID
    await lambda.send(new UpdateEventSourceMappingCommand({ UUID, Enabled: false }))
    await mend('event-source', /does not read the queue/)
  })

  test('an alarm topic that nobody hears, and one that is gone', async () => {
    // What is left then is to open the link in the e-mail.
    const isPending = /no subscription of .* is confirmed$/
    const subscribe = async (message: RegExp) => {
      const [finding] = await complaintsOf('alarm-topic')
      expect(finding?.message).toMatch(message)
      for (const command of commandsIn(finding?.remedy)) await type(command)
      for (const { message } of await complaintsOf('alarm-topic')) expect(message).toMatch(isPending)
    }
    await subscribe(/has no subscription$/)
    const TopicArn = `arn:aws:sns:${REGION}:${sandbox.key.person.accountId}:${STACK}-alarms`
    await sns.send(new DeleteTopicCommand({ TopicArn }))
    await subscribe(/is missing$/)
  })

  test('parts that were deleted, with the settings that the stack was deployed with', async () => {
    await lambda.send(new DeleteFunctionCommand({ FunctionName: `${STACK}-backfill` }))
    await removeTargets(`${STACK}-role-events`)
    await events.send(new DeleteRuleCommand({ Name: `${STACK}-role-events` }))
    await sqs.send(new DeleteQueueCommand({ QueueUrl: await sandbox.queueUrl(`${STACK}-dead-letters`) }))
    const findings = (await doctor()).filter(({ message }) => message.endsWith('is missing'))
    expect(findings.map(({ check }) => check)).toEqual(['functions', 'role-event-rule', 'dead-letters'])
    const [remedy, ...others] = new Set(findings.map((finding) => finding.remedy))
    expect(others).toEqual([])
    for (const command of commandsIn(remedy)) await type(command)
    await allowCalls()
    expect((await doctor()).filter(({ level }) => level !== 'ok').map(({ check }) => check)).toEqual([
      'trail',
      // The file has another cap and schedule than was deployed.
      'settings',
      'alarm-topic',
      // The local IAM simulates nothing for a role with a path.
      'mode',
      // No role of the account is what is excluded.
      'exclusions',
      'exclusions',
    ])
    expect(await deployedSettings()).toEqual(DEPLOYED)
  })

  test('settings that are not those of the file', async () => {
    const { maxChanges, schedule } = { schedule: 'rate(1 hour)', ...KEPT }
    await mend('settings', /maxChanges: 7 → 3/)
    expect(await deployedSettings()).toEqual({ ...DEPLOYED, maxChanges, schedule })
  })

  test('a stack that is not deployed and has no file, with the settings that doctor was given', async () => {
    rmSync(SETTINGS_FILE)
    await type('npx --no serverless remove --stage mend')
    const options = [`--parameter-name ${PARAMETER}`, `--exclusions '${KEPT.exclusions}'`, `--sid ${KEPT.sid}`]
    const [finding] = (await doctor(...options)).filter(({ check }) => check === 'stack')
    for (const command of commandsIn(finding?.remedy)) await type(command)
    await allowCalls()
    expect((await doctor()).filter(({ level }) => level === 'failure').map(({ check }) => check)).toEqual(['trail'])
    const { parameterName, exclusions, sid } = KEPT
    expect(await deployedSettings()).toMatchObject({ parameterName, exclusions, sid })
  })
})

test('what plan says applies the plan that it saved, and nothing else is asked for', async () => {
  await createRole('due', { tags: TAGGED })
  try {
    const file = join(folder, 'my plan.json')
    const options = `--stage mend --role due --out '${file}'`
    const { stderr } = await type(`npx --no okta-role-trust plan ${options}`).catch(
      (error: { stderr: string }) => error,
    )
    const [apply = ''] = commandsIn(stderr)
    // Nobody is at a terminal here.
    await type(`${apply} --yes`)
    expect(await sandbox.trustPolicy('due')).toEqual(policyOf(own, { ...oktaSso(provider), Sid: KEPT.sid }))
    await type('npx --no okta-role-trust history due --stage mend')
    const { stdout } = await type(
      'aws iam get-role --role-name due --output json | npx --no okta-role-trust explain - --stage mend',
    )
    typed.add('npx --no okta-role-trust explain')
    expect(stdout).toContain('Nothing is missing.')
    const printed = await type('npx --no okta-role-trust statement --stage mend')
    expect(JSON.parse(printed.stdout)).toEqual({ ...oktaSso(provider), Sid: KEPT.sid })
  } finally {
    await deleteRoles()
  }
})

test('every command in the list that is said to be tried was typed, and no other', () => {
  const tried = Object.keys(TOLD_COMMANDS).filter((name) => TOLD_COMMANDS[name] === TRIED)
  expect([...typed].sort()).toEqual(tried.sort())
})
