import { execFile } from 'node:child_process'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import * as z from 'zod/mini'
import { copyProject, keepSettings } from '../sandbox/copy-project.ts'
import { packageStackOf, propertiesOf, resourcesOfType, type Stack } from '../sandbox/package-stack.ts'
import { readConfig } from '../src/config/read-config.ts'
import { emittedMetrics } from './stack/emitted-metrics.ts'

const run = promisify(execFile)

/** A copy of the project with settings of its own, which other tests that package do not see. */
let project: string
const packaged: Stack[] = []

beforeAll(() => {
  project = copyProject()
})
afterAll(() => {
  for (const { folder } of packaged) rmSync(folder, { recursive: true })
  rmSync(project, { recursive: true })
})

const keep = (stage: string, settings: Readonly<Record<string, string>>) => keepSettings(project, stage, settings)

async function packageStage(stage: string, ...options: readonly string[]) {
  const stack = await packageStackOf(project, '--stage', stage, ...options)
  packaged.push(stack)
  return stack
}

function environmentOf(stack: Stack) {
  const Properties = z.object({ Environment: z.object({ Variables: z.record(z.string(), z.string()) }) })
  return Properties.parse(propertiesOf(stack, 'BackfillLambdaFunction')).Environment.Variables
}

/** What osls deploys with, beside the template. */
function providerOf({ folder }: Stack) {
  const State = z.object({
    service: z.object({
      provider: z.looseObject({
        stackTags: z.record(z.string(), z.string()),
        deploymentBucket: z.optional(z.string()),
      }),
    }),
  })
  return State.parse(JSON.parse(readFileSync(join(folder, 'serverless-state.json'), 'utf8'))).service.provider
}

/** Any command, with no AWS to ask. */
async function serverless(...words: readonly string[]): Promise<string> {
  const env = {
    ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_'))),
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_EC2_METADATA_DISABLED: 'true',
  }
  const running = run('npx', ['serverless', ...words], { cwd: project, env })
  // Some commands wait for a payload there.
  running.child.stdin?.end()
  const { stdout } = await running.catch((error: { stdout: string }) => error)
  return stdout
}

const ofType = (stack: Stack, ...types: readonly string[]) => types.flatMap((type) => resourcesOfType(stack, type))
const TELEMETRY = ['AWS::CloudWatch::Alarm', 'AWS::CloudWatch::Dashboard', 'AWS::SNS::Topic']

describe('a stage that has a file', () => {
  const BOUNDARY = 'arn:aws:iam::111122223333:policy/team/boundary'
  let stack: Stack
  let changed: Stack
  beforeAll(async () => {
    keep('prod', {
      exclusions: '/break-glass/*',
      maxChanges: '0',
      sessionTags: 'true',
      tagValue: '007',
      audiences: '',
      schedule: 'cron(0 6,18 * * ? *)',
      permissionsBoundary: BOUNDARY,
      tags: 'team=identity, größe=a@b',
      logRetentionDays: '1096',
      deploymentBucket: 'acme-deployments',
      accountTelemetry: 'false',
    })
    stack = await packageStage('prod')
    changed = await packageStage('prod', '--param=maxChanges=7', '--param=exclusions= ', '--param=deploymentBucket= ')
  }, 120_000)

  test('is deployed with the settings of that file, as they are written, and the defaults for what it leaves out', () => {
    expect(environmentOf(stack)).toMatchObject({
      EXCLUSIONS: '/break-glass/*',
      MAX_CHANGES: '0',
      SESSION_TAGS: 'true',
      TAG_VALUE: '007',
      AUDIENCES: '',
      TAG_KEY: 'okta-sso',
      ON_UNTAG: 'keep',
    })
    expect(readConfig(environmentOf(stack))).toMatchObject({ maxChanges: 0, exclusions: ['/break-glass/*'] })
  })

  test('takes --param over the file, and white space for an empty value', () => {
    expect(environmentOf(changed)).toEqual({
      ...environmentOf(stack),
      MAX_CHANGES: '7',
      EXCLUSIONS: '',
      DEPLOYMENT_BUCKET: '',
    })
  })

  test('bounds every role', () => {
    const roles = ofType(stack, 'AWS::IAM::Role').map(({ Properties }) => Properties.PermissionsBoundary)
    expect(roles).toEqual([BOUNDARY, BOUNDARY, BOUNDARY])
  })

  test('tags the stack beside what osls tags', () => {
    expect(providerOf(stack).stackTags).toEqual({ team: 'identity', größe: 'a@b' })
  })

  test('keeps its logs, sweeps and is deployed from a bucket as it says', () => {
    const kept = ofType(stack, 'AWS::Logs::LogGroup').map(({ Properties }) => Properties.RetentionInDays)
    expect(kept).toEqual([1096, 1096, 1096])
    expect(propertiesOf(stack, 'ScheduledDashsweepEventsRuleSchedule1')).toMatchObject({
      ScheduleExpression: 'cron(0 6,18 * * ? *)',
    })
    expect(propertiesOf(stack, 'BackfillLambdaFunction')).toMatchObject({ Code: { S3Bucket: 'acme-deployments' } })
    expect(ofType(stack, 'AWS::S3::Bucket', 'AWS::S3::BucketPolicy')).toEqual([])
  })

  test('brings a bucket of its own along where none is named', () => {
    expect(propertiesOf(changed, 'BackfillLambdaFunction')).toMatchObject({
      Code: { S3Bucket: { Ref: 'ServerlessDeploymentBucket' } },
    })
    expect(providerOf(changed)).not.toHaveProperty('deploymentBucket')
  })

  test('has no dashboard, no alarm, nobody to tell, and no metric of its own where the account wants none', () => {
    expect(ofType(stack, ...TELEMETRY)).toEqual([])
    expect(JSON.stringify(stack.template)).not.toMatch(/dashboard|widget|Alarm|Console/i)
    expect(environmentOf(stack)).toMatchObject({ POWERTOOLS_METRICS_DISABLED: 'true' })
    expect(ofType(stack, 'AWS::Lambda::Function')).toHaveLength(3)
  })

  test('emits no metric then', async () => {
    const { POWERTOOLS_METRICS_DISABLED = '' } = environmentOf(stack)
    expect(await emittedMetrics({ POWERTOOLS_METRICS_DISABLED })).toEqual(new Set())
  })
})

describe('what is wrong is refused before anything is packaged, in one line', () => {
  test.each<readonly [stage: string, settings: Readonly<Record<string, string>> | undefined, reason: string]>([
    [
      'case',
      { maxchanges: '0' },
      'settings/case.yml: maxchanges: there is no such setting, expected one of parameterName, ',
    ],
    // osls would refuse these in words of its own, before anybody else can.
    [
      'osls',
      { schedule: 'x', tags: 'a', logRetentionDays: '91', deploymentBucket: 'A' },
      'settings/osls.yml: schedule: found "x", expected a schedule',
    ],
    [
      'none',
      undefined,
      '--stage none: there is no settings/none.yml: write the settings that differ from the defaults there',
    ],
    ['default', {}, '--stage default: this name is taken by the defaults'],
  ])(
    '%s',
    async (stage, settings, reason) => {
      if (settings !== undefined) keep(stage, settings)
      expect(await serverless('package', '--stage', stage)).toContain(`Error:\n${reason}`)
    },
    60_000,
  )

  test('each wrong value is named with the place where it came from, without a stack trace', async () => {
    keep('mine', { maxChanges: 'x', onUntag: 'keep' })
    const output = await serverless('package', '--stage', 'mine', '--param=onUntag=z')
    expect(output).toContain(
      'Error:\nsettings/mine.yml: maxChanges: found "x", expected a whole number from 0 to 5000\n--param onUntag: found "z", expected "keep" or "revoke"\n',
    )
    expect(output).not.toMatch(/\n +at /)
  }, 60_000)

  test.each([
    [
      '--param=maxChanges',
      '--param maxChanges: found no value, expected maxChanges=VALUE, with a space for the empty one',
    ],
    [
      '--param=exclusions=',
      '--param exclusions: found no value, expected exclusions=VALUE, with a space for the empty one',
    ],
    ['--param==7', '--param =7: found no name, expected NAME=VALUE'],
  ])(
    '%s, in which osls finds no value, is one line and no line for each setting',
    async (option, reason) => {
      expect(await serverless('package', option)).toContain(`Error:\n${reason}\n`)
    },
    60_000,
  )

  test('the settings that make an environment too large are named, the longest first', async () => {
    keep('large', {
      exclusions: Array(8)
        .fill(`/${'x'.repeat(500)}*`)
        .join(),
      audiences: `https://${'a'.repeat(100)}`,
    })
    expect(await serverless('package', '--stage', 'large')).toMatch(
      /would have \d{4} bytes, and Lambda takes 4096; the longest settings are settings\/large\.yml: exclusions \(4025 bytes\) and settings\/large\.yml: audiences \(110 bytes\)\n/,
    )
  }, 60_000)

  test('before a function is invoked or deployed from this folder, too', async () => {
    keep('odd', { maxChanges: 'x' })
    const refusal = 'Error:\nsettings/odd.yml: maxChanges: found "x", expected'
    expect(await serverless('invoke', 'local', '--function', 'backfill', '--stage', 'odd')).toContain(refusal)
    expect(await serverless('deploy', 'function', '--function', 'backfill', '--stage', 'odd')).toContain(refusal)
  }, 60_000)

  test.each([
    ['info', '--stage', 'gone'],
    ['remove', '--stage', 'odd'],
    ['invoke', '--function', 'backfill', '--stage', 'torn'],
  ])(
    'but %s %s %s goes on as far as AWS, since it looks at what is deployed',
    async (...words) => {
      keep('odd', { maxChanges: 'x' })
      writeFileSync(join(project, 'settings/torn.yml'), '- a')
      expect(await serverless(...words)).toMatch(/AWS provider credentials not found|credentials/)
    },
    60_000,
  )
})

test('the stage dev needs no file, and takes one that is there', async () => {
  const without = await packageStage('dev')
  keep('dev', { maxChanges: '3' })
  expect(environmentOf(without)).toMatchObject({ MAX_CHANGES: '50', POWERTOOLS_METRICS_DISABLED: 'false' })
  expect(environmentOf(await packageStage('dev'))).toMatchObject({ MAX_CHANGES: '3' })
  expect(ofType(without, ...TELEMETRY).length).toBeGreaterThan(2)
  for (const { Properties } of ofType(without, 'AWS::IAM::Role'))
    expect(Properties).not.toHaveProperty('PermissionsBoundary')
  expect(providerOf(without).stackTags).toEqual({})
}, 60_000)
