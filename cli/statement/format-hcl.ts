import { ConfigurationError } from '../../src/errors.ts'
import type { JsonObject } from '../../src/trust-policy/json.ts'
import { managedGrantOf } from '../../src/trust-policy/managed-statement.ts'
import { eventRegionOf } from '../session/wrong-region.ts'

/** Where the ARNs of a statement come from. */
export interface ArnSource {
  /** The SSM parameter that holds the wanted providers. */
  readonly parameterName: string
  /** The wanted providers. */
  readonly providers: readonly string[]
}

/**
 * A statement that this system writes, as a data source of Terraform that a role's own document takes in with
 * `source_policy_documents`. It reads the ARNs where this system reads them, so that a provider that is replaced starts no
 * fight, by `insecure_value` (AWS provider 5.8): by `value` each plan would hide the trust policy as sensitive. Where a
 * statement lets in other providers than all the wanted ones, it holds their ARNs.
 *
 * @throws ConfigurationError where a value holds `&{`, which aws_iam_policy_document always makes a variable
 */
export function formatHcl(statement: JsonObject, { parameterName, providers }: ArnSource): string {
  const { Sid: sid } = statement
  const grant = typeof sid === 'string' ? managedGrantOf(statement, sid) : undefined
  if (grant === undefined) throw new TypeError('This is a bug: a statement that this system does not write')
  const odd = grant.audiences.find((audience) => audience.includes('&{'))
  if (odd !== undefined) {
    throw new ConfigurationError(
      `Terraform's aws_iam_policy_document cannot hold the audience ${odd}: it reads &{ as the beginning of a variable; take --format json`,
    )
  }
  const label = labelOf(grant.sid)
  const isWhole = new Set(grant.providers).size === providers.length && grant.providers.every(isAmong(providers))
  const parameter = `data.aws_ssm_parameter.${label}`
  return [
    '# In the data "aws_iam_policy_document" of a role\'s trust policy, take this in with',
    `# source_policy_documents = [data.aws_iam_policy_document.${label}.json]`,
    `data "aws_iam_policy_document" "${label}" {`,
    '  statement {',
    `    sid     = ${quoted(grant.sid)}`,
    '    effect  = "Allow"',
    `    actions = ${listOf(grant.actions)}`,
    '',
    '    principals {',
    '      type        = "Federated"',
    `      identifiers = ${isWhole ? `[for arn in split(",", ${parameter}.insecure_value) : trimspace(arn)]` : listOf(grant.providers)}`,
    '    }',
    '',
    '    condition {',
    '      test     = "StringEquals"',
    '      variable = "SAML:aud"',
    `      values   = ${listOf(grant.audiences)}`,
    '    }',
    '  }',
    '}',
    ...(isWhole ? ['', ...parameterOf(label, parameterName, providers)] : []),
  ].join('\n')
}

function parameterOf(label: string, name: string, providers: readonly string[]): readonly string[] {
  const region = eventRegionOf(providers[0]?.split(':')[1] ?? '')
  const elsewhere =
    region === undefined
      ? []
      : [
          `# It is in ${region}. If your AWS provider works in another region, add here: region = "${region}"`,
          '# (AWS provider 6), or provider = aws.ALIAS, of a provider for that region.',
        ]
  return [
    '# The SAML providers to trust: okta-role-trust reads the same parameter, so both agree when it changes.',
    ...elsewhere,
    `data "aws_ssm_parameter" "${label}" {`,
    `  name = ${quoted(name)}`,
    '}',
  ]
}

/** `okta_sso` of `OktaSso`. A name in Terraform begins with a letter or an underscore. */
function labelOf(sid: string): string {
  const words = sid.replace(/([a-z\d])([A-Z])/g, '$1_$2').toLowerCase()
  return /^\d/.test(words) ? `_${words}` : words
}

function listOf(values: readonly string[]): string {
  return `[${values.map(quoted).join(', ')}]`
}

/** A quoted template of HCL without a template in it (HCL native syntax, "Quoted templates"); printable ASCII alone comes here. */
function quoted(text: string): string {
  return JSON.stringify(text).replace(/[$%](?=\{)/g, '$&$&')
}

function isAmong(values: readonly string[]): (value: string) => boolean {
  return (value) => values.includes(value)
}
