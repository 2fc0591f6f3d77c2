import { describe, expect, test } from 'vitest'
import { readConfig } from '../src/config.ts'
import { ENVIRONMENT } from './environment.ts'

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

describe('what is wrong is named, with what was found and what was expected', () => {
  test.each([
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
    ['PARAMETER_NAME', undefined, 'environment.PARAMETER_NAME: found nothing, expected a string'],
  ])('%s = %s', (name, value, message) => {
    expect(() => readConfig({ ...ENVIRONMENT, [name]: value })).toThrow(message)
  })

  test('all at once', () => {
    expect(() => readConfig({ ...ENVIRONMENT, MAX_CHANGES: 'x', ON_UNTAG: 'y' })).toThrow(/MAX_CHANGES.*ON_UNTAG/)
  })
})
