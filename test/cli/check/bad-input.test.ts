import { truncateSync } from 'node:fs'
import { dirname } from 'node:path'
import { expect, test } from 'vitest'
import { runCli } from '../command-line.ts'
import { checkedRoles, fileOf, OFFLINE } from './check-files.ts'

const ROLE = `  Role:\n    Type: AWS::IAM::Role\n    Properties:\n      Tags: [{Key: okta-sso, Value: "true"}]\n`
const yaml = (document: string, before = '') =>
  `${before}Resources:\n${ROLE}      AssumeRolePolicyDocument: ${document}\n`

/** What check says of a file, without AWS: one line, and exit code 1. */
async function errorOf(file: string, run = {}) {
  const { stdout, stderr, exitCode } = await runCli(['check', file, ...OFFLINE], run)
  const [line = '', ...others] = stderr
    .trim()
    .split('\n')
    .filter((one) => !/^(Settings|Assumed)/.test(one))
  expect({ others, stdout, exitCode }).toEqual({ others: [], stdout: '', exitCode: 1 })
  const label = file === '-' ? 'the standard input' : file
  expect(line.replace('standard input: found more', 'the standard input: found more')).toContain(`Error: ${label}`)
  return line.slice(line.indexOf(label) + label.length)
}

test.each<[string, string | Uint8Array, string]>([
  ['nothing', '', ': found nothing, expected a Terraform plan'],
  ['white space', ' \n\t', ': found nothing'],
  ['binary', Uint8Array.from([0x00, 0xff, 0xfe, 0x80, 0x81]), ': found bytes that are not UTF-8'],
  [
    'a plan as Terraform keeps it',
    Uint8Array.from([0x50, 0x4b, 0x03, 0x04, 0x14, 0x00, 0x08]),
    ': found a zip archive, as `terraform plan -out` writes it, expected text; `terraform show -json ',
  ],
  ['text', 'Hello there\n', ': found text, expected a Terraform plan'],
  ['HCL', 'resource "aws_iam_role" "x" {\n  name = "x"\n}\n', ': found text, expected a Terraform plan'],
  ['a list', '[1, 2]', ': found a list of 2, expected a Terraform plan'],
  ['a list of YAML', '- a\n- b\n', ': found a list of 2, expected a Terraform plan'],
  [
    'other YAML',
    'service: x\nprovider: {name: aws}\n',
    ': found a map with service, provider, expected a Terraform plan',
  ],
  ['other JSON', '{"name": "x"}', ': found an object with name, expected a Terraform plan'],
  [
    'a log of Terraform',
    '{"@level":"info","@message":"Terraform 1.9.5"}\n{"@level":"info"}\n',
    ': found what `terraform plan -json` logs; save the plan with -out, and print it with `terraform show -json`',
  ],
  ['JSON cut short', '{"format_version": "1.2",\n "planned', ', line 2, column 2: found text that is not JSON'],
  ['JSON with a comma too many', '{"Resources": {},}', ', line 1, column 18: found text that is not JSON'],
  ['YAML that is none', 'Resources:\n  A: {\n', ', line 3: found text that is no YAML'],
  ['a tab in YAML', 'Resources:\n\tA: b\n', ', line 2: found text that is no YAML'],
  ['two documents', 'Resources: {}\n---\nResources: {}\n', ', line 2: found a second document'],
  ['a resource twice', `Resources:\n${ROLE}${ROLE}`, ', line 6: found the key "Role" a second time'],
  [
    'a key twice',
    '{"Resources": {"A": {"Type": "x",\n"Type": "AWS::IAM::Role"}}}',
    ', line 2: found the key "Type" a second time',
  ],
  ['no resources', 'AWSTemplateFormatVersion: 2010-09-09\n', ': found no map of Resources'],
  ['resources that are merged', 'Other: &o {}\nResources: {<<: *o}\n', ': found no map of Resources'],
  ['an alias of nothing', yaml('*nothing'), 'found *nothing, which refers to nothing before it'],
])('%s is told in one line, with the place', async (_, content, words) => {
  expect(await errorOf(fileOf('input', content))).toContain(words)
})

test('a folder and a file that is not there are told', async () => {
  const file = fileOf('input', '')
  expect(await errorOf(dirname(file))).toBe(': found a folder, expected a file')
  expect(await errorOf(`${file}-not`)).toContain(': cannot be read; name a file that exists (')
})

// Each of these would take gigabytes or hours if it were followed.
const MANY = 1_000_000
const laughs = Array.from(
  { length: 30 },
  (_, level) => `x${level}: &x${level} ${level === 0 ? 'ha' : `[${`*x${level - 1}, `.repeat(9)}]`}\n`,
).join('')
const manyNames = Array.from({ length: 3_000 }, (_, index) => `C${index}`)
const doubling = Array.from(
  { length: 40 },
  (_, level) => `  P${level}: {Type: String, Default: ${'x'.repeat(20_000)}}\n`,
).join('')
test.each<[string, string, string]>([
  ['aliases of aliases', yaml('*x29', laughs), ': found aliases that unfold to more than 1000000 values'],
  ['an alias of itself', yaml('&a [*a]'), ': found values nested deeper than 200 levels'],
  ['brackets', '['.repeat(MANY), ': found a value nested deeper than 200 levels'],
  ['braces of JSON', '{"Resources":'.repeat(MANY / 20), ': found a value nested deeper than 200 levels'],
  ['brackets of YAML', `Resources: ${'['.repeat(MANY / 2)}`, ': found values nested deeper than 200 levels'],
  ['lists in lists', '- '.repeat(MANY / 2), ': found values nested deeper than 200 levels'],
  [
    'maps in maps',
    Array.from({ length: 1300 }, (_, level) => `${' '.repeat(level)}a:\n`).join(''),
    ': found values nested deeper than 200 levels',
  ],
  [
    'a large template',
    `Resources: {}\n#${'x'.repeat(2 * MANY)}`,
    ': found a template of 2000015 characters, expected at most 1048576',
  ],
  ['a large template of JSON', `{"Resources": {"A": "${'x'.repeat(2 * MANY)}"}}`, 'expected at most 1048576'],
  [
    'functions that grow',
    yaml(`!Sub "${`\${P1}`.repeat(9_000)}"`, `Parameters:\n${doubling}`),
    'found functions that make more than 50000000 characters',
  ],
  [
    'a delimiter that grows',
    yaml(`!Join ["${'x'.repeat(9_000)}", [${'a,'.repeat(9_000)}]]`),
    'found functions that make more than 50000000 characters',
  ],
  [
    'a list that many values take in',
    JSON.stringify({
      Parameters: { Texts: { Type: 'CommaDelimitedList', Default: 'a,'.repeat(MANY / 4) } },
      Resources: {
        Role: {
          Type: 'AWS::IAM::Role',
          Properties: {
            Tags: [{ Key: 'okta-sso', Value: 'true' }],
            AssumeRolePolicyDocument: { Statement: Array.from({ length: 500 }, () => ({ Ref: 'Texts' })) },
          },
        },
      },
    }),
    'found functions that make more than 50000000 characters',
  ],
  [
    'conditions of many roles that each name many',
    JSON.stringify({
      Parameters: { Env: { Type: 'String', Default: 'dev' } },
      Conditions: {
        Any: { 'Fn::Or': manyNames.map((Condition) => ({ Condition })) },
        ...Object.fromEntries(manyNames.map((name) => [name, { 'Fn::Equals': [{ Ref: 'Env' }, 'prod'] }])),
      },
      Resources: Object.fromEntries(
        manyNames.map((Condition) => [
          `Role${Condition}`,
          { Type: 'AWS::IAM::Role', Condition, Properties: { AssumeRolePolicyDocument: { 'Fn::If': ['Any', 1, 2] } } },
        ]),
      ),
    }),
    'found functions that make more than 50000000 characters',
  ],
  [
    'wrong changes by the million',
    `{"format_version": "1.2", "resource_changes": [${'{},'.repeat(MANY)}{}]}`,
    ': resource_changes.0.address: found nothing, expected an address',
  ],
  [
    'wrong resources by the million',
    `{"format_version": "1.2", "planned_values": {"root_module": {"resources": [${'{},'.repeat(MANY)}{}]}}}`,
    ': a module.resources.0.address: found nothing, expected an address',
  ],
  ['faults by the million', `{"a": ${'}'.repeat(MANY)}`, ', line 1, column 7: found text that is not JSON'],
])('%s end soon', { timeout: 60_000 }, async (_, content, words) => {
  expect(await errorOf(fileOf('input', content))).toContain(words)
})

test('what refers to itself, or on and on, is not known', async () => {
  const names = Array.from({ length: 10_000 }, (_, index) => `C${index}`)
  const Conditions = Object.fromEntries(
    names.map((name, index) => [name, { 'Fn::Not': [{ Condition: `C${index + 1}` }] }]),
  )
  const find = { 'Fn::FindInMap': ['M', 'a', 'b'] }
  const documentOf = (AWS: unknown) => ({ Statement: [{ Effect: 'Allow', Principal: { AWS }, Action: '*' }] })
  const roleOf = (AWS: unknown) => ({
    Type: 'AWS::IAM::Role',
    Properties: { Tags: [{ Key: 'okta-sso', Value: 'true' }], AssumeRolePolicyDocument: documentOf(AWS) },
  })
  const Resources = { Map: roleOf(find), Chain: roleOf({ 'Fn::If': ['C0', 'x', 'y'] }) }
  const { roles } = await checkedRoles({ Mappings: { M: { a: { b: find } } }, Conditions, Resources })
  expect(roles).toMatchObject([{ kind: 'unknown' }, { kind: 'unknown' }])
})

test('100 MB are not read', async () => {
  const file = fileOf('plan.json', '{')
  truncateSync(file, 100_000_000)
  expect(await errorOf(file)).toBe(': found more than 50 MB, expected less')
})

test('what never ends is not read to the end', async () => {
  expect(await errorOf('/dev/zero')).toBe(': found more than 50 MB, expected less')
  expect(await errorOf('-', { input: 'x'.repeat(51_000_000) })).toContain(': found more than 50 MB, expected less')
})

test.each<[string, Uint8Array]>([
  ['UTF-16, as Windows PowerShell writes', Buffer.from(`\ufeff${yaml('{}')}`, 'utf16le')],
  ['UTF-8 with a mark', Buffer.from(`\ufeff${yaml('{}')}`)],
  ['lines as Windows ends them', Buffer.from(yaml('{}').replaceAll('\n', '\r\n'))],
])('a template may be in %s', async (_, bytes) => {
  const { stdout, exitCode } = await runCli(['check', fileOf('template.yml', bytes), ...OFFLINE])
  expect(stdout).toContain('planned    Role  no-statements')
  expect(exitCode).toBe(2)
})
