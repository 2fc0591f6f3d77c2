import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import type { Account } from '../../../fake-aws/account.ts'
import { ENVIRONMENT } from '../../../fake-aws/environment.ts'
import { accountWithOkta, ec2, managed, OKTA, PARAMETER, policy, TAGGED } from '../../functions.ts'
import { runCli } from '../command-line.ts'

const ENTRA = 'arn:aws:iam::111122223333:saml-provider/Entra'
const OFFLINE = ['--no-stack', '--provider-arn', OKTA]

let account: Account
beforeEach(() => {
  account = accountWithOkta()
})
afterEach(() => {
  expect(account.writes).toEqual([])
})

const statement = (...args: readonly string[]) => runCli(['statement', ...args])

describe('where the stack is deployed', () => {
  test('is what the system would write by its settings', async () => {
    account.addFunction('okta-role-trust-dev-backfill', { ...ENVIRONMENT, SESSION_TAGS: 'true', SID: 'People' })
    account.addRole({ name: 'analyst', tags: TAGGED, document: policy(ec2) })
    const { stdout, exitCode } = await statement()
    const planned = JSON.parse((await runCli(['plan', '--json'])).stdout)
    expect(policy(ec2, JSON.parse(stdout))).toEqual(planned.roles[0].after)
    expect(JSON.parse(stdout)).toMatchObject({ Sid: 'People', Action: ['sts:AssumeRoleWithSAML', 'sts:TagSession'] })
    expect(exitCode).toBe(0)
  })

  test('refuses other settings, which the stack would undo', async () => {
    account.addFunction('okta-role-trust-dev-backfill', ENVIRONMENT)
    const { stdout, stderr, exitCode } = await statement('--sid', 'People')
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 1 })
    expect(stderr).toContain('its settings apply: leave out --sid')
  })

  test('takes the ARNs of the parameter, and HCL its name', async () => {
    account.addProvider('Entra')
    account.addFunction('okta-role-trust-dev-backfill', { ...ENVIRONMENT, PARAMETER_NAME: '/sso/arns' })
    account.putParameter('/sso/arns', `${OKTA}, ${ENTRA}`)
    expect(JSON.parse((await statement()).stdout).Principal).toEqual({ Federated: [OKTA, ENTRA] })
    const { stdout, stderr } = await statement('--format', 'hcl')
    expect(stdout).toContain('name = "/sso/arns"')
    expect(stderr).toContain(
      `The SSM parameter /sso/arns must be there, of type String or StringList, with ${OKTA}, ${ENTRA}.`,
    )
  })

  test('is none where the parameter is missing, or IAM does not know the provider', async () => {
    account.putParameter(PARAMETER, ENTRA)
    const unknown = await statement()
    expect(unknown).toMatchObject({ stdout: '', exitCode: 1 })
    expect(unknown.stderr).toContain(`IAM knows no SAML provider ${ENTRA}`)
    const missing = await statement('--parameter-name', '/elsewhere')
    expect(missing).toMatchObject({ stdout: '', exitCode: 1 })
    expect(missing.stderr).toContain('there is no SSM parameter /elsewhere in us-east-1')
  })
})

describe('without AWS', () => {
  afterEach(() => {
    expect(account.calls).toEqual([])
  })

  test.each(['json', 'yaml', 'hcl'])('is printed as %s, and says what it assumes', async (format) => {
    const { stdout, stderr, exitCode } = await statement('--format', format, ...OFFLINE)
    expect(stdout).toContain('sts:AssumeRoleWithSAML')
    expect(stderr).toContain(`Settings: the defaults except --provider-arn ${OKTA} (--no-stack).\n`)
    expect(stderr).toContain(
      'Assumed, since AWS is not asked: the account is 111122223333, IAM knows the SAML provider',
    )
    expect(exitCode).toBe(0)
  })

  test.each([
    ['the defaults', OKTA, []],
    ['several providers', `${OKTA}, ${ENTRA}`, []],
    ['several audiences', OKTA, ['--audiences', 'https://signin.aws.amazon.com/saml,https://example.com/%{"a}\\']],
    ['session tags', OKTA, ['--session-tags', 'true']],
    ['a source identity too', OKTA, ['--session-tags', 'true', '--source-identity', 'true']],
    ['a Sid that YAML might take for a value', OKTA, ['--sid', 'On']],
  ])('leaves nothing to change once it is pasted: %s', async (_, arns, options) => {
    const settings = ['--no-stack', '--provider-arn', arns, ...options]
    const json = JSON.parse((await statement(...settings)).stdout)
    const [yaml] = parse((await statement('--format', 'yaml', ...settings)).stdout, { version: '1.1' })
    for (const pasted of [json, yaml]) {
      const { stdout, exitCode } = await runCli(['explain', '-', '--json', ...settings], {
        input: JSON.stringify(policy(ec2, pasted)),
      })
      expect(JSON.parse(stdout)).toMatchObject({ kind: 'unchanged', notes: [] })
      expect(exitCode).toBe(0)
    }
  })

  test('warns of an audience that Okta can hardly post to', async () => {
    const { stdout, stderr } = await statement(...OFFLINE, '--audiences', 'https://signin.aws.amazon.com/saml/')
    expect(stderr).toContain('Warning: audience https://signin.aws.amazon.com/saml/: it ends with a slash')
    expect(JSON.parse(stdout).Condition).toEqual({
      StringEquals: { 'SAML:aud': 'https://signin.aws.amazon.com/saml/' },
    })
  })

  test.each([
    ['of another account', `${OKTA},arn:aws:iam::444455556666:saml-provider/Okta`, 'provider of this account (1111'],
    ['of another partition', `${OKTA},arn:aws-cn:iam::111122223333:saml-provider/Okta`, 'partition aws)'],
    ['of a role', 'arn:aws:iam::111122223333:role/Okta', 'expected a SAML provider ARN'],
    ['missing', '', 'expected a SAML provider ARN'],
  ])('a provider that is %s is refused', async (_, arns, message) => {
    const { stdout, stderr, exitCode } = await statement('--no-stack', '--provider-arn', arns)
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 1 })
    expect(stderr).toContain('Error: --provider-arn: found ')
    expect(stderr).toContain(message)
  })

  test('a format that is none is refused', async () => {
    const { stdout, stderr, exitCode } = await statement('--format', 'toml', ...OFFLINE)
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 1 })
    expect(stderr).toContain('Allowed choices are json, yaml, hcl.')
  })
})

test('the statement of the defaults is the one that the system writes', async () => {
  expect(JSON.parse((await statement()).stdout)).toEqual(managed)
})
