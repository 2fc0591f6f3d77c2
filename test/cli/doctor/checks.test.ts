import { describe, expect, test } from 'vitest'
import { checkParameter, checkProvider } from '../../../cli/doctor/check-access.ts'
import {
  checkAlarmTopic,
  checkConcurrency,
  checkDeadLetters,
  checkEventSource,
  checkFunction,
  checkQueue,
  checkRule,
  checkSchedule,
  checkVersion,
} from '../../../cli/doctor/check-parts.ts'
import { checkReach, checkUnreadable } from '../../../cli/doctor/check-roles.ts'
import type { Level, Verdict } from '../../../cli/doctor/finding.ts'
import { checkRegion } from '../../../cli/doctor/run-checks.ts'
import { type StackPlace, stackParts } from '../../../cli/doctor/stack-parts.ts'
import { stackRemedies } from '../../../cli/doctor/stack-remedies.ts'
import { deploymentWith } from '../../../cli/session/deployment.ts'
import { settingsOf } from '../../../cli/stack-settings.ts'
import { ConfigurationError } from '../../../src/errors.ts'

const SCOPE = { profile: undefined, stage: 'prod', region: undefined }
/** The file of the stage has all settings as they are deployed. */
const AS_IT_IS = deploymentWith(
  SCOPE,
  { kind: 'read', file: 'settings/prod.yml', values: {} },
  settingsOf({}),
  undefined,
)
const PLACE: StackPlace = {
  stackName: 'okta-role-trust-prod',
  partition: 'aws',
  region: 'us-east-1',
  account: '111122223333',
  hasTelemetry: true,
  hubBusArn: '',
  remedies: stackRemedies(SCOPE, 'us-east-1', AS_IT_IS),
}
const { remedies: REMEDIES } = PLACE
const ANEW = '`npx --no serverless deploy --stage prod --force`'
const REBUILD =
  'read what goes with the stack (docs/operating.md, "A part of the stack is gone"), then `npx --no serverless remove --stage prod`, then `npx --no serverless deploy --stage prod`'
const PARTS = stackParts(PLACE)
const WAIT = 'wait a minute, and run doctor again'

/** What a check says, how bad it is, and what to do. */
type Case = readonly [name: string, verdict: Verdict, level: Level, message: string, remedy?: string]

const cases = (...all: readonly Case[]) =>
  test.each(all)('%s', (_, verdict, level, message, remedy) => {
    expect(verdict).toEqual({ level, message, ...(remedy !== undefined && { remedy }) })
  })

describe('the version', () => {
  const DEPLOY = '`npx --no serverless deploy --stage prod`'
  const of = (...found: readonly (string | undefined)[]) => checkVersion(found, '0.10.0', PLACE)
  cases(
    ['the same', of('0.10.0', '0.10.0'), 'ok', 'version 0.10.0 is deployed, that of this command line'],
    ['older', of('0.9.0', '0.9.0'), 'warning', 'version 0.9.0 is deployed, and this command line is 0.10.0', DEPLOY],
    [
      'newer',
      of('0.11.0', '0.11.0'),
      'warning',
      'version 0.11.0 is deployed, and this command line is 0.10.0',
      'run the command line of version 0.11.0',
    ],
    [
      'one function left behind',
      of('0.10.0', '0.9.0'),
      'warning',
      'version 0.9.0 is deployed, and this command line is 0.10.0',
      DEPLOY,
    ],
    [
      'not told',
      of(undefined, undefined),
      'warning',
      'the stack does not say its version: it is older than this command line, 0.10.0',
      DEPLOY,
    ],
  )
})

describe('the region', () => {
  cases(
    ['where events arrive', checkRegion('cn-north-1', 'aws-cn'), 'ok', "IAM's events arrive in cn-north-1"],
    [
      'of a partition that is not known',
      checkRegion('us-iso-east-1', 'aws-iso'),
      'warning',
      "it is not known where IAM's events arrive in the partition aws-iso",
      'see the IAM User Guide, "Monitor IAM events with EventBridge"',
    ],
  )
})

describe('a provider', () => {
  const now = new Date('2026-06-01T12:00:00Z')
  const until = (date: string) => checkProvider({ arn: 'ARN', validUntil: new Date(date) }, REMEDIES, now)
  const update =
    '`aws iam update-saml-provider --saml-provider-arn ARN --saml-metadata-document file://okta-metadata.xml` with new metadata from Okta in that file'
  cases(
    [
      'without an end',
      checkProvider({ arn: 'ARN', validUntil: undefined }, REMEDIES, now),
      'ok',
      'ARN does not expire',
    ],
    ['for long', until('2026-07-01T12:00:00Z'), 'ok', 'ARN is valid until 2026-07-01'],
    [
      'for 30 days less a moment',
      until('2026-07-01T11:59:59Z'),
      'warning',
      'ARN expires on 2026-07-01, in 29 days',
      update,
    ],
    ['for a day', until('2026-06-02T13:00:00Z'), 'warning', 'ARN expires on 2026-06-02, in 1 day', update],
    [
      'no longer',
      until('2026-06-01T11:59:59Z'),
      'warning',
      'ARN expired on 2026-06-01: sign-ins through Okta fail',
      update,
    ],
  )
})

describe('the parameter', () => {
  const origin = { name: 'SSM parameter /x', create: 'create it', correct: 'correct it', deploy: 'deploy' }
  const wrong = (message: string) => ({ kind: 'fault', error: new ConfigurationError(message) }) as const
  const one = { arn: 'ARN', validUntil: undefined }
  const check = (answer: Parameters<typeof checkParameter>[1]) => checkParameter(origin, answer)[0] ?? expect.fail()
  cases(
    [
      'with one provider',
      check({ kind: 'read', value: [one] }),
      'ok',
      'SSM parameter /x names 1 SAML provider that IAM knows',
    ],
    [
      'with two',
      check({ kind: 'read', value: [one, one] }),
      'ok',
      'SSM parameter /x names 2 SAML providers that IAM knows',
    ],
    [
      'that is not there',
      check({ kind: 'read', value: undefined }),
      'failure',
      'SSM parameter /x is missing',
      'create it',
    ],
    ['with a wrong value', check(wrong('SSM parameter /x: found')), 'failure', 'SSM parameter /x: found', 'correct it'],
    [
      'in a partition without audiences',
      check(wrong('partition p')),
      'failure',
      'partition p',
      'deploy, with that setting',
    ],
    [
      'that may not be read',
      check({ kind: 'denied', permission: 'kms:Decrypt', remedy: 'allow it' }),
      'warning',
      'SSM parameter /x could not be checked: the caller lacks the permission kms:Decrypt',
      'allow it, and run doctor again',
    ],
  )
})

describe('a function', () => {
  const check = (state: string, lastUpdate = 'Successful', reason?: string) =>
    checkFunction('f', { state, lastUpdate, reason, environment: {}, codeSha256: undefined }, PLACE)
  cases(
    ['that is active', check('Active'), 'ok', 'the function f is active'],
    ['that is missing', checkFunction('f', undefined, PLACE), 'failure', 'the function f is missing', REBUILD],
    ['that is new', check('Pending'), 'warning', 'the function f is being deployed', WAIT],
    ['that is being changed', check('Active', 'InProgress'), 'warning', 'the function f is being deployed', WAIT],
    [
      'whose update failed',
      check('Active', 'Failed', 'why'),
      'failure',
      'the latest deployment of f failed: why',
      ANEW,
    ],
    ['that failed', check('Failed'), 'failure', 'the function f is Failed', ANEW],
    ['that is at rest', check('Inactive', 'Successful', 'Idle'), 'failure', 'the function f is Inactive: Idle', ANEW],
    ['without a reservation', checkConcurrency('f', undefined, PLACE), 'ok', 'f may run'],
    ['with one', checkConcurrency('f', 5, PLACE), 'ok', 'f may run'],
    [
      'that is switched off',
      checkConcurrency('f', 0, PLACE),
      'failure',
      'the reserved concurrency of f is 0: it never runs',
      '`aws lambda delete-function-concurrency --region us-east-1 --function-name f`',
    ],
  )
})

describe('the event source', () => {
  const queue = { name: 'q', arn: 'Q' }
  const check = (state: string, arn = 'Q') => checkEventSource('f', queue, [{ uuid: 'u', arn, state }], PLACE)
  const resume = '`aws lambda update-event-source-mapping --region us-east-1 --uuid u --enabled`'
  cases(
    ['that is on', check('Enabled'), 'ok', 'f reads the queue q'],
    ['that is coming', check('Enabling'), 'warning', 'f is about to read the queue q', WAIT],
    ['that is off', check('Disabled'), 'failure', 'f does not read the queue q: the event source is Disabled', resume],
    [
      'that is going',
      check('Disabling'),
      'failure',
      'f does not read the queue q: the event source is Disabling',
      resume,
    ],
    ['of another queue', check('Enabled', 'R'), 'failure', 'nothing hands the queue q to f', REBUILD],
    ['that is missing', checkEventSource('f', queue, [], PLACE), 'failure', 'nothing hands the queue q to f', REBUILD],
  )
})

describe('a rule', () => {
  const rule = (state: string, schedule?: string) => ({ name: 'r', state, schedule })
  const target = { id: 'i', part: { name: 't', arn: 'T' } }
  const check = (state: string, ...targets: readonly string[]) => checkRule('r', target, rule(state), targets, PLACE)
  const enable = '`aws events enable-rule --region us-east-1 --name r`'
  cases(
    ['that is on', check('ENABLED', 'S', 'T'), 'ok', 'the rule r is on and leads to t'],
    [
      'for reads too',
      check('ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS', 'T'),
      'ok',
      'the rule r is on and leads to t',
    ],
    ['that is off', check('DISABLED', 'T'), 'failure', 'the rule r is DISABLED', enable],
    [
      'that leads elsewhere',
      check('ENABLED', 'S'),
      'failure',
      'the rule r does not lead to t',
      '`aws events put-targets --region us-east-1 --rule r --targets Id=i,Arn=T`',
    ],
    [
      'that is off and leads nowhere',
      check('DISABLED'),
      'failure',
      'the rule r does not lead to t and is DISABLED',
      `\`aws events put-targets --region us-east-1 --rule r --targets Id=i,Arn=T\`, then ${enable}`,
    ],
    ['that is missing', checkRule('r', target, undefined, [], PLACE), 'failure', 'the rule r is missing', REBUILD],
    [
      'by the clock',
      checkSchedule(target, [rule('DISABLED', 'a'), rule('ENABLED', 'b')], [], PLACE),
      'ok',
      'b starts t',
    ],
    [
      'by the clock that is off',
      checkSchedule(target, [rule('DISABLED', 'a')], [], PLACE),
      'failure',
      'the schedule r of t is DISABLED',
      enable,
    ],
    [
      'for events in place of a schedule',
      checkSchedule(target, [rule('ENABLED')], [], PLACE),
      'failure',
      'no schedule starts t',
      REBUILD,
    ],
    [
      'by the clock that leads nowhere',
      checkSchedule(target, [], [rule('ENABLED', 'a')], PLACE),
      'failure',
      'the schedule r does not lead to t',
      '`aws events put-targets --region us-east-1 --rule r --targets Id=i,Arn=T`',
    ],
  )
})

describe('a queue', () => {
  const depth = (waiting: number, inFlight = 0, delayed = 0) => ({ waiting, inFlight, delayed })
  const dead = (messages: Parameters<typeof checkDeadLetters>[2]) =>
    checkDeadLetters(PARTS.deadLetterQueue, PARTS.roleEventQueue, messages, PLACE)
  const move =
    'fix what the log of okta-role-trust-prod-role-event names, then `aws sqs start-message-move-task --region us-east-1 --source-arn arn:aws:sqs:us-east-1:111122223333:okta-role-trust-prod-dead-letters --destination-arn arn:aws:sqs:us-east-1:111122223333:okta-role-trust-prod-role-events` (docs/operating.md, "A message in the dead-letter queue")'
  const given = (messages: string) =>
    `okta-role-trust-prod-dead-letters holds ${messages}: events that failed several times`
  cases(
    ['that is empty', checkQueue('q', depth(0), PLACE), 'ok', 'the queue q is empty'],
    [
      'that is not',
      checkQueue('q', depth(3, 2, 1), PLACE),
      'ok',
      'the queue q holds 3 waiting, 2 in flight, 1 delayed',
    ],
    ['that is missing', checkQueue('q', undefined, PLACE), 'failure', 'the queue q is missing', REBUILD],
    ['without dead letters', dead(depth(0)), 'ok', 'the queue okta-role-trust-prod-dead-letters is empty'],
    ['with one', dead(depth(1)), 'failure', given('1 message'), move],
    ['with one that somebody looks at', dead(depth(0, 1)), 'failure', given('1 message'), move],
    ['with several', dead(depth(2, 1)), 'failure', given('3 messages'), move],
    [
      'with several, of a stack with a hub',
      checkDeadLetters(PARTS.deadLetterQueue, PARTS.roleEventQueue, depth(2, 1), { ...PLACE, hubBusArn: 'H' }),
      'failure',
      `${given('3 messages')}, or that the hub did not take`,
      `see which of these they are: where role events failed, ${move}`,
    ],
    [
      'for dead letters that is missing',
      dead(undefined),
      'failure',
      'the queue okta-role-trust-prod-dead-letters is missing',
      REBUILD,
    ],
  )
})

describe('the alarm topic', () => {
  const check = (confirmed: number, pending: number) =>
    checkAlarmTopic({ name: 't', arn: 'T' }, { confirmed, pending }, PLACE)
  cases(
    ['that somebody hears', check(2, 1), 'ok', 'the alarm topic t has 2 subscriptions'],
    [
      'that is missing',
      checkAlarmTopic({ name: 't', arn: 'T' }, undefined, PLACE),
      'failure',
      'the topic t is missing',
      '`aws sns create-topic --region us-east-1 --name t`, then `aws sns subscribe --region us-east-1 --topic-arn T --protocol email --notification-endpoint you@example.com`, and confirm the e-mail',
    ],
  )
})

describe('the reach of group mapping', () => {
  const role = (roleName: string, path = '/') => ({ roleName, path })
  const many = Array.from({ length: 12 }, (_, index) => role(`r.${index}`))

  test.each(['a.b', 'a,b', 'a+b', 'a=b', 'a@b'])('does not include the name %s', (name) => {
    expect(checkReach([role(name), role('plain')])).toMatchObject({
      level: 'warning',
      message: `Okta's group mapping does not reach 1 of 2 roles in scope by default: /${name}`,
    })
  })

  test('does not include a path, and includes letters, digits, _ and -', () => {
    expect(checkReach([role('a', '/team/')]).level).toBe('warning')
    expect(checkReach([role('Az_09-')]).level).toBe('ok')
    expect(checkReach([]).message).toBe("0 roles in scope, all within reach of Okta's group mapping")
  })

  test('is told with ten names at most', () => {
    expect(checkReach(many).message).toMatch(/12 of 12 roles .*: \/r\.0, .*, \/r\.9, and 2 more$/)
  })

  test('is not known of roles that cannot be read', () => {
    expect(checkUnreadable([], REMEDIES)).toEqual([])
    expect(checkUnreadable(['x', 'y'], REMEDIES)).toMatchObject([
      { level: 'failure', message: '2 roles could not be read, such as x' },
    ])
  })
})
