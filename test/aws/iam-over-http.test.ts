import { createServer, type Server } from 'node:http'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { iamClient, iamWriteClient } from '../../src/aws/clients.ts'
import { iamRoles } from '../../src/aws/iam-roles.ts'

// The real client against a server that answers as IAM does: what the account in memory cannot show, since it answers
// above the SDK's own retries and parsing.

let server: Server
/** What the server still has to answer; the last answer holds for all later requests. */
let answers: { status: number; body: string }[]
let requests: string[]

beforeEach(async () => {
  requests = []
  server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk) => {
      body += chunk
    })
    request.on('end', () => {
      requests.push(body)
      const answer = answers.length > 1 ? answers.shift() : answers[0]
      response.writeHead(answer?.status ?? 500, { 'content-type': 'text/xml' }).end(answer?.body)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  vi.stubEnv('AWS_ENDPOINT_URL', `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`)
  vi.stubEnv('AWS_REGION', 'us-east-1')
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test')
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test')
})

afterEach(() => {
  server.closeAllConnections()
  server.close()
})

const failure = (status: number, code: string) => ({
  status,
  body: `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>as IAM says</Message></Error></ErrorResponse>`,
})
const roles = () => iamRoles(iamClient(), iamWriteClient())
const write = () => roles().writeTrustPolicy('analyst', '{}')

describe.each([
  ['throttling', failure(400, 'Throttling')],
  ['a failing service', failure(500, 'ServiceFailure')],
  ['an unavailable service', failure(503, 'ServiceUnavailable')],
])('after %s', (_, answer) => {
  test('a read is tried again by the client', async () => {
    answers = [answer, answer, failure(404, 'NoSuchEntity')]
    expect(await roles().readRole('analyst')).toBeUndefined()
    expect(requests).toHaveLength(3)
  })

  test('a write is not: somebody else may have written meanwhile', async () => {
    answers = [answer]
    expect(await write()).toMatchObject({ kind: 'unclear', error: { message: 'as IAM says' } })
    expect(requests).toHaveLength(1)
  })
})

test.each([
  ['a quota that is met', 'LimitExceeded', 409],
  ['a malformed document', 'MalformedPolicyDocument', 400],
  ['a role that only AWS may change', 'UnmodifiableEntity', 400],
])('%s is final after one request, in the words of IAM', async (_, code, status) => {
  answers = [failure(status, code)]
  expect(await write()).toEqual({ kind: 'refused', words: expect.stringMatching(`^${code}(Exception)?: as IAM says$`) })
  expect(requests).toHaveLength(1)
})

test('a role that is gone and a concurrent change are told apart from faults', async () => {
  answers = [failure(404, 'NoSuchEntity'), failure(409, 'ConcurrentModification')]
  expect(await write()).toEqual({ kind: 'gone' })
  expect(await write()).toEqual({ kind: 'conflict' })
})

test('a missing permission is a fault, and not tried again by the client', async () => {
  answers = [failure(403, 'AccessDenied')]
  await expect(write()).rejects.toThrow('as IAM says')
  expect(requests).toHaveLength(1)
})

test('a trust policy is read through its URL encoding, in which + is no space', async () => {
  const document = '{"Statement":[{"Sid":"","Action":"sts:*","Condition":{"StringLike":{"x":"a+b c"}}}]}'
  const body = `<GetRoleResponse><GetRoleResult><Role><RoleName>analyst</RoleName><Path>/</Path><Arn>arn:aws:iam::111122223333:role/analyst</Arn><AssumeRolePolicyDocument>${encodeURIComponent(document)}</AssumeRolePolicyDocument></Role></GetRoleResult></GetRoleResponse>`
  answers = [{ status: 200, body }]
  expect(await roles().readRole('analyst')).toEqual({
    roleName: 'analyst',
    arn: 'arn:aws:iam::111122223333:role/analyst',
    path: '/',
    tags: [],
    document,
  })
})

test('a text that is not URL-encoded is left as it is, and an answer without the role is a fault', async () => {
  const answer = (role: string) => ({
    status: 200,
    body: `<GetRoleResponse><GetRoleResult>${role}</GetRoleResult></GetRoleResponse>`,
  })
  answers = [
    answer(
      '<Role><RoleName>a</RoleName><Path>/</Path><Arn>arn</Arn><AssumeRolePolicyDocument>100%</AssumeRolePolicyDocument></Role>',
    ),
    answer('<Role><Path>/</Path></Role>'),
  ]
  expect(await roles().readRole('a')).toMatchObject({ document: '100%' })
  await expect(roles().readRole('a')).rejects.toThrow('GetRole: found a role without its name, ARN or path')
})
