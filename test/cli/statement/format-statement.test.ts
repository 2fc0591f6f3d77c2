import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { formatStatement } from '../../../cli/statement/format-statement.ts'
import { managedStatement } from '../../../src/trust-policy/managed-statement.ts'
import { AUDIENCE, OKTA, PARAMETER } from '../../functions.ts'

const ENTRA = 'arn:aws:iam::111122223333:saml-provider/Entra'
const GRANT = { sid: 'OktaSso', providers: [OKTA], audiences: [AUDIENCE], actions: ['sts:AssumeRoleWithSAML'] }
const SOURCE = { parameterName: PARAMETER, providers: [OKTA] }
const hclOf = (changes: Partial<typeof GRANT>, source = SOURCE) =>
  formatStatement(managedStatement({ ...GRANT, ...changes }), 'hcl', source)

test('JSON is the statement that this system writes', () => {
  const statement = managedStatement({ ...GRANT, providers: [OKTA, ENTRA] })
  expect(JSON.parse(formatStatement(statement, 'json', SOURCE))).toEqual(statement)
})

describe('YAML', () => {
  test('is an item of the list of statements', () => {
    expect(formatStatement(managedStatement(GRANT), 'yaml', SOURCE)).toBe(`- Sid: "OktaSso"
  Effect: "Allow"
  Principal:
    Federated: "${OKTA}"
  Action: "sts:AssumeRoleWithSAML"
  Condition:
    StringEquals:
      SAML:aud: "${AUDIENCE}"`)
  })

  test.each(['OktaSso', 'On', 'no', 'y', 'null', 'True', '0xAF', '0o17', '1e5E', '123456789A', 'OktaSso2'])(
    'is the same statement to readers of either version, with the Sid %s',
    (sid) => {
      const statement = managedStatement({
        ...GRANT,
        sid,
        audiences: [AUDIENCE, `https://example.com/${'long/'.repeat(40)}saml: #"x' {&}`],
      })
      const text = formatStatement(statement, 'yaml', SOURCE)
      for (const version of ['1.1', '1.2'] as const) expect(parse(text, { version })).toEqual([statement])
    },
  )
})

describe('HCL', () => {
  test('takes the ARNs from the parameter', () => {
    expect(hclOf({})).toBe(`# In the data "aws_iam_policy_document" of a role's trust policy, take this in with
# source_policy_documents = [data.aws_iam_policy_document.okta_sso.json]
data "aws_iam_policy_document" "okta_sso" {
  statement {
    sid     = "OktaSso"
    effect  = "Allow"
    actions = ["sts:AssumeRoleWithSAML"]

    principals {
      type        = "Federated"
      identifiers = [for arn in split(",", data.aws_ssm_parameter.okta_sso.insecure_value) : trimspace(arn)]
    }

    condition {
      test     = "StringEquals"
      variable = "SAML:aud"
      values   = ["${AUDIENCE}"]
    }
  }
}

# The SAML providers to trust: okta-role-trust reads the same parameter, so both agree when it changes.
# It is in us-east-1. If your AWS provider works in another region, add here: region = "us-east-1"
# (AWS provider 6), or provider = aws.ALIAS, of a provider for that region.
data "aws_ssm_parameter" "okta_sso" {
  name = "${PARAMETER}"
}`)
  })

  test('holds the ARNs where the statement is not for all wanted providers', () => {
    const text = hclOf({ providers: [ENTRA] }, { ...SOURCE, providers: [OKTA, ENTRA] })
    expect(text).toContain(`identifiers = ["${ENTRA}"]`)
    expect(text).not.toContain('aws_ssm_parameter')
  })

  test('names the region of the partition, and none that it does not know', () => {
    const arnIn = (partition: string) => `arn:${partition}:iam::111122223333:saml-provider/Okta`
    const textIn = (partition: string) =>
      hclOf({ providers: [arnIn(partition)] }, { ...SOURCE, providers: [arnIn(partition)] })
    expect(textIn('aws-us-gov')).toContain('region = "us-gov-west-1"')
    expect(textIn('aws-iso')).not.toContain('region =')
  })

  test.each([
    ['EntraSSO', 'entra_sso'],
    ['OktaSso2', 'okta_sso2'],
    ['0xAF', '_0x_af'],
    ['x', 'x'],
  ])('calls the data sources of the Sid %s %s', (sid, label) => {
    expect(hclOf({ sid })).toContain(`data "aws_iam_policy_document" "${label}" {`)
  })

  test('begins no template within a text', () => {
    expect(hclOf({ audiences: ['https://example.com/%{"a}'] })).toContain('values   = ["https://example.com/%%{\\"a}"]')
  })

  test('refuses what Terraform would make a variable', () => {
    expect(() => hclOf({ audiences: ['https://example.com/&{a}'] })).toThrow('cannot hold the audience')
  })
})
