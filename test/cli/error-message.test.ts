import { describe, expect, test } from 'vitest'
import { errorMessageOf } from '../../cli/error-message.ts'
import { accessDenied, connectionReset, throttling } from '../../fake-aws/errors.ts'
import { ConfigurationError, InvalidInputError } from '../../src/errors.ts'

/** As the SDK raises it: with a name, and sometimes a code of Node. */
const fault = (name: string, message: string, code?: string) =>
  Object.assign(new Error(message), { name, ...(code !== undefined && { code }) })

describe('a fault is told in one line that says what to do', () => {
  test.each<[string, unknown, RegExp]>([
    ['configuration', new ConfigurationError('what is wrong'), /^what is wrong$/],
    ['input', new InvalidInputError('what was found'), /^what was found$/],
    [
      'the page of a proxy',
      fault(
        'SyntaxError',
        `Unexpected token '<', "<html><bod"... is not valid JSON\n  Deserialization error: to see the raw response, inspect the hidden field {error}.$response on this object.`,
      ),
      /^what answered was not AWS, or not whole: look at what is in between, such as a proxy [^\n]* run the command again/,
    ],
    ['an error without a name', fault('Unknown', 'UnknownError'), /^what answered was not AWS/],
    [
      'no credentials',
      fault('CredentialsProviderError', 'Could not load credentials from any providers'),
      /^no AWS credentials: sign in, name a profile with --profile/,
    ],
    [
      'a wrong profile',
      fault(
        'CredentialsProviderError',
        'Could not resolve credentials using profile: [prdo] in configuration/credentials file(s).',
      ),
      /^the profile prdo has no credentials or does not exist: `aws configure list-profiles`/,
    ],
    [
      'an expired single sign-on',
      fault(
        'CredentialsProviderError',
        'The SSO session associated with this profile has expired. To refresh this SSO session run aws sso login.',
      ),
      /^the AWS credentials have expired: sign in again, for example with `aws sso login`/,
    ],
    [
      'an expired session token of SSM',
      fault('ExpiredTokenException', 'The security token included in the request is expired'),
      /^the AWS credentials have expired/,
    ],
    [
      'an expired session token of IAM',
      fault('ExpiredToken', 'The security token included in the request is expired'),
      /have expired/,
    ],
    [
      'keys that AWS does not know',
      fault('InvalidClientTokenId', 'The security token included in the request is invalid.'),
      /^AWS does not accept the credentials: check the profile, the keys, and that the region belongs to their partition/,
    ],
    ['a wrong secret', fault('SignatureDoesNotMatch', 'The request signature we calculated…'), /^AWS does not accept/],
    [
      'a missing permission',
      accessDenied('iam:GetRole'),
      /^the caller lacks the permission iam:GetRole: allow it \(User: /,
    ],
    [
      'a permission that a service control policy denies',
      fault(
        'AccessDenied',
        'User: u is not authorized to perform: iam:GetRole on resource: r with an explicit deny in a service control policy',
      ),
      /^the caller lacks the permission iam:GetRole: a service control policy denies it, and allowing it elsewhere does not help: have that policy changed/,
    ],
    [
      'a permission that a permissions boundary denies',
      fault('AccessDenied', 'not authorized to perform: iam:GetRole with an explicit deny in a permissions boundary'),
      /: a permissions boundary denies it/,
    ],
    [
      'a permission that is denied without more words',
      fault('AccessDenied', 'not authorized to perform: iam:GetRole with an explicit deny'),
      /: a policy denies it/,
    ],
    [
      'a permission that no service control policy allows',
      fault(
        'AccessDenied',
        'not authorized to perform: iam:GetRole because no service control policy allows the iam:GetRole action',
      ),
      /: allow it in a service control policy too \(/,
    ],
    [
      'a single sign-on that never was',
      fault(
        'CredentialsProviderError',
        "The SSO session token associated with profile=prod was not found or is invalid. To refresh this SSO session run 'aws sso login' with the corresponding profile.",
      ),
      /^the AWS credentials have expired: sign in again, for example with `aws sso login`/,
    ],
    [
      'a permission that is denied in other words',
      fault('AccessDeniedException', 'nothing more is said'),
      /^the caller lacks a permission: allow it \(nothing more is said\)$/,
    ],
    ['throttling', throttling(), /^AWS is throttling: .* wait a little and run the command again/],
    ['throttling of SSM', fault('ThrottlingException', 'Rate exceeded'), /^AWS is throttling/],
    [
      'no network',
      fault('Error', 'getaddrinfo ENOTFOUND iam.amazonaws.com', 'ENOTFOUND'),
      /^AWS cannot be reached: check the network/,
    ],
    ['a network that breaks', connectionReset(), /^AWS cannot be reached/],
    ['anything else', new TypeError('a\n  b'), /^TypeError: a b$/],
    ['what is no error', 'text', /^text$/],
  ])('%s', (_, error, words) => {
    const line = errorMessageOf(error)
    expect(line).toMatch(words)
    expect(line).not.toContain('\n')
  })
})

test('a command in it names the profile that was given', () => {
  expect(errorMessageOf(fault('ExpiredToken', 'x'), { profile: 'my prod' })).toContain(
    "`aws sso login --profile 'my prod'`",
  )
})
