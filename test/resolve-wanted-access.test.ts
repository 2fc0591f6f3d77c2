import { describe, expect, test } from 'vitest'
import { accountOfFunction } from '../src/aws-account.ts'
import { ConfigurationError } from '../src/errors.ts'
import { resolveWantedAccess } from '../src/resolve-wanted-access.ts'

const OKTA = 'arn:aws:iam::111122223333:saml-provider/Okta'
const PREVIEW = 'arn:aws:iam::111122223333:saml-provider/Okta-preview'
const config = {
  parameterName: '/okta/saml-provider-arn',
  audiences: [],
  actions: ['sts:AssumeRoleWithSAML'],
  sid: 'EntraSso',
}
const home = { partition: 'aws', region: 'us-east-1', account: '111122223333' }
const now = new Date('2026-11-24T12:00:00Z')

const load = (
  value: string | undefined,
  { audiences = [] as string[], at = home, validUntil = new Date('2027-01-01') } = {},
) =>
  resolveWantedAccess(
    { ...config, audiences },
    {
      readParameter: async () => value,
      readSamlProvider: async (arn) => (arn.includes('Unknown') ? undefined : { validUntil }),
    },
    at,
    now,
  )

test('one ARN becomes the wanted provider, with the default audience of its partition', async () => {
  expect(await load(OKTA)).toEqual({
    wanted: {
      providers: [OKTA],
      audiences: ['https://signin.aws.amazon.com/saml'],
      actions: ['sts:AssumeRoleWithSAML'],
      sid: 'EntraSso',
    },
    warnings: [],
  })
})

test('several ARNs are separated by commas, white space and repeats do not count', async () => {
  expect((await load(` ${OKTA} ,${PREVIEW}\n,${OKTA}`)).wanted.providers).toEqual([OKTA, PREVIEW])
})

test('configured audiences take the place of the default', async () => {
  const audiences = ['https://eu-west-1.signin.aws.amazon.com/saml']
  expect((await load(OKTA, { audiences })).wanted.audiences).toEqual(audiences)
})

describe('an audience that Okta can hardly post to is a warning that names it and says why', () => {
  const warningsOf = async (audience: string, partition = 'aws') => {
    const arn = OKTA.replace('arn:aws:', `arn:${partition}:`)
    return (await load(arn, { audiences: [audience], at: { ...home, partition } })).warnings
  }

  test.each([
    ['https://signin.amazonaws.cn/saml', 'it belongs to the partition aws-cn, and no provider does'],
    [
      'https://us-gov-west-1.signin.amazonaws-us-gov.com/saml',
      'it belongs to the partition aws-us-gov, and no provider does',
    ],
    ['https://signin.aws.amazon.com/saml/', 'it ends with a slash'],
    ['https://signin.aws.amazon.com', 'AWS takes assertions at /saml'],
    ['https://signin.aws.amazon.com/SAML', 'AWS takes assertions at /saml'],
    ['https://acme.okta.com/saml', 'acme.okta.com is not a sign-in host of AWS'],
    ['https://signin.aws.amazon.com:443/saml', 'signin.aws.amazon.com:443 is not a sign-in host of AWS'],
    ['https://signin.aws.amazon.com.example/saml', 'is not a sign-in host of AWS'],
    ['https://Signin.aws.amazon.com/saml', 'is not a sign-in host of AWS'],
    ['https://', 'is not a sign-in host of AWS'],
  ])('%s', async (audience, why) => {
    const [warning, ...others] = await warningsOf(audience)
    expect(warning).toContain(`audience ${audience}: `)
    expect(warning).toContain(why)
    expect(others).toEqual([])
  })

  test.each([
    ['https://signin.aws.amazon.com/saml', 'aws'],
    ['https://eu-west-1.signin.aws.amazon.com/saml', 'aws'],
    ['https://eu-west-1.signin.aws.amazon.com/saml/acs/SAMLSPEXAMPLE1', 'aws'],
    ['https://us-gov-west-1.signin.amazonaws-us-gov.com/saml', 'aws-us-gov'],
    ['https://cn-north-1.signin.amazonaws.cn/saml', 'aws-cn'],
    ['https://eusc-de-east-1.signin.amazonaws-eusc.eu/saml', 'aws-eusc'],
    ['https://signin.example/saml', 'aws-iso'],
  ])('and not %s in %s', async (audience, partition) => {
    expect(await warningsOf(audience, partition)).toEqual([])
  })
})

test.each([
  ['aws-us-gov', 'https://signin.amazonaws-us-gov.com/saml'],
  ['aws-cn', 'https://signin.amazonaws.cn/saml'],
])('the default audience in %s is %s', async (partition, audience) => {
  const arn = OKTA.replace('arn:aws:', `arn:${partition}:`)
  expect((await load(arn, { at: { ...home, partition } })).wanted.audiences).toEqual([audience])
})

test('an expired provider is a warning that names it and the time', async () => {
  const { wanted, warnings } = await load(OKTA, { validUntil: new Date('2026-11-01T00:00:00Z') })
  expect(wanted.providers).toEqual([OKTA])
  expect(warnings).toEqual([expect.stringContaining(`${OKTA} expired at 2026-11-01T00:00:00.000Z`)])
})

describe('a wrong parameter is a configuration error that names it and says what is wrong', () => {
  test.each([
    ['missing', undefined, 'create it with: aws ssm put-parameter --region us-east-1 --name /okta/saml-provider-arn'],
    ['empty', '', 'found "", expected a SAML provider ARN'],
    ['a role ARN', 'arn:aws:iam::111122223333:role/Okta', 'found "arn:aws:iam::111122223333:role/Okta"'],
    [
      'something secret by mistake, which is not repeated',
      'hunter2',
      'found a text of 7 characters, expected a SAML provider ARN',
    ],
    ['a comma too many', `${OKTA},`, 'found "", expected a SAML provider ARN'],
    [
      'an ARN of another account',
      OKTA.replace('111122223333', '999988887777'),
      'expected a SAML provider of this account',
    ],
    [
      'an ARN of another partition',
      OKTA.replace('arn:aws:', 'arn:aws-cn:'),
      'expected a SAML provider of this account',
    ],
    ['an ARN that IAM does not know', OKTA.replace('Okta', 'Unknown'), 'IAM knows no SAML provider'],
  ])('%s', async (_, value, message) => {
    const failure = load(value)
    await expect(failure).rejects.toThrow(ConfigurationError)
    await expect(failure).rejects.toThrow('SSM parameter /okta/saml-provider-arn: ')
    await expect(failure).rejects.toThrow(message)
  })

  test('a partition without a default audience needs configured ones', async () => {
    const at = { ...home, partition: 'aws-eusc' }
    const arn = OKTA.replace('arn:aws:', 'arn:aws-eusc:')
    await expect(load(arn, { at })).rejects.toThrow('the setting audiences')
    expect((await load(arn, { at, audiences: ['https://a.example/saml'] })).wanted.audiences).toHaveLength(1)
  })
})

test('the account and partition of a function are read from its ARN', () => {
  expect(accountOfFunction('arn:aws-us-gov:lambda:us-gov-west-1:111122223333:function:x')).toEqual({
    ...home,
    partition: 'aws-us-gov',
    region: 'us-gov-west-1',
  })
  expect(accountOfFunction(undefined)).toBeUndefined()
  expect(accountOfFunction('')).toBeUndefined()
})
