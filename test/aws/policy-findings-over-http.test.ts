import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { accessAnalyzerClient, findInTrustPolicy } from '../../src/aws/policy-findings.ts'
import { ok, RawServer } from './raw-server.ts'

// The real client against a server that answers as Access Analyzer does, or as it never should.

let server: RawServer

beforeEach(async () => {
  server = await new RawServer().start()
})

afterEach(() => {
  server.stop()
})

const DOCUMENT = '{"Version":"2012-10-17","Statement":[]}'
const find = (deadline = new AbortController().signal) =>
  findInTrustPolicy(accessAnalyzerClient({}), DOCUMENT, deadline)

// As AWS's own example of a role's trust policy (AWS CLI reference, accessanalyzer validate-policy).
const position = (column: number) => ({ line: 12, column, offset: 400 + column })
const MISMATCH = {
  findingDetails:
    'The sts:AssumeRole action is invalid with the following principal(s): cognito-identity.amazonaws.com.',
  findingType: 'ERROR',
  issueCode: 'MISMATCHED_ACTION_FOR_PRINCIPAL',
  learnMoreLink: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html',
  locations: [
    {
      path: [{ value: 'Statement' }, { index: 0 }, { value: 'Action' }, { index: 0 }],
      span: { start: position(8), end: position(24) },
    },
    {
      path: [{ value: 'Statement' }, { index: 0 }, { key: 'Principal' }, { substring: { start: 1, length: 2 } }],
      span: { start: position(8), end: position(24) },
    },
  ],
}

test('a trust policy is shown to Access Analyzer as one of a role, and its findings are read page by page', async () => {
  const warning = { ...MISMATCH, findingType: 'WARNING' }
  server.answers = [
    ok({ findings: [MISMATCH], nextToken: 'more' }),
    ok({ findings: [], nextToken: 'last' }),
    ok({ findings: [warning] }),
  ]
  const bare = MISMATCH.locations.map(({ path }) => ({ path }))
  expect(await find()).toEqual([
    { ...MISMATCH, locations: bare },
    { ...warning, locations: bare },
  ])
  const request = {
    locale: 'EN',
    policyDocument: DOCUMENT,
    policyType: 'RESOURCE_POLICY',
    validatePolicyResourceType: 'AWS::IAM::AssumeRolePolicyDocument',
  }
  expect(server.requests.map(({ body }) => JSON.parse(`${body}`))).toEqual([request, request, request])
})

test.each<[string, object]>([
  ['no list of findings', {}],
  ['null in place of the list', { findings: null }],
  ['a type of finding that nobody knows', { findings: [{ ...MISMATCH, findingType: 'FATAL' }] }],
  ['a finding without its type', { findings: [{ ...MISMATCH, findingType: undefined }] }],
  ['a finding without its issue', { findings: [{ ...MISMATCH, issueCode: undefined }] }],
  ['a finding without its places', { findings: [{ ...MISMATCH, locations: undefined }] }],
  ['a step that nobody knows', { findings: [{ ...MISMATCH, locations: [{ path: [{ glob: '*' }] }] }] }],
])('an answer with %s is refused', async (_, answer) => {
  server.answers = [ok(answer)]
  await expect(find()).rejects.toThrow('the answer of ValidatePolicy')
})

test.each(['<html>', '', '{"findings":['])('an answer that is no JSON, such as %j, is refused', async (body) => {
  server.answers = [{ status: 200, body }]
  await expect(find()).rejects.toThrow()
})

test('what is throttled is asked again until the time is up', async () => {
  server.answers = [{ status: 429, body: '{"__type":"ThrottlingException","message":"Rate exceeded"}' }]
  vi.spyOn(Math, 'random').mockReturnValue(0)
  await expect(find(AbortSignal.timeout(300))).rejects.toThrow(
    'AWS throttled ValidatePolicy for as long as there was time',
  )
  expect(server.requests.length).toBeGreaterThan(5)
})

test('an answer that never comes is waited for until the time is up, and no longer', async () => {
  server.answers = ['silence']
  await expect(find(AbortSignal.timeout(100))).rejects.toThrow('AWS did not answer ValidatePolicy in the time')
})
