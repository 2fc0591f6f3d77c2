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
    stackName: 'okta-role-trust-dev',
    queueName: 'okta-role-trust-dev-role-events',
  })
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

test.each([
  ['PARAMETER_NAME', 'okta-provider'],
  ['PARAMETER_NAME', '/awsome/okta_1.x'],
  ['PARAMETER_NAME', '/1'.repeat(15)],
  ['TAG_KEY', 'Acme:Okta / SSO+1@x.y=z'],
  ['TAG_KEY', 'größe'],
  ['TAG_VALUE', 'x'.repeat(256)],
])('%s may be %s', (name, value) => {
  expect(() => readConfig({ ...ENVIRONMENT, [name]: value })).not.toThrow()
})

describe('what is wrong is named, with what was found and what was expected', () => {
  test.each<readonly [string, string | undefined, string]>([
    ['MAX_CHANGES', '9000', 'environment.MAX_CHANGES: found "9000", expected a whole number from 0 to 5000'],
    ['MAX_CHANGES', '2e3', 'environment.MAX_CHANGES: found "2e3", expected a whole number'],
    ['MAX_CHANGES', '-1', 'environment.MAX_CHANGES: found "-1", expected a whole number'],
    ['ON_UNTAG', 'remove', 'environment.ON_UNTAG: found "remove", expected "keep" or "revoke"'],
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
    ['PARAMETER_NAME', undefined, 'environment.PARAMETER_NAME: found nothing, expected a string'],
  ])('%s = %s', (name, value, message) => {
    expect(() => readConfig({ ...ENVIRONMENT, [name]: value })).toThrow(message)
  })

  test('all at once', () => {
    expect(() => readConfig({ ...ENVIRONMENT, MAX_CHANGES: 'x', ON_UNTAG: 'y' })).toThrow(/MAX_CHANGES.*ON_UNTAG/)
  })
})
