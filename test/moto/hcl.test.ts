import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import * as z from 'zod/mini'
import { pythonTools } from '../../sandbox/python-tools.ts'
import { runCli } from '../cli/command-line.ts'
import { ec2, OKTA, policy } from '../functions.ts'

// What Terraform makes of the statement in HCL: read by a parser of that language, and put together as the data source
// aws_iam_policy_document does (hashicorp/terraform-provider-aws, internal/service/iam/policy_model.go).

const ENTRA = 'arn:aws:iam::111122223333:saml-provider/Entra'

let python: string
beforeAll(async () => {
  python = join(await pythonTools(() => {}), 'python')
})

const PARSE = 'import hcl2, json, sys; print(json.dumps(hcl2.load(sys.stdin)))'

const Text = z.pipe(
  z.string().check(z.regex(/^".*"$/s)),
  z.transform((raw: string): string => JSON.parse(raw.replace(/([$%])\1\{/g, '$1{'))),
)
const Block = <Shape extends z.core.$ZodShape>(shape: Shape) => z.tuple([z.object(shape)])
const Statement = Block({
  sid: Text,
  effect: Text,
  actions: z.array(Text),
  principals: Block({ type: Text, identifiers: z.string() }),
  condition: Block({ test: Text, variable: Text, values: z.array(Text) }),
})
const Data = z.object({
  data: z.tuple([
    z.object({ '"aws_iam_policy_document"': z.record(z.string(), z.object({ statement: Statement })) }),
    z.object({ '"aws_ssm_parameter"': z.record(z.string(), z.object({ name: Text })) }),
  ]),
})

/** What a set of Terraform is in the document. */
function setOf(values: readonly string[]): unknown {
  const sorted = [...new Set(values)].sort().reverse()
  return sorted.length === 1 ? sorted[0] : sorted
}

/** The document that the data source is, with that value in the SSM parameter. */
function rendered(hcl: string, parameter: string) {
  const { data } = z.parse(Data, JSON.parse(execFileSync(python, ['-c', PARSE], { input: hcl, encoding: 'utf8' })))
  const [[label, document] = []] = Object.entries(data[0]['"aws_iam_policy_document"'])
  const [[source, { name } = {}] = []] = Object.entries(data[1]['"aws_ssm_parameter"'])
  const [statement] = document?.statement ?? []
  if (statement === undefined || label === undefined) throw new Error('no statement')
  const [{ type, identifiers }] = statement.principals
  const [{ test: operator, variable, values }] = statement.condition
  const expression =
    /^\$\{\[for arn in split\(",", data\.aws_ssm_parameter\.(\w+)\.insecure_value\) : trimspace\(arn\)\]\}$/
  expect([label, source]).toEqual(Array(2).fill(`"${expression.exec(identifiers)?.[1]}"`))
  const arns = parameter.split(',').map((arn) => arn.trim())
  return {
    name,
    statement: {
      Sid: statement.sid,
      Effect: statement.effect,
      Action: setOf(statement.actions),
      Principal: { [type]: setOf(arns) },
      Condition: { [operator]: { [variable]: values.length === 1 ? values[0] : values } },
    },
  }
}

test.each([
  ['the defaults', OKTA, []],
  ['several providers', ` ${OKTA} , ${ENTRA}`, []],
  ['one provider twice', `${OKTA},${OKTA}`, []],
  ['another parameter', OKTA, ['--parameter-name', '/sso/prod/arns']],
  [
    'several audiences',
    OKTA,
    ['--audiences', 'https://signin.aws.amazon.com/saml,https://b.signin.aws.amazon.com/saml'],
  ],
  ['an audience that HCL would read as a template', OKTA, ['--audiences', 'https://example.com/%{"a}\\n']],
  ['session tags', OKTA, ['--session-tags', 'true']],
  ['a source identity too', OKTA, ['--session-tags', 'true', '--source-identity', 'true']],
  ['a Sid of digits and a letter', OKTA, ['--sid', '0xAF']],
])('Terraform renders a statement in which nothing is left to change: %s', async (_, parameter, options) => {
  const settings = ['--no-stack', '--provider-arn', parameter, ...options]
  const { stdout: hcl } = await runCli(['statement', '--format', 'hcl', ...settings])
  const { name, statement } = rendered(hcl, parameter)
  expect(name).toBe(options[0] === '--parameter-name' ? options[1] : '/okta/saml-provider-arn')
  const input = JSON.stringify(policy(ec2, statement))
  const { stdout, exitCode } = await runCli(['explain', '-', '--json', ...settings], { input })
  expect(JSON.parse(stdout)).toMatchObject({ kind: 'unchanged', notes: [] })
  expect(exitCode).toBe(0)
})
