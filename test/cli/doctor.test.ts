import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { type Account, createAccount } from '../../fake-aws/account.ts'
import { ENVIRONMENT } from '../../fake-aws/environment.ts'
import { accessDenied, throttling, undecryptable } from '../../fake-aws/errors.ts'
import { ec2, managed, OKTA, PARAMETER, policy, TAGGED } from '../functions.ts'
import { runCli, temporaryFolder } from './command-line.ts'

const STACK = 'okta-role-trust-dev'
const FUNCTIONS = ['role-event', 'scheduled-sweep', 'backfill', 'dashboard-widget']
const arn = (service: string, name: string) => `arn:aws:${service}:us-east-1:111122223333:${name}`
const SWEEP = arn('lambda', `function:${STACK}-scheduled-sweep`)
const QUEUE = arn('sqs', `${STACK}-role-events`)
const TOPIC = arn('sns', `${STACK}-alarms`)
const TRAIL = 'arn:aws:cloudtrail:eu-west-1:111122223333:trail/management-events'
/** Before the first deployment of the stage prod where it has no file. */
const WRITES_FILE = "`mkdir -p settings && printf '%s\\n' 'mode: report' > settings/prod.yml`, then "
const MANAGEMENT = { EventSelectors: [{ ReadWriteType: 'All' as const, IncludeManagementEvents: true }] }

let account: Account
beforeEach(() => {
  vi.useFakeTimers({ now: new Date('2026-06-01T00:00:00Z'), toFake: ['Date'] })
  account = createAccount().attach()
  account.addProvider('Okta', new Date('2027-01-01'))
  account.putParameter(PARAMETER, OKTA)
  account.addRole({ name: 'analyst', tags: TAGGED, document: policy(ec2) })
  account.stack.trails.set(TRAIL, {
    Name: 'management-events',
    HomeRegion: 'eu-west-1',
    IsMultiRegionTrail: true,
    IncludeGlobalServiceEvents: true,
    IsOrganizationTrail: false,
    isLogging: true,
    selectors: MANAGEMENT,
  })
  for (const name of FUNCTIONS) account.addFunction(`${STACK}-${name}`, ENVIRONMENT)
  for (const name of ['role-events', 'dead-letters']) account.addQueue(`${STACK}-${name}`)
  const { rules, eventSources, topics } = account.stack
  rules.set(`${STACK}-role-events`, { state: 'ENABLED', targets: [QUEUE] })
  rules.set(`${STACK}-parameter-changes`, { state: 'ENABLED', targets: [SWEEP] })
  rules.set(`${STACK}-ScheduledDashsweepEventsRuleSchedule1-1X2Y`, {
    state: 'ENABLED',
    schedule: 'rate(1 hour)',
    targets: [SWEEP],
  })
  eventSources.set(`${STACK}-role-event ${QUEUE}`, 'Enabled')
  topics.set(TOPIC, [1, 0])
})
afterEach(() => {
  vi.useRealTimers()
})

const doctor = (...options: readonly string[]) => runCli(['doctor', ...options])

/** What the checks say that are not ok, by their names, and the exit code. */
async function complaints(...options: readonly string[]) {
  const { stdout, exitCode } = await doctor('--json', ...options)
  const { checks }: { checks: readonly { check: string; level: string; message: string; remedy?: string }[] } =
    JSON.parse(stdout)
  const found = checks.filter(({ level }) => level !== 'ok')
  return {
    found: found.map(({ check, level, message, remedy }) => ({ [`${check} ${level}`]: [message, remedy] })),
    exitCode,
  }
}

test('where everything is in place, each check says so in a line, in a fixed order', async () => {
  const { stdout, stderr, exitCode } = await doctor()
  expect(stdout).toBe(`\
  ok       region           IAM's events arrive in us-east-1
  ok       trail            the trail management-events logs write management events of us-east-1
  ok       parameter        SSM parameter /okta/saml-provider-arn names 1 SAML provider that IAM knows
  ok       provider         arn:aws:iam::111122223333:saml-provider/Okta is valid until 2027-01-01
  ok       functions        role-event, scheduled-sweep, backfill and dashboard-widget are active
  ok       version          version ${ENVIRONMENT.VERSION} is deployed, that of this command line
  ok       concurrency      no function is switched off by a reserved concurrency of 0
  ok       role-event-rule  the rule okta-role-trust-dev-role-events is on and leads to okta-role-trust-dev-role-events
  ok       parameter-rule   the rule okta-role-trust-dev-parameter-changes is on and leads to okta-role-trust-dev-scheduled-sweep
  ok       schedule         rate(1 hour) starts okta-role-trust-dev-scheduled-sweep
  ok       event-source     okta-role-trust-dev-role-event reads the queue okta-role-trust-dev-role-events
  ok       queue            the queue okta-role-trust-dev-role-events is empty
  ok       dead-letters     the queue okta-role-trust-dev-dead-letters is empty
  ok       alarm-topic      the alarm topic okta-role-trust-dev-alarms has 1 subscription
  ok       mode             the stack writes what is due (mode: enforce)
  ok       sid              no other stack in us-east-1 has the Sid OktaSso
  ok       group-mapping    1 role in scope, all within reach of Okta's group mapping
  17 ok, 0 warnings, 0 failures
`)
  expect(stderr).toBe('Account 111122223333. Settings: those of the stack okta-role-trust-dev in us-east-1.\n')
  expect(exitCode).toBe(0)
  expect(account.writes).toEqual([])
})

test('what is wrong has its remedy in a second line', async () => {
  account.stack.topics.set(TOPIC, [0, 0])
  account.stack.depths.set(`${STACK}-dead-letters`, [2, 1, 0])
  const { stdout, exitCode } = await doctor()
  expect(stdout).toContain(`
  failure  dead-letters     okta-role-trust-dev-dead-letters holds 3 messages: events that failed several times
           → fix what the log of okta-role-trust-dev-role-event names, then \`aws sqs start-message-move-task --region us-east-1 --source-arn ${arn('sqs', `${STACK}-dead-letters`)} --destination-arn ${QUEUE}\` (docs/operating.md, "A message in the dead-letter queue")
  warning  alarm-topic      nobody is subscribed to the alarms: okta-role-trust-dev-alarms has no subscription
           → \`aws sns subscribe --region us-east-1 --topic-arn ${TOPIC} --protocol email --notification-endpoint you@example.com\`, and confirm the e-mail
`)
  expect(stdout).toContain('  15 ok, 1 warning, 1 failure\n')
  expect(exitCode).toBe(1)
})

test('a stack that is older than its version is worked with as ever, and named', async () => {
  const { VERSION: _, ...older } = ENVIRONMENT
  for (const name of FUNCTIONS) account.addFunction(`${STACK}-${name}`, { ...older, EXCLUSIONS: '/break-glass/*' })
  const { found, exitCode } = await complaints()
  expect(found).toEqual([
    {
      'version warning': [
        `the stack does not say its version: it is older than this command line, ${ENVIRONMENT.VERSION}`,
        '`npx --no serverless deploy --param="exclusions=/break-glass/*"`',
      ],
    },
    { 'exclusions warning': expect.anything() },
  ])
  expect(exitCode).toBe(0)
})

describe('a stack with a hub', () => {
  const HUB = 'arn:aws:events:us-east-1:999988887777:event-bus/okta-role-trust-hub'
  const RULE = `${STACK}-forward`
  const PUT = `aws events put-targets --region us-east-1 --rule ${RULE} --targets 'Id=hub,Arn=${HUB},RoleArn=arn:aws:iam::111122223333:role/okta-role-trust/${RULE},DeadLetterConfig={Arn=${arn('sqs', `${STACK}-dead-letters`)}}'`
  const ENABLE = `aws events enable-rule --region us-east-1 --name ${RULE}`
  beforeEach(() => {
    for (const name of FUNCTIONS) account.addFunction(`${STACK}-${name}`, { ...ENVIRONMENT, HUB_BUS_ARN: HUB })
    account.stack.rules.set(RULE, { state: 'ENABLED', targets: [HUB] })
  })

  test('hands its events on', async () => {
    const { stdout, exitCode } = await doctor()
    expect(stdout).toContain(`  ok       forwarding-rule  the rule ${RULE} is on and leads to ${HUB}\n`)
    expect(exitCode).toBe(0)
  })

  test.for<readonly [string, () => unknown, string, string]>([
    [
      'is deleted',
      () => account.stack.rules.delete(RULE),
      `the rule ${RULE} is missing`,
      'read what goes with the stack',
    ],
    [
      'is off',
      () => account.stack.rules.set(RULE, { state: 'DISABLED', targets: [HUB] }),
      `the rule ${RULE} is DISABLED`,
      `\`${ENABLE}\``,
    ],
    [
      'leads nowhere',
      () => account.stack.rules.set(RULE, { state: 'ENABLED', targets: [] }),
      `the rule ${RULE} does not lead to ${HUB}`,
      `\`${PUT}\``,
    ],
    [
      'leads to the bus of somebody else, and is off',
      () => account.stack.rules.set(RULE, { state: 'DISABLED', targets: [`${HUB}-of-another`] }),
      `the rule ${RULE} does not lead to ${HUB} and is DISABLED`,
      `\`${PUT}\`, then \`${ENABLE}\``,
    ],
  ])('is silent for the hub where that rule %s, and doctor says so', async ([, harm, message, remedy]) => {
    harm()
    const { found, exitCode } = await complaints()
    expect(found).toEqual([{ 'forwarding-rule failure': [message, expect.stringContaining(remedy)] }])
    expect(exitCode).toBe(1)
  })
})

test('a warning alone ends with 0', async () => {
  account.stack.topics.set(TOPIC, [0, 1])
  const { found, exitCode } = await complaints()
  expect(found).toEqual([
    {
      'alarm-topic warning': [
        'nobody is subscribed to the alarms: no subscription of okta-role-trust-dev-alarms is confirmed',
        'open the link in the e-mail "AWS Notification - Subscription Confirmation"',
      ],
    },
  ])
  expect(exitCode).toBe(0)
})

test('as JSON it names the account, the region and the stack too', async () => {
  const { stdout } = await doctor('--json')
  expect(JSON.parse(stdout)).toMatchObject({ account: '111122223333', region: 'us-east-1', stack: STACK })
})

describe('the remedy for what was deleted', () => {
  const PARAMETERS = { EXCLUSIONS: '/break-glass/*,*Admin*', MAX_CHANGES: '5', SCHEDULE: 'cron(0 6 * * ? *)' }
  const OPTIONS =
    '--param="exclusions=/break-glass/*,*Admin*" --param="schedule=cron(0 6 * * ? *)" --param="maxChanges=5"'
  const deployed = (name: string, parameters: Readonly<Record<string, string>>) =>
    account.addFunction(`${STACK}-${name}`, { ...ENVIRONMENT, ...parameters })
  const remedyOf = async (check: string, ...options: readonly string[]) => {
    const { found } = await complaints(...options)
    return found.flatMap((finding) => Object.entries(finding)).find(([name]) => name === `${check} failure`)?.[1][1]
  }

  test('names every setting that the stack was deployed with: a deployment takes the others from the defaults', async () => {
    for (const name of FUNCTIONS) deployed(name, PARAMETERS)
    account.stack.rules.delete(`${STACK}-role-events`)
    expect(await remedyOf('role-event-rule')).toBe(
      `read what goes with the stack (docs/operating.md, "A part of the stack is gone"), then \`npx --no serverless remove\`, then \`npx --no serverless deploy ${OPTIONS}\``,
    )
  })

  test('names them where the function is gone that the settings are read from first', async () => {
    account.deleteFunction(`${STACK}-backfill`)
    for (const name of ['role-event', 'scheduled-sweep']) deployed(name, PARAMETERS)
    expect(await remedyOf('functions')).toContain(`deploy ${OPTIONS}\``)
  })

  test('says that they are not known where no function is left', async () => {
    for (const name of FUNCTIONS) account.deleteFunction(`${STACK}-${name}`)
    expect(await remedyOf('functions')).toContain(
      'deploy`, with each `--param` that it was deployed with (they cannot be read; what is not given becomes the default; a stack that was deployed from a release is deployed by CloudFormation: docs/deploying.md, "Without Node")',
    )
  })

  test('says so where the settings may not be read', async () => {
    account.failNext('GetFunctionConfiguration', accessDenied('lambda:GetFunctionConfiguration'), {
      times: Number.POSITIVE_INFINITY,
    })
    account.stack.rules.delete(`${STACK}-role-events`)
    expect(await remedyOf('role-event-rule')).toContain('with each `--param` that it was deployed with')
  })

  test('says so where they cannot be decrypted, which would look like the defaults', async () => {
    for (const name of FUNCTIONS) {
      account.stack.functionStates.set(`${STACK}-${name}`, { Environment: undecryptable() })
    }
    account.stack.rules.delete(`${STACK}-role-events`)
    const { found } = await complaints()
    expect(
      found
        .flatMap((finding) => Object.values(finding))
        .flat()
        .join(),
    ).toContain('lacks the permission kms:Decrypt')
    expect(await remedyOf('role-event-rule')).toContain('with each `--param` that it was deployed with')
  })

  test('is for a shell, whatever the values hold', async () => {
    const odd = `/it's"$HOME"!x/*`
    for (const name of FUNCTIONS) deployed(name, { EXCLUSIONS: odd })
    account.stack.rules.delete(`${STACK}-role-events`)
    const command = /.*then `(.*)`$/.exec((await remedyOf('role-event-rule')) ?? '')?.[1] ?? ''
    const words = execFileSync('bash', ['-c', `printf '%s\\n' ${command}`], { encoding: 'utf8' })
    expect(words).toBe(`npx\n--no\nserverless\ndeploy\n--param=exclusions=${odd}\n`)
  })
})

describe('where the stage has a file', () => {
  const STAGE = 'okta-role-trust-prod'
  const home = process.cwd()
  beforeEach(() => {
    process.chdir(temporaryFolder())
    mkdirSync('settings')
  })
  afterEach(() => process.chdir(home))

  const keep = (text: string, stage = 'prod') => writeFileSync(`settings/${stage}.yml`, text)
  const deploy = (settings: Readonly<Record<string, string>>, tags: Readonly<Record<string, string>> = {}) => {
    for (const name of FUNCTIONS) account.addFunction(`${STAGE}-${name}`, { ...ENVIRONMENT, ...settings })
    account.stack.tags = { ...tags, STAGE: 'prod', 'aws:cloudformation:stack-name': STAGE }
  }
  const findingsOf = async (check: string) => {
    const { stdout } = await doctor('--json', '--stage', 'prod')
    const { checks }: { checks: readonly { check: string; level: string; message: string; remedy?: string }[] } =
      JSON.parse(stdout)
    return checks.filter((finding) => finding.check === check)
  }
  /** What is typed to deploy, as osls gets it from a shell. */
  const wordsOf = (remedy = '') => {
    const command = /`(npx --no serverless deploy[^`]*)`/.exec(remedy)?.[1] ?? ''
    return execFileSync('bash', ['-c', `printf '%s\\n' ${command}`], { encoding: 'utf8' }).split('\n')
  }

  test('equal settings are told, whatever their order and the tags that AWS and osls add', async () => {
    keep('maxChanges: 5\nexclusions: /break-glass/*\ntags: team=identity, cost=42\nonUntag: keep\n')
    deploy({ MAX_CHANGES: '5', EXCLUSIONS: '/break-glass/*' }, { cost: '42', team: 'identity' })
    expect(await findingsOf('settings')).toEqual([
      { check: 'settings', level: 'ok', message: 'the stack has the settings of settings/prod.yml' },
    ])
  })

  test('different ones are named, as deployed and as in the file', async () => {
    keep('maxChanges: 0\nexclusions: /break-glass/*\ntags: team=identity\n')
    deploy({ MAX_CHANGES: '5', SESSION_TAGS: 'true' }, { team: 'platform' })
    expect(await findingsOf('settings')).toEqual([
      {
        check: 'settings',
        level: 'warning',
        message:
          'the stack has other settings than settings/prod.yml, which the next deployment takes: sessionTags: true → false; exclusions: (empty) → /break-glass/*; maxChanges: 5 → 0; tags: team=platform → team=identity',
        remedy:
          '`npx --no serverless deploy --stage prod` for those of the file; to keep the deployed ones, write them into the file',
      },
    ])
  })

  test('the remedy allows by name what the settings of the file weaken', async () => {
    keep('exclusions: /a/*\n')
    deploy({ MAX_CHANGES: '0', MODE: 'report', EXCLUSIONS: '/a/*,/b/*', SCHEDULE: 'rate(1 day)' })
    const [finding] = await findingsOf('settings')
    const words = [
      'npx',
      '--no',
      'serverless',
      'deploy',
      '--allow',
      'exclusions,maxChanges,mode',
      '--stage',
      'prod',
      '',
    ]
    expect(wordsOf(finding?.remedy)).toEqual(words)
  })

  test('a function that somebody edited by hand is named, with what it has otherwise', async () => {
    keep('exclusions: /a/*\n')
    deploy({ EXCLUSIONS: '/a/*', MAX_CHANGES: '7' })
    account.addFunction(`${STAGE}-scheduled-sweep`, { ...ENVIRONMENT, MAX_CHANGES: '0', EXCLUSIONS: '' })
    const [finding] = await findingsOf('functions')
    expect(finding).toMatchObject({
      level: 'failure',
      message:
        'the function okta-role-trust-prod-scheduled-sweep has other settings than those that hold for the stack: exclusions: (empty), not /a/*; maxChanges: 0, not 7',
    })
    expect(wordsOf(finding?.remedy)).toEqual([
      ...['npx', '--no', 'serverless', 'deploy', 'function', '--update-config', '--function', 'scheduled-sweep'],
      ...['--allow', 'maxChanges', '--stage', 'prod', '--param=maxChanges=7', ''],
    ])
  })

  test('a remedy deploys with the settings in force: it names those that the file has otherwise, and no others', async () => {
    keep('maxChanges: 5\nexclusions: /break-glass/*\ntags: team=identity\n')
    deploy({ MAX_CHANGES: '5', SESSION_TAGS: 'true' })
    account.deleteFunction(`${STAGE}-role-event`)
    const [finding] = await findingsOf('functions')
    const words = ['npx', '--no', 'serverless', 'deploy', '--stage', 'prod']
    // osls trims the value, and refuses one that is empty before that.
    expect(wordsOf(finding?.remedy)).toEqual([
      ...words,
      ...['--param=sessionTags=true', '--param=exclusions= ', '--param=tags= ', ''],
    ])
    expect(finding?.remedy).not.toContain('mkdir')
  })

  test('a remedy without a file writes it with the settings in force before it removes anything', async () => {
    deploy({ MAX_CHANGES: '5', EXCLUSIONS: "*Admin*,/it's/*" }, { team: 'identity' })
    account.deleteFunction(`${STAGE}-role-event`)
    const [finding] = await findingsOf('functions')
    const [, write = ''] =
      /then `(mkdir[^`]*)`, then `npx --no serverless remove --stage prod`, then/.exec(finding?.remedy ?? '') ?? []
    execFileSync('bash', ['-c', write])
    expect(readFileSync('settings/prod.yml', 'utf8')).toBe(
      `exclusions: "*Admin*,/it's/*"\nmaxChanges: 5\ntags: team=identity\n`,
    )
    expect(wordsOf(finding?.remedy)).toEqual(['npx', '--no', 'serverless', 'deploy', '--stage', 'prod', ''])
    expect(await findingsOf('settings')).toMatchObject([{ level: 'ok' }])
  })

  test.each([
    ['maxChanges: many', 'settings/prod.yml: maxChanges: found "many", expected a whole number from 0 to 5000'],
    ['maxchanges: 5', 'settings/prod.yml: maxchanges: there is no such setting, expected one of parameterName, '],
    ['- maxChanges', 'settings/prod.yml: found a list, expected a map of settings'],
  ])('a file that nobody can deploy with is told: %s', async (text, message) => {
    keep(text)
    deploy({})
    const remedy = 'correct the file: until then nothing can be deployed'
    expect(await findingsOf('settings')).toMatchObject([
      { level: 'warning', message: expect.stringContaining(message), remedy },
    ])
  })

  test('tags that may not be read are not taken for none', async () => {
    deploy({}, { team: 'identity' })
    account.failNext('ListTags', accessDenied('lambda:ListTags'))
    account.deleteFunction(`${STAGE}-role-event`)
    const { stdout } = await doctor('--stage', 'prod')
    expect(stdout).toContain(
      'the tags of the stack could not be checked: the caller lacks the permission lambda:ListTags',
    )
    expect(stdout).toContain(
      `with the stack's tags as \`--param="tags=KEY=VALUE,…"\` if it has any (they cannot be read; a stack that was deployed from a release is deployed by CloudFormation: docs/deploying.md, "Without Node")`,
    )
  })
})

describe('where CloudFormation alone deployed the stack, from a release', () => {
  const DEPLOY =
    'aws cloudformation deploy --region us-east-1 --stack-name acme-okta --template-file okta-role-trust.template.json --capabilities CAPABILITY_NAMED_IAM'
  const FILES =
    'in the folder with the files of a release, once its zips are in the bucket bundles (docs/deploying.md, "Without Node")'
  const deploy = (settings: Readonly<Record<string, string>>) => {
    const environment = { ...ENVIRONMENT, DEPLOYMENT_BUCKET: 'bundles', ...settings }
    for (const name of FUNCTIONS) account.addFunction(`${STACK}-${name}`, environment)
    account.stack.tags = { team: 'identity', 'aws:cloudformation:stack-name': 'acme-okta' }
  }
  const remedyOf = async (check: string) => {
    const { found } = await complaints()
    return found.flatMap((finding) => Object.entries(finding)).find(([name]) => name.startsWith(check))?.[1][1]
  }

  test('a newer release is deployed over it, with what it has', async () => {
    deploy({ MAX_CHANGES: '5', VERSION: '0.0.1' })
    expect(await remedyOf('version')).toBe(`\`${DEPLOY} --tags team=identity\` ${FILES}`)
  })

  test('what was deleted comes back with all that it was deployed with, since nothing of it stays', async () => {
    deploy({ MAX_CHANGES: '5', EXCLUSIONS: "/it's/*" })
    account.stack.rules.delete(`${STACK}-role-events`)
    const remove =
      '`aws cloudformation delete-stack --region us-east-1 --stack-name acme-okta`, then `aws cloudformation wait stack-delete-complete --region us-east-1 --stack-name acme-okta`'
    expect(await remedyOf('role-event-rule')).toBe(
      `read what goes with the stack (docs/operating.md, "A part of the stack is gone"), then ${remove}, then \`${DEPLOY} --parameter-overrides Prefix=${STACK} 'Exclusions=/it'\\''s/*' MaxChanges=5 BundleBucket=bundles --tags team=identity\` ${FILES}`,
    )
  })

  test.each([
    ['INFO', 'DEBUG'],
    ['DEBUG', 'INFO'],
  ])('a function that failed is updated by a setting that changes, and back to %s', async (logLevel, other) => {
    deploy({ POWERTOOLS_LOG_LEVEL: logLevel })
    account.stack.functionStates.set(`${STACK}-role-event`, { LastUpdateStatus: 'Failed' })
    const set = (level: string) => `\`${DEPLOY} --parameter-overrides LogLevel=${level} --tags team=identity\``
    expect(await remedyOf('functions')).toBe(`${set(other)} ${FILES}, then ${set(logLevel)}`)
  })

  test('where that was a StackSet, nothing is told that it would take back', async () => {
    deploy({ VERSION: '0.0.1' })
    account.stack.tags = { 'aws:cloudformation:stack-name': 'StackSet-okta-role-trust-dev-0a1b2c3d' }
    account.stack.rules.delete(`${STACK}-role-events`)
    account.stack.functionStates.set(`${STACK}-role-event`, { LastUpdateStatus: 'Failed' })
    const anew =
      'make the stack of this account anew, from the account that deploys to the organization (docs/organization.md, "What can go wrong")'
    expect(await remedyOf('version')).toBe(
      '`npx --no okta-role-trust org deploy` in the account that deploys to the organization',
    )
    expect(await remedyOf('role-event-rule')).toBe(
      `read what goes with the stack (docs/operating.md, "A part of the stack is gone"), then ${anew}`,
    )
    expect(await remedyOf('functions')).toBe(anew)
  })

  test('no file of settings is held against it: its deployment takes none', async () => {
    const home = process.cwd()
    process.chdir(temporaryFolder())
    mkdirSync('settings')
    writeFileSync('settings/dev.yml', 'maxChanges: 0\n')
    try {
      deploy({ MAX_CHANGES: '5' })
      expect((await doctor()).stdout).not.toContain('settings/dev.yml')
    } finally {
      process.chdir(home)
    }
  })
})

test('without the telemetry of the account nobody misses its alarms, its topic and its table', async () => {
  for (const name of FUNCTIONS) account.addFunction(`${STACK}-${name}`, { ...ENVIRONMENT, ACCOUNT_TELEMETRY: 'false' })
  account.deleteFunction(`${STACK}-dashboard-widget`)
  account.stack.topics.delete(TOPIC)
  const { stdout, exitCode } = await doctor()
  expect(stdout).toContain('  ok       functions        role-event, scheduled-sweep and backfill are active\n')
  expect(stdout).not.toContain('alarm')
  expect(stdout).toContain(', 0 warnings, 0 failures\n')
  expect(exitCode).toBe(0)
})

test('a rule that leads nowhere is led back as the template has it', async () => {
  account.stack.rules.set(`${STACK}-role-events`, { state: 'ENABLED', targets: [] })
  account.stack.rules.set(`${STACK}-ScheduledDashsweepEventsRuleSchedule1-1X2Y`, {
    state: 'DISABLED',
    schedule: 'rate(1 hour)',
    targets: [],
  })
  const { stdout } = await doctor()
  expect(stdout).toContain(
    `→ \`aws events put-targets --region us-east-1 --rule ${STACK}-role-events --targets 'Id=role-event-queue,Arn=${QUEUE},RetryPolicy={MaximumEventAgeInSeconds=3600,MaximumRetryAttempts=185},DeadLetterConfig={Arn=${arn('sqs', `${STACK}-dead-letters`)}}'\``,
  )
  expect(stdout).toContain(
    `→ \`aws events put-targets --region us-east-1 --rule ${STACK}-ScheduledDashsweepEventsRuleSchedule1-1X2Y --targets Id=scheduled-sweepSchedule,Arn=${SWEEP}\`, then \`aws events enable-rule --region us-east-1 --name ${STACK}-ScheduledDashsweepEventsRuleSchedule1-1X2Y\``,
  )
})

test('in a region where no stack can live it looks in the right one', async () => {
  account.deleteParameter(PARAMETER)
  const { found, exitCode } = await complaints('--region', 'eu-west-1')
  expect(found).toMatchObject([
    {
      'region failure': [
        "IAM's events arrive in us-east-1 and never in eu-west-1: a rule there never fires",
        'leave out --region, or give `--region us-east-1`',
      ],
    },
    { 'parameter failure': ['SSM parameter /okta/saml-provider-arn is missing', expect.stringContaining('us-east-1')] },
  ])
  expect(exitCode).toBe(1)
})

test('remedies name the profile, the region and the stage, so that they mean the same account and stack', async () => {
  const file = join(temporaryFolder(), 'config')
  writeFileSync(file, '[profile prod]\naws_access_key_id = KEY\naws_secret_access_key = secret\n')
  const options = ['doctor', '--profile', 'prod', '--stage', 'prod']
  const { stdout } = await runCli(options, { environment: { AWS_REGION: 'eu-west-1' }, configFile: file })
  expect(stdout).toContain(
    `→ ${WRITES_FILE}\`npx --no serverless deploy --stage prod --region us-east-1 --aws-profile prod\``,
  )
})

describe('where no stack is deployed', () => {
  const bare = () => {
    account.detach()
    account = createAccount().attach()
  }

  test('that is one failure, and the other checks run', async () => {
    bare()
    const { found, exitCode } = await complaints()
    expect(found.map((finding) => Object.keys(finding)[0])).toEqual([
      'trail failure',
      'parameter failure',
      'stack failure',
    ])
    expect(found[1]).toEqual({
      'parameter failure': [
        'SSM parameter /okta/saml-provider-arn is missing',
        '`aws ssm put-parameter --region us-east-1 --name /okta/saml-provider-arn --value SAML_PROVIDER_ARN --type String`',
      ],
    })
    expect(found[2]).toEqual({
      'stack failure': [
        'the stack okta-role-trust-dev is not deployed in us-east-1',
        '`npx --no serverless deploy --param="mode=report"` (docs/deploying.md, "The steps")',
      ],
    })
    expect(exitCode).toBe(1)
  })

  test('the remedy names the stage and the region that the stack needs', async () => {
    bare()
    account.detach()
    account = createAccount({ partition: 'aws-us-gov' }).attach()
    const { found } = await complaints('--stage', 'prod', '--region', 'us-gov-east-1')
    expect(found[0]).toEqual({
      'region failure': [
        "IAM's events arrive in us-gov-west-1 and never in us-gov-east-1: a rule there never fires",
        'leave out --region, or give `--region us-gov-west-1`',
      ],
    })
    expect(found[1]).toHaveProperty(['trail failure', 0], expect.stringContaining('the events of us-gov-west-1'))
    expect(found.at(-1)).toEqual({
      'stack failure': [
        'the stack okta-role-trust-prod is not deployed in us-gov-west-1',
        `${WRITES_FILE}\`npx --no serverless deploy --stage prod --region us-gov-west-1\` (docs/deploying.md, "The steps")`,
      ],
    })
  })

  test('--no-stack leaves it out, and options say which parameter', async () => {
    account.putParameter('/sso/arn', OKTA)
    account.deleteParameter(PARAMETER)
    const { found, exitCode } = await complaints('--no-stack', '--parameter-name', '/sso/arn')
    expect(found).toEqual([{ 'stack warning': ['the stack is not checked', 'leave out --no-stack'] }])
    expect(exitCode).toBe(0)
  })

  test('--provider-arn stands in for the parameter', async () => {
    account.deleteParameter(PARAMETER)
    const { found } = await complaints('--no-stack', '--provider-arn', `${OKTA}2`)
    expect(found[0]).toEqual({
      'parameter failure': [
        `--provider-arn: IAM knows no SAML provider ${OKTA}2; create it, or put the right ARN there`,
        '`aws iam list-saml-providers` shows the providers of the account',
      ],
    })
  })
})

test('a stack that is there in part is told part by part', async () => {
  account.detach()
  account = createAccount().attach()
  account.addFunction(`${STACK}-backfill`, ENVIRONMENT)
  const { found, exitCode } = await complaints()
  const [, , ...ofStack] = found
  const rebuild =
    'read what goes with the stack (docs/operating.md, "A part of the stack is gone"), then `npx --no serverless remove`, then `npx --no serverless deploy`'
  expect(ofStack).toEqual([
    { 'functions failure': [`the function ${STACK}-role-event is missing`, rebuild] },
    { 'functions failure': [`the function ${STACK}-scheduled-sweep is missing`, rebuild] },
    { 'functions failure': [`the function ${STACK}-dashboard-widget is missing`, rebuild] },
    { 'role-event-rule failure': [`the rule ${STACK}-role-events is missing`, rebuild] },
    { 'parameter-rule failure': [`the rule ${STACK}-parameter-changes is missing`, rebuild] },
    { 'schedule failure': [`no schedule starts ${STACK}-scheduled-sweep`, rebuild] },
    { 'event-source failure': [`nothing hands the queue ${STACK}-role-events to ${STACK}-role-event`, rebuild] },
    { 'queue failure': [`the queue ${STACK}-role-events is missing`, rebuild] },
    { 'dead-letters failure': [`the queue ${STACK}-dead-letters is missing`, rebuild] },
    {
      'alarm-topic failure': [
        `the topic ${STACK}-alarms is missing`,
        expect.stringMatching(
          /^`aws sns create-topic --region us-east-1 --name okta-role-trust-dev-alarms`, then `aws /,
        ),
      ],
    },
  ])
  expect(exitCode).toBe(1)
})

test('a wrong parameter is told with its own message', async () => {
  account.putParameter(PARAMETER, 'arn:aws:iam::444455556666:saml-provider/Okta')
  const { found, exitCode } = await complaints()
  expect(found).toEqual([
    {
      'parameter failure': [
        'SSM parameter /okta/saml-provider-arn: found arn:aws:iam::444455556666:saml-provider/Okta, expected a SAML provider of this account (111122223333, partition aws)',
        '`aws ssm put-parameter --region us-east-1 --name /okta/saml-provider-arn --value SAML_PROVIDER_ARN --overwrite`; `aws iam list-saml-providers` shows the providers of the account',
      ],
    },
  ])
  expect(exitCode).toBe(1)
})

test("an organization's trail that a member may not read is a warning", async () => {
  const [trail] = account.stack.trails.values()
  account.stack.trails.clear()
  const ofAnother = TRAIL.replace('111122223333', '999900001111')
  if (trail !== undefined) account.stack.trails.set(ofAnother, { ...trail, IsOrganizationTrail: true })
  const { found, exitCode } = await complaints()
  expect(found).toEqual([
    {
      'trail warning': [
        "the organization's trail management-events could not be checked: this account may not read its state",
        `in the management account: \`aws cloudtrail get-trail-status --region eu-west-1 --name ${ofAnother}\` and \`aws cloudtrail get-event-selectors --region eu-west-1 --trail-name ${ofAnother}\``,
      ],
    },
  ])
  expect(exitCode).toBe(0)
})

test('roles that are not in scope do not count for the group mapping', async () => {
  account.addRole({ name: 'a.b', tags: { 'okta-sso': 'false' }, document: policy(ec2) })
  account.addRole({ name: 'own', path: '/okta-role-trust/', tags: TAGGED, document: policy(ec2) })
  account.addRole({ name: 'nested', path: '/team/', tags: TAGGED, document: policy(ec2) })
  const { found } = await complaints()
  expect(found).toEqual([
    {
      'group-mapping warning': [
        "Okta's group mapping does not reach 1 of 2 roles in scope by default: /team/nested",
        expect.stringContaining('Group Filter'),
      ],
    },
  ])
})

test('exclusions are told with the number of roles that they match, and none is a warning', async () => {
  for (const name of FUNCTIONS)
    account.addFunction(`${STACK}-${name}`, { ...ENVIRONMENT, EXCLUSIONS: '/analyst,/Analyst' })
  const { stdout } = await doctor()
  expect(stdout).toContain('  ok       exclusions       the exclusion /analyst matches 1 role\n')
  expect((await complaints()).found).toEqual([
    {
      'exclusions warning': ['the exclusion /Analyst matches no role', expect.stringContaining('letter case counts')],
    },
  ])
})

test('an audience that Okta can hardly post to is a warning', async () => {
  for (const name of FUNCTIONS)
    account.addFunction(`${STACK}-${name}`, { ...ENVIRONMENT, AUDIENCES: 'https://signin.aws.amazon.com/saml/' })
  const { found, exitCode } = await complaints()
  expect(found).toEqual([
    {
      'audience warning': [
        expect.stringContaining('audience https://signin.aws.amazon.com/saml/: it ends with a slash'),
        'compare it with the ACS URL in the sign-on settings of the Okta app',
      ],
    },
  ])
  expect(exitCode).toBe(0)
})

describe('a call that is denied', () => {
  test.each([
    ['DescribeTrails', 'cloudtrail:DescribeTrails', ['trail']],
    ['GetTrailStatus', 'cloudtrail:GetTrailStatus', ['trail']],
    ['GetEventSelectors', 'cloudtrail:GetEventSelectors', ['trail']],
    ['GetParameter', 'ssm:GetParameter', ['parameter']],
    ['GetSAMLProvider', 'iam:GetSAMLProvider', ['parameter']],
    ['GetFunctionConfiguration', 'lambda:GetFunctionConfiguration', ['parameter', 'functions', 'group-mapping']],
    ['ListTags', 'lambda:ListTags', ['settings']],
    ['GetFunctionConcurrency', 'lambda:GetFunctionConcurrency', ['concurrency']],
    ['ListEventSourceMappings', 'lambda:ListEventSourceMappings', ['event-source']],
    ['DescribeRule', 'events:DescribeRule', ['role-event-rule', 'parameter-rule', 'schedule']],
    ['ListTargetsByRule', 'events:ListTargetsByRule', ['role-event-rule', 'parameter-rule']],
    ['ListRuleNamesByTarget', 'events:ListRuleNamesByTarget', ['schedule']],
    ['GetQueueUrl', 'sqs:GetQueueUrl', ['queue', 'dead-letters']],
    ['GetQueueAttributes', 'sqs:GetQueueAttributes', ['queue', 'dead-letters']],
    ['GetTopicAttributes', 'sns:GetTopicAttributes', ['alarm-topic']],
    ['GetAccountAuthorizationDetails', 'iam:GetAccountAuthorizationDetails', ['group-mapping']],
  ] as const)(
    'of %s is a warning that names the permission, and no check is ok for it',
    async (call, action, checks) => {
      account.failNext(call, accessDenied(action), { times: Number.POSITIVE_INFINITY })
      const { found, exitCode } = await complaints()
      expect(found.map((finding) => Object.keys(finding)[0])).toEqual(checks.map((check) => `${check} warning`))
      for (const finding of found) {
        const [[message, remedy] = []] = Object.values(finding)
        expect(message).toMatch(new RegExp(` could not be checked: the caller lacks the permission ${action}$`))
        expect(remedy).toBe('allow it, and run doctor again')
      }
      expect(exitCode).toBe(0)
    },
  )

  test('of SNS, which names it in its own way, is one too', async () => {
    const denied = accessDenied('SNS:GetTopicAttributes')
    account.failNext('GetTopicAttributes', Object.assign(denied, { name: 'AuthorizationErrorException' }))
    const { found, exitCode } = await complaints()
    expect(found[0]).toHaveProperty(['alarm-topic warning', 0], expect.stringContaining('SNS:GetTopicAttributes'))
    expect(exitCode).toBe(0)
  })
})

describe('the mode', () => {
  const roleArns = ['role-event', 'scheduled-sweep', 'backfill'].map(
    (name) => `arn:aws:iam::111122223333:role/okta-role-trust/${STACK}-${name}`,
  )
  const deny = (...arns: readonly string[]) => {
    for (const arn of arns) account.stack.deniedRoles.add(arn)
  }
  const deployReporting = () => {
    for (const name of FUNCTIONS) account.addFunction(`${STACK}-${name}`, { ...ENVIRONMENT, MODE: 'report' })
  }

  test.each([
    ['enforce', 'report'],
    ['report', 'enforce'],
  ])('is one for all functions: with %s, one of which has %s is a failure', async (mode, other) => {
    if (mode === 'report') deny(...roleArns)
    for (const id of FUNCTIONS) account.addFunction(`${STACK}-${id}`, { ...ENVIRONMENT, MODE: mode })
    account.addFunction(`${STACK}-scheduled-sweep`, { ...ENVIRONMENT, MODE: other })
    const { found, exitCode } = await complaints()
    expect(found).toEqual([
      {
        'functions failure': [
          `the function ${STACK}-scheduled-sweep has other settings than those that hold for the stack: mode: ${other}, not ${mode}`,
          expect.stringContaining('deploy function --update-config --function scheduled-sweep'),
        ],
      },
    ])
    expect(exitCode).toBe(1)
  })

  test('of a stack that only reports is right where no function may write', async () => {
    deployReporting()
    deny(...roleArns)
    const { stdout, exitCode } = await doctor()
    expect(stdout).toContain(
      '  ok       mode             the stack only reports (mode: report), and no function may write a trust policy\n',
    )
    expect(exitCode).toBe(0)
  })

  test('of a stack that only reports is a failure where a function could write', async () => {
    deployReporting()
    deny(...roleArns.slice(1))
    const { found, exitCode } = await complaints()
    expect(found).toEqual([
      {
        'mode failure': [
          `the stack only reports (mode: report), and yet the role of each of these may write trust policies: ${STACK}-role-event`,
          expect.stringContaining('OnlyReport'),
        ],
      },
    ])
    expect(exitCode).toBe(1)
  })

  test('of a stack that writes is doubtful where a function may not', async () => {
    deny(...roleArns.slice(0, 1))
    const { found, exitCode } = await complaints()
    expect(found).toEqual([
      { 'mode warning': [expect.stringMatching(/by IAM's simulation .* may not: .*-role-event$/), expect.anything()] },
    ])
    expect(exitCode).toBe(0)
  })

  test('is asked of IAM for the code of the functions and a tagged role', async () => {
    await doctor()
    const asked = account.calls.filter(({ name }) => name === 'SimulatePrincipalPolicy').map(({ input }) => input)
    expect(asked).toMatchObject(
      roleArns.map((PolicySourceArn) => ({
        PolicySourceArn,
        ActionNames: ['iam:UpdateAssumeRolePolicy'],
        ContextEntries: [
          { ContextKeyName: 'lambda:SourceFunctionArn', ContextKeyValues: [expect.stringContaining(':function:')] },
          { ContextKeyName: 'iam:ResourceTag/okta-sso', ContextKeyValues: ['true'] },
        ],
      })),
    )
  })
})

describe('the Sid', () => {
  const addStack = (stage: string, environment: Readonly<Record<string, string>>) => {
    for (const name of FUNCTIONS) {
      const stackName = `okta-role-trust-${stage}`
      account.addFunction(`${stackName}-${name}`, { ...environment, STACK_NAME: stackName })
    }
  }

  test('that another stack has too is a failure that names the stack', async () => {
    const { SID: _default, ...older } = ENVIRONMENT
    addStack('prod', older)
    addStack('entra', { ...ENVIRONMENT, SID: 'EntraSso' })
    const { found, exitCode } = await complaints()
    expect(found).toEqual([
      {
        'sid failure': [
          'another stack has the Sid OktaSso too: okta-role-trust-prod. On a role with the tags of both, each takes the statement of the other for its own, and writes over it',
          'give one of them a Sid of its own (docs/deploying.md, "Another Sid")',
        ],
      },
    ])
    expect(exitCode).toBe(1)
  })

  test('is right beside a stack with another, and beside functions of somebody else', async () => {
    addStack('near', { ...ENVIRONMENT, SID: 'OktaSsoB' })
    account.addFunction('okta-role-trust-copy', { ...ENVIRONMENT, STACK_NAME: 'okta-role-trust-x' })
    account.addFunction('unrelated', {})
    expect((await complaints()).found).toEqual([])
  })

  test('that a stack had before may have left statements, of which a warning tells where no stack has it now', async () => {
    account.addRole({ name: 'left', document: policy(ec2, managed) })
    addStack('dev', { ...ENVIRONMENT, SID: 'EntraSso' })
    const { found, exitCode } = await complaints()
    expect(found).toEqual([
      {
        'sid warning': [
          'a statement of the Sid OktaSso stands in 1 role, such as left, and no stack here has that Sid: if this one had it before, nobody renews them or takes them out',
          expect.stringContaining('nothing if somebody else wrote them'),
        ],
      },
    ])
    expect(exitCode).toBe(0)
    addStack('okta', ENVIRONMENT)
    expect((await complaints()).found).toEqual([])
  })
})

test('a fault of a single call is a failure of its check alone, since nothing is known', async () => {
  account.failNext('GetTopicAttributes', throttling())
  const { found, exitCode } = await complaints()
  expect(found).toEqual([
    {
      'alarm-topic failure': [
        'the alarm topic could not be checked: AWS is throttling: too many calls at the moment; wait a little and run the command again (Rate exceeded)',
        'run doctor again',
      ],
    },
  ])
  expect(exitCode).toBe(1)
})

test('a call that a service control policy denies is not answered with the advice to allow it', async () => {
  const denied = Object.assign(accessDenied('sns:GetTopicAttributes'), {
    message:
      'User: arn:x is not authorized to perform: sns:GetTopicAttributes with an explicit deny in a service control policy',
  })
  account.failNext('GetTopicAttributes', denied)
  const { found } = await complaints()
  expect(found[0]).toEqual({
    'alarm-topic warning': [
      'the alarm topic could not be checked: the caller lacks the permission sns:GetTopicAttributes',
      'a service control policy denies it, and allowing it elsewhere does not help: have that policy changed, or sign in as somebody else, and run doctor again',
    ],
  })
})

test('settings that the stack does not have end it as with the other commands', async () => {
  const { stdout, stderr, exitCode } = await doctor('--tag-key', 'other')
  expect(stderr).toMatch(/^Error: the stack okta-role-trust-dev is deployed in us-east-1, and its settings apply: /)
  expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 1 })
})

describe('the length of sessions', () => {
  const askFor = (seconds: string) => {
    for (const name of FUNCTIONS) {
      account.addFunction(`${STACK}-${name}`, {
        ...ENVIRONMENT,
        SESSION_DURATION: seconds,
        EXCLUSIONS: '/break-glass/*',
      })
    }
  }
  const sessions = async () => {
    const { stdout, exitCode } = await doctor('--json')
    const { checks }: { checks: readonly { check: string; level: string; message: string; remedy?: string }[] } =
      JSON.parse(stdout)
    const found = checks.filter(({ check }) => check === 'session-duration')
    return { found: found.map(({ level, message, remedy }) => [level, message, remedy]), exitCode }
  }
  const add = (name: string, maxSessionDuration: number, path = '/', tags: Readonly<Record<string, string>> = TAGGED) =>
    account.addRole({ name, path, tags, document: policy(ec2), maxSessionDuration })

  test('is not looked at, and costs no call, where the stack does not know what Okta asks for', async () => {
    expect((await sessions()).found).toEqual([])
    expect(account.countCalls('ListRoles')).toBe(0)
  })

  test('names each role in scope that allows less than Okta asks for, on whatever page, and no other', async () => {
    account.detach()
    account = createAccount({ pageSizes: [2] }).attach()
    account.addProvider('Okta', new Date('2027-01-01'))
    account.putParameter(PARAMETER, OKTA)
    askFor('7200')
    add('short', 3600)
    add('exact', 7200)
    add('long', 43_200)
    add('untagged', 3600, '/', {})
    add('excluded', 3600, '/break-glass/')
    add('longer-but-short', 7199, '/team/')
    const { found, exitCode } = await sessions()
    expect(found).toEqual([
      [
        'failure',
        'short allows sessions of 3600 seconds and Okta asks for 7200: the sign-in fails, though the trust policy may be right',
        '`aws iam update-role --role-name short --max-session-duration 7200`, or have the Okta app ask for less, and give the stack that `sessionDuration`',
      ],
      ['failure', expect.stringContaining('longer-but-short allows sessions of 7199 seconds'), expect.anything()],
    ])
    expect(exitCode).toBe(1)
  })

  test('is well where each role in scope allows it', async () => {
    askFor('3600')
    expect(await sessions()).toEqual({
      found: [['ok', 'each role in scope allows sessions of 3600 seconds, as Okta asks for', undefined]],
      exitCode: 0,
    })
  })

  test('could not be checked where the caller may not list roles', async () => {
    askFor('7200')
    account.failNext('ListRoles', accessDenied('iam:ListRoles'))
    expect(await sessions()).toEqual({
      found: [
        [
          'warning',
          'how long a session the roles allow could not be checked: the caller lacks the permission iam:ListRoles',
          'allow it, and run doctor again',
        ],
      ],
      exitCode: 0,
    })
  })
})
