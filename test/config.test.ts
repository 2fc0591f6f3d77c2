import { describe, expect, test } from 'vitest'
import { ENVIRONMENT } from '../fake-aws/environment.ts'
import { readConfig } from '../src/config/read-config.ts'

test('the defaults of the stack ask for AssumeRoleWithSAML alone, with the audience of the partition', () => {
  expect(readConfig(ENVIRONMENT)).toEqual({
    parameterName: '/okta/saml-provider-arn',
    tag: { key: 'okta-sso', value: 'true' },
    audiences: [],
    actions: ['sts:AssumeRoleWithSAML'],
    exclusions: [],
    maxChanges: 50,
    onUntag: 'keep',
    sid: 'OktaSso',
    mode: 'enforce',
    stackName: 'okta-role-trust-dev',
    queueName: 'okta-role-trust-dev-role-events',
    version: ENVIRONMENT.VERSION,
  })
})

test('a stack of before there were a mode and a Sid writes, and as it did then', () => {
  const { MODE: _mode, SID: _sid, ...environment } = ENVIRONMENT
  expect(readConfig(environment)).toMatchObject({ mode: 'enforce', sid: 'OktaSso' })
})

test.each(['EntraSso', 'OktaSso2x', 'a', '7x', 'x'.repeat(32)])('a Sid may be %s', (SID) => {
  expect(readConfig({ ...ENVIRONMENT, SID }).sid).toBe(SID)
})

test('session tags and source identity add their actions, in a fixed order', () => {
  const { actions } = readConfig({ ...ENVIRONMENT, SOURCE_IDENTITY: 'true', SESSION_TAGS: 'true' })
  expect(actions).toEqual(['sts:AssumeRoleWithSAML', 'sts:TagSession', 'sts:SetSourceIdentity'])
})

test('lists are separated by commas, white space around them does not count, repeats are dropped', () => {
  const env = {
    ...ENVIRONMENT,
    AUDIENCES: 'https://a.example/saml, https://b.example/saml,https://a.example/saml',
    EXCLUSIONS: ' /break-glass/* ,*Admin*',
  }
  expect(readConfig(env)).toMatchObject({
    audiences: ['https://a.example/saml', 'https://b.example/saml'],
    exclusions: ['/break-glass/*', '*Admin*'],
  })
})

test.each<readonly [string, string]>([
  ['PARAMETER_NAME', 'okta-provider'],
  ['PARAMETER_NAME', '/awsome/okta_1.x'],
  ['PARAMETER_NAME', '/1'.repeat(15)],
  ['TAG_KEY', 'Acme:Okta / SSO+1@x.y=z'],
  ['TAG_KEY', 'größe'],
  ['TAG_VALUE', 'x'.repeat(256)],
  ...[
    ...[
      'rate(1 minute)',
      'rate(2 minutes)',
      'rate(60 minutes)',
      'rate(1440 minutes)',
      'rate(1 hour)',
      'rate(24 hours)',
    ],
    ...[
      'rate(1 day)',
      'cron(0 6 * * ? *)',
      'cron(0/30 6-18,22 ? * * *)',
      'cron(*/15 * * * ? *)',
      'cron(59 23 * * ? *)',
    ],
  ].map((schedule) => ['SCHEDULE', schedule] as const),
  ['PERMISSIONS_BOUNDARY', ''],
  ['PERMISSIONS_BOUNDARY', 'arn:aws-us-gov:iam::111122223333:policy/team/boundary'],
  ['PERMISSIONS_BOUNDARY', 'arn:aws:iam::aws:policy/PowerUserAccess'],
  ['LOG_RETENTION_DAYS', '1'],
  ['LOG_RETENTION_DAYS', '3653'],
  ['DEPLOYMENT_BUCKET', ''],
  ['DEPLOYMENT_BUCKET', 'acme.deploy-1'],
  ['ACCOUNT_TELEMETRY', 'false'],
  ['HUB_BUS_ARN', ''],
  ['HUB_BUS_ARN', 'arn:aws:events:us-east-1:999988887777:event-bus/okta-role-trust-hub'],
  ['HUB_BUS_ARN', 'arn:aws-us-gov:events:us-gov-west-1:999988887777:event-bus/defaults.of_acme-1'],
  ['READER_PRINCIPAL', ''],
  ['READER_PRINCIPAL', 'arn:aws-cn:iam::999988887777:root'],
  ['READER_PRINCIPAL', 'arn:aws:iam::999988887777:user/alice@example.com'],
  [
    'READER_PRINCIPAL',
    'arn:aws:iam::999988887777:role/aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_Audit_0123456789abcdef',
  ],
  ['TAGS', ''],
  ['TAGS', 'team=identity, Kostenstelle größe=4 2,formula=a=b@c'],
  ['TAGS', Array.from({ length: 49 }, (_, index) => `k${index}=v`).join(',')],
  ['TAGS', `${'k'.repeat(128)}=${'v'.repeat(256)}`],
])('%s may be %s', (name, value) => {
  expect(() => readConfig({ ...ENVIRONMENT, [name]: value })).not.toThrow()
})

describe('what is wrong is named, with what was found and what was expected', () => {
  test.each<readonly [string, string | undefined, string]>([
    ['MAX_CHANGES', '9000', 'environment.MAX_CHANGES: found "9000", expected a whole number from 0 to 5000'],
    ['MAX_CHANGES', '9'.repeat(400), '…, expected a whole number from 0 to 5000'],
    ['MAX_CHANGES', '2e3', 'environment.MAX_CHANGES: found "2e3", expected a whole number'],
    ['MAX_CHANGES', '-1', 'environment.MAX_CHANGES: found "-1", expected a whole number'],
    ['ON_UNTAG', 'remove', 'environment.ON_UNTAG: found "remove", expected "keep" or "revoke"'],
    ['MODE', 'Report', 'environment.MODE: found "Report", expected "enforce" or "report"'],
    ...['OktaSso2', '2', 'Okta-Sso', 'Okta Sso', 'OktaSsö', '', 'x'.repeat(33)].map(
      (sid) =>
        [
          'SID',
          sid,
          `environment.SID: found ${JSON.stringify(sid)}, expected at most 32 letters and digits, the last one a letter`,
        ] as const,
    ),
    ['SESSION_TAGS', 'yes', 'environment.SESSION_TAGS: found "yes", expected "true" or "false"'],
    [
      'AUDIENCES',
      'signin.aws.amazon.com/saml',
      'environment.AUDIENCES.0: found "signin.aws.amazon.com/saml", expected an https URL',
    ],
    ['TAG_KEY', '', 'environment.TAG_KEY: found "", expected a string that is not empty'],
    ['TAG_KEY', 'aws:x', 'environment.TAG_KEY: found "aws:x", expected a key that does not begin with aws:'],
    ['TAG_KEY', 'AWS:x', 'expected a key that does not begin with aws:'],
    ['TAG_KEY', 'okta,sso', 'environment.TAG_KEY: found "okta,sso", expected at most 128 letters, digits, spaces'],
    ['TAG_KEY', 'x'.repeat(129), 'expected at most 128 letters'],
    ['TAG_VALUE', 'yes!', 'environment.TAG_VALUE: found "yes!", expected at most 256 letters'],
    ['TAG_VALUE', 'x'.repeat(257), 'expected at most 256 letters'],
    ...['/a b', '/aws/x', '/AWS/x', '/ssm', 'awsx', 'a/b', '/a/', '/a//b', '/', '/ä', '/1'.repeat(16)].map(
      (name) =>
        [
          'PARAMETER_NAME',
          name,
          `environment.PARAMETER_NAME: found "${name}", expected the name of an SSM parameter, such as /okta/`,
        ] as const,
    ),
    ...['https://*.signin.aws.amazon.com/saml', 'https://signin.aws.amazon.com/s?ml', 'https://$x', 'https://ä'].map(
      (url) =>
        [
          'AUDIENCES',
          `https://signin.aws.amazon.com/saml,${url}`,
          'environment.AUDIENCES.1: found "https://signin.aws.amazon.com/saml,',
        ] as const,
    ),
    ...['899', '43201', '3600s', '1.5', '-900', ' 3600'].map(
      (seconds) =>
        [
          'SESSION_DURATION',
          seconds,
          `environment.SESSION_DURATION: found "${seconds}", expected nothing, or a whole number of seconds from 900 to 43200`,
        ] as const,
    ),
    ['EXCLUSIONS', '/ok/*,BreakGlass', 'environment.EXCLUSIONS.1: '],
    ['EXCLUSIONS', '/ok/*,BreakGlass', '; "BreakGlass" can match no role: path and name together begin with /'],
    ['EXCLUSIONS', 'team/*', 'letter case counts and ? stands for a comma; "team/*" can match no role'],
    ...[
      ...['', 'hourly', 'rate(0 minutes)', 'rate(1 minutes)', 'rate(2 hour)', 'rate(1441 minutes)', 'rate(25 hours)'],
      ...['rate(2 days)', 'rate(7 days)', 'rate(1 week)', 'rate(01 hour)', ' rate(1 hour)', 'RATE(1 hour)'],
      ...['cron(0 6 * * ?)', 'cron(0 6 * * * *)', 'cron(0 6 ? * ? *)', 'cron(0 6 ? * MON *)', 'cron(0 6 1 * ? *)'],
      ...[
        'cron(60 6 * * ? *)',
        'cron(0 24 * * ? *)',
        'cron(0 6 * * ? 2027)',
        'cron(0/0 6 * * ? *)',
        'cron(, 6 * * ? *)',
      ],
    ].map(
      (schedule) =>
        [
          'SCHEDULE',
          schedule,
          `environment.SCHEDULE: found "${schedule}", expected a schedule that runs every day: rate(1 hour), `,
        ] as const,
    ),
    ...[
      ...[
        'boundary',
        'arn:aws:iam::111122223333:role/x',
        'arn:aws:iam::1:policy/x',
        'arn:aws:iam::111122223333:policy/',
      ],
      'arn:aws:iam::111122223333:policy/x y',
    ].map((arn) => ['PERMISSIONS_BOUNDARY', arn, `found "${arn}", expected the ARN of a managed policy`] as const),
    ...['', '0', '91', '90 ', '9999'].map(
      (days) => ['LOG_RETENTION_DAYS', days, `found "${days}", expected one of 1, 3, 5, 7, `] as const,
    ),
    ...[
      ...['ab', 'Acme', 'a_b', 'a..b', '-ab', 'ab-', '192.168.5.4', 'xn--a', 'sthree-a', 'amzn-s3-demo-a', 'a-s3alias'],
      ...['a--ol-s3', 'a.mrap', 'a--x-s3', 'a--table-s3', 's3://acme', 'x'.repeat(64)],
    ].map((name) => ['DEPLOYMENT_BUCKET', name, `found "${name}", expected the name of an S3 bucket`] as const),
    ['ACCOUNT_TELEMETRY', 'off', 'found "off", expected "true" or "false"'],
    ...[
      ...['hub', 'arn:aws:events:us-east-1:9999:event-bus/hub', 'arn:aws:sqs:us-east-1:999988887777:hub'],
      ...['arn:aws:events:us-east-1:999988887777:rule/hub', 'arn:aws:events:us-east-1:999988887777:event-bus/'],
      // What is forwarded to the bus that it comes from would come again.
      'arn:aws:events:us-east-1:111122223333:event-bus/default',
      'arn:aws:events:us-east-1:999988887777:event-bus/aws.partner/example.com/1',
      'arn:aws:events:us-east-1:999988887777:event-bus/a b',
      'arn:aws:events:*:999988887777:event-bus/hub',
    ].map((arn) => ['HUB_BUS_ARN', arn, `found "${arn}", expected the ARN of the hub's event bus`] as const),
    ...[
      ...['*', 'arn:aws:iam::*:root', 'arn:aws:iam::999988887777:role/*', 'arn:aws:iam::999988887777:role/audito?'],
      ...['999988887777', 'arn:aws:iam::9999:root', 'arn:aws:iam::999988887777:group/auditors', 'auditor'],
      // Of one session only, and IAM would take a pattern for none of a service.
      ...['arn:aws:sts::999988887777:assumed-role/auditor/alice', 'lambda.amazonaws.com'],
      ...[
        'arn:aws:iam::999988887777:role/',
        'arn:aws:iam::999988887777:role//auditor',
        'arn:aws:iam::999988887777:root ',
      ],
    ].map(
      (arn) =>
        ['READER_PRINCIPAL', arn, `found "${arn}", expected the ARN of a role, a user or an account's root`] as const,
    ),
    ['POWERTOOLS_LOG_LEVEL', 'WARN', 'found "WARN", expected "DEBUG" or "INFO"'],
    ...['team', 'team=', '=x', 'a=b;c', 'a=b,c', 'a!=b', `${'k'.repeat(129)}=v`, `k=${'v'.repeat(257)}`].map(
      (tags) => ['TAGS', tags, ', expected key=value pairs separated by commas, '] as const,
    ),
    ['TAGS', 'a=b,AWS:c=d', 'expected tags that do not begin with aws:, which is reserved for AWS, and "AWS:c" does'],
    ['TAGS', 'a=aws:b', 'expected tags that do not begin with aws:'],
    ['TAGS', 'Stage=x', 'expected other keys than STAGE, which holds the stage'],
    ['TAGS', 'team=x,Team=y', 'expected each key once, letter case ignored, and "Team" is there twice'],
    [
      'TAGS',
      Array.from({ length: 50 }, (_, index) => `k${index}=v`).join(','),
      'expected at most 49 tags: AWS takes 50',
    ],
    ['PARAMETER_NAME', undefined, 'environment.PARAMETER_NAME: found nothing, expected a string'],
  ])('%s = %s', (name, value, message) => {
    expect(() => readConfig({ ...ENVIRONMENT, [name]: value })).toThrow(message)
  })

  test('all at once', () => {
    expect(() => readConfig({ ...ENVIRONMENT, MAX_CHANGES: 'x', ON_UNTAG: 'y' })).toThrow(/MAX_CHANGES.*ON_UNTAG/)
  })
})
