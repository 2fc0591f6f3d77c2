import { AssumeRoleWithSAMLCommand, STSClient, STSServiceException } from '@aws-sdk/client-sts'
import { mockClient } from 'aws-sdk-client-mock'
import { beforeEach, expect, test } from 'vitest'
import { createIdentityProvider } from '../../acceptance/identity-provider.ts'
import {
  type Door,
  otherRecipient,
  ownRecipient,
  type SignIn,
  signIn,
  signInAfter,
  wordsOf,
} from '../../acceptance/sign-in.ts'
import { defaultAudience } from '../../src/config/audience.ts'

const sts = mockClient(STSClient)
const account = { partition: 'aws', region: 'us-east-1', account: '111122223333' }
const ROLE = 'arn:aws:iam::111122223333:role/okta-role-trust-acceptance-0123abcd-sign-in'
const signal = new AbortController().signal

async function door(): Promise<Door> {
  const idp = await createIdentityProvider('okta-role-trust-acceptance-0123abcd')
  return {
    sts: new STSClient({ region: 'us-east-1' }),
    account,
    idp,
    providerArn: 'arn:aws:iam::111122223333:saml-provider/x',
  }
}

beforeEach(() => sts.reset())

const failing = (name: string) =>
  new STSServiceException({ name, message: 'words of AWS', $fault: 'client', $metadata: {} })

test('a session is asked for that lasts 15 minutes, and its keys are handed out to nobody', async () => {
  const keys = { AccessKeyId: 'ASIAEXAMPLE', SecretAccessKey: 'secret', SessionToken: 'token', Expiration: new Date() }
  sts.on(AssumeRoleWithSAMLCommand).resolves({ Credentials: keys })
  expect(await signIn(await door(), ROLE)).toEqual({ kind: 'let in' })
  const [call] = sts.commandCalls(AssumeRoleWithSAMLCommand)
  expect(call?.args[0].input).toMatchObject({ RoleArn: ROLE, DurationSeconds: 900 })
})

test.each([
  ['AccessDenied', { kind: 'refused' }, 'refused'],
  [
    'InvalidIdentityToken',
    { kind: 'failed', error: 'InvalidIdentityToken: words of AWS' },
    'failed (InvalidIdentityToken: words of AWS)',
  ],
  [
    'ExpiredTokenException',
    { kind: 'failed', error: 'ExpiredTokenException: words of AWS' },
    'failed (ExpiredTokenException: words of AWS)',
  ],
])('%s: only what the trust policy decides counts as refused', async (name, expected, words) => {
  sts.on(AssumeRoleWithSAMLCommand).rejects(failing(name))
  const found = await signIn(await door(), ROLE)
  expect(found).toEqual(expected)
  expect(wordsOf(found)).toBe(words)
})

test('an error of STS that repeats the assertion is told without it', async () => {
  sts.on(AssumeRoleWithSAMLCommand).callsFake(({ SAMLAssertion }) => {
    const message = `1 validation error detected: Value '${SAMLAssertion}' at 'sAMLAssertion' failed to satisfy constraint`
    throw new STSServiceException({ name: 'ValidationError', message, $fault: 'client', $metadata: {} })
  })
  const error =
    "ValidationError: 1 validation error detected: Value '(the assertion)' at 'sAMLAssertion' failed to satisfy constraint"
  expect(await signIn(await door(), ROLE)).toEqual({ kind: 'failed', error })
})

test('another audience is one that AWS takes assertions for as well', () => {
  expect(ownRecipient(account)).toBe(defaultAudience('aws'))
  expect(otherRecipient(account)).toBe('https://us-east-1.signin.aws.amazon.com/saml')
  expect(otherRecipient({ ...account, partition: 'aws-us-gov', region: 'us-gov-west-1' })).toBe(
    'https://us-gov-west-1.signin.amazonaws-us-gov.com/saml',
  )
})

const LET_IN: SignIn = { kind: 'let in' }
const REFUSED: SignIn = { kind: 'refused' }
const FAILED: SignIn = { kind: 'failed', error: 'InvalidIdentityToken' }

function attempts(...found: readonly SignIn[]) {
  const left = [...found]
  return async () => left.shift() ?? FAILED
}

test.each([
  [
    'before the patch: an assertion that IAM does not know yet says nothing',
    ['failed'],
    [FAILED, REFUSED, LET_IN],
    REFUSED,
  ],
  ['before the patch: whoever is let in is let in', ['failed'], [LET_IN, REFUSED], LET_IN],
  ['after it: the patch takes a while to count', ['failed', 'refused'], [REFUSED, FAILED, LET_IN], LET_IN],
  ['after the withdrawal: it takes a while to count', ['failed', 'let in'], [LET_IN, LET_IN, REFUSED], REFUSED],
] as const)('%s', async (_, transient, found, expected) => {
  expect(await signInAfter(transient, attempts(...found), signal, [10_000, 0])).toEqual(expected)
})

test('what does not change in time is what was seen', async () => {
  expect(await signInAfter(['refused'], async () => REFUSED, signal, [20, 1])).toEqual(REFUSED)
})

test('nobody tries on once the run was interrupted', async () => {
  await expect(signInAfter(['failed'], attempts(FAILED), AbortSignal.abort(new Error('interrupted')))).rejects.toThrow(
    'interrupted',
  )
})
