import { createHash } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { accessSources } from '../../src/aws/access-sources.ts'
import { iamClient, iamWriteClient, sqsClient, ssmClient } from '../../src/aws/clients.ts'
import { iamRoles } from '../../src/aws/iam-roles.ts'
import { listRoles } from '../../src/aws/list-roles.ts'
import { deferRoles } from '../../src/aws/role-queue.ts'
import { trustPolicyQuota } from '../../src/aws/trust-policy-quota.ts'
import { deferredEvent } from '../../src/events/read-event.ts'
import { failure, ok, RawServer, roleXml, success } from './raw-server.ts'

// How answers of AWS are read. What the clients do until there is one stands in retries-over-http.test.ts.

let server: RawServer

beforeEach(async () => {
  server = await new RawServer().start()
})

afterEach(() => server.stop())

const roles = () => {
  const client = iamClient()
  return iamRoles(client, iamWriteClient(client))
}
const write = () => roles().writeTrustPolicy('analyst', '{}')

describe('the quota of the account', () => {
  const quota = () => trustPolicyQuota(iamClient())()()
  const summary = (value: string) =>
    success(
      'GetAccountSummary',
      `<SummaryMap><entry><key>Roles</key><value>3</value></entry><entry><key>AssumeRolePolicySizeQuota</key><value>${value}</value></entry></SummaryMap>`,
    )

  test('is one entry of the summary', async () => {
    server.answers = [summary('8192')]
    expect(await quota()).toEqual({ characters: 8192 })
  })

  test.each([
    ['no number', () => summary('many')],
    ['no summary', () => success('GetAccountSummary', '')],
    ['a refusal', () => failure(403, 'AccessDenied')],
    ['no answer of IAM', () => ok({})],
  ])('is assumed where there is %s', async (_, answer) => {
    server.answers = [answer()]
    expect(await quota()).toEqual({ characters: 2048, assumedBecause: expect.stringContaining('GetAccountSummary') })
  })
})

describe('a list of roles', () => {
  const listed = (name: string, duration = '') => `<member><RoleName>${name}</RoleName>${duration}</member>`

  test('has every page, and takes the longest session that nobody chose for an hour', async () => {
    const first = listed('one', '<MaxSessionDuration>43200</MaxSessionDuration>')
    server.answers = [
      success('ListRoles', `<Roles>${first}</Roles><IsTruncated>true</IsTruncated><Marker>m</Marker>`),
      success('ListRoles', `<Roles>${listed('two')}</Roles><IsTruncated>false</IsTruncated>`),
    ]
    expect(await listRoles(iamClient(), '/team/')).toEqual([
      { roleName: 'one', maxSessionDuration: 43_200 },
      { roleName: 'two', maxSessionDuration: 3600 },
    ])
    expect(server.requests).toHaveLength(2)
  })

  test.each([
    ['without a list', ''],
    ['with a role that has no name', '<Roles><member><Path>/</Path></member></Roles>'],
  ])('%s is a fault', async (_, answer) => {
    server.answers = [success('ListRoles', answer)]
    await expect(listRoles(iamClient())).rejects.toThrow(/^ListRoles: found/)
  })
})

describe('a write', () => {
  test.each([
    ['a quota that is met', 'LimitExceeded', 409],
    ['a malformed document', 'MalformedPolicyDocument', 400],
    ['a document with characters that IAM does not take', 'ValidationError', 400],
    ['a role that only AWS may change', 'UnmodifiableEntity', 400],
  ])('meets %s: final after one request, in the words of IAM', async (_, code, status) => {
    server.answers = [failure(status, code)]
    expect(await write()).toEqual({
      kind: 'refused',
      message: expect.stringMatching(`^${code}(Exception)?: as IAM says$`),
    })
    expect(server.requests).toHaveLength(1)
  })

  test.each([
    'with an explicit deny in a service control policy',
    'with an explicit deny in a permissions boundary',
    'with an explicit deny in a session policy',
    'with an explicit deny in a resource control policy',
    'with an explicit deny in an identity-based policy',
  ])('that is forbidden "%s" is final, in the words of IAM', async (reason) => {
    const message = `User: x is not authorized to perform: iam:UpdateAssumeRolePolicy on resource: role analyst ${reason}`
    server.answers = [failure(403, 'AccessDenied', message)]
    expect(await write()).toEqual({ kind: 'refused', message: `AccessDenied: ${message}` })
    expect(server.requests).toHaveLength(1)
  })

  test.each(['identity-based policy', 'permissions boundary', 'service control policy', 'session policy'])(
    'that no %s allows is a fault',
    async (policy) => {
      const message = `User: x is not authorized to perform: y because no ${policy} allows the y action`
      server.answers = [failure(403, 'AccessDenied', message)]
      await expect(write()).rejects.toThrow(message)
    },
  )

  test('with a principal that IAM does not know is told apart: it may be new', async () => {
    const message = 'Invalid principal in policy: "AWS":"arn:aws:iam::111122223333:role/new"'
    server.answers = [failure(400, 'MalformedPolicyDocument', message)]
    expect(await write()).toEqual({ kind: 'unknown-principal', message: expect.stringContaining(message) })
  })

  test('meets a role that is gone, or a concurrent change: told apart from faults', async () => {
    server.answers = [failure(404, 'NoSuchEntity'), failure(409, 'ConcurrentModification')]
    expect(await write()).toEqual({ kind: 'gone' })
    expect(await write()).toEqual({ kind: 'conflict' })
  })

  test('without the permission is a fault, and not tried again by the client', async () => {
    server.answers = [failure(403, 'AccessDenied')]
    await expect(write()).rejects.toThrow('as IAM says')
    expect(server.requests).toHaveLength(1)
  })

  test('goes out over the connection of the read before it, without setting up another one', async () => {
    server.answers = [success('GetRole', `<Role>${roleXml('analyst')}</Role>`), success('UpdateAssumeRolePolicy', '')]
    const { readRole, writeTrustPolicy } = roles()
    await readRole('analyst')
    expect(await writeTrustPolicy('analyst', '{}')).toEqual({ kind: 'written' })
    expect(server.connections).toBe(1)
  })

  test('answered by something else than IAM may have been taken or not', async () => {
    server.answers = [{ status: 200, body: '<html><body>Sign in to the network' }]
    expect(await write()).toMatchObject({ kind: 'unclear' })
  })
})

describe('a read', () => {
  test('finds the trust policy through its URL encoding, in which + is no space', async () => {
    const document = '{"Statement":[{"Sid":"","Action":"sts:*","Condition":{"StringLike":{"x":"a+b c"}}}]}'
    server.answers = [success('GetRole', `<Role>${roleXml('analyst', encodeURIComponent(document))}</Role>`)]
    expect(await roles().readRole('analyst')).toEqual({
      roleName: 'analyst',
      arn: 'arn:aws:iam::111122223333:role/analyst',
      path: '/',
      tags: [],
      document,
    })
  })

  test.each([
    ['an empty trust policy', roleXml('analyst', '')],
    ['a trust policy of white space', roleXml('analyst', '%20%0A')],
    ['null for a trust policy', roleXml('analyst', 'null')],
    ['no trust policy', roleXml('analyst').replace(/<Assume.*/, '')],
  ])('takes an answer with %s for a fault: no role is without one', async (_, xml) => {
    server.answers = [success('GetRole', `<Role>${xml}</Role>`)]
    await expect(roles().readRole('analyst')).rejects.toThrow('GetRole: found role analyst without its trust policy')
  })

  test('takes an empty object for the trust policy that it is', async () => {
    server.answers = [success('GetRole', `<Role>${roleXml('analyst', '%7B%7D')}</Role>`)]
    expect(await roles().readRole('analyst')).toMatchObject({ document: '{}' })
  })

  test('knows no ARN where the unique id stands in its place', async () => {
    const xml = roleXml('analyst').replace(/<Arn>.*<\/Arn>/, '<Arn>AROAEXAMPLE000000001</Arn>')
    server.answers = [success('GetRole', `<Role>${xml}</Role>`)]
    expect(await roles().readRole('analyst')).toMatchObject({ roleName: 'analyst', arn: null })
  })

  test('leaves a text that is not URL-encoded as it is', async () => {
    server.answers = [success('GetRole', `<Role>${roleXml('analyst', '100%')}</Role>`)]
    expect(await roles().readRole('analyst')).toMatchObject({ document: '100%' })
  })

  test.each([
    ['without the role', success('GetRole', '<Role><Path>/</Path></Role>'), 'GetRole: found a role without its name'],
    ['without anything', { status: 200, body: '' }, 'GetRole: found a role without its name'],
    ['of something else than IAM', { status: 200, body: '<html><body>Sign in' }, 'XML parse error'],
  ])('takes an answer %s for a fault', async (_, answer, message) => {
    server.answers = [answer]
    await expect(roles().readRole('analyst')).rejects.toThrow(message)
  })
})

describe('a scan', () => {
  const page = (list: string, rest = '<IsTruncated>false</IsTruncated>') =>
    success('GetAccountAuthorizationDetails', `${rest}<RoleDetailList>${list}</RoleDetailList>`)
  const member = (xml: string) => `<member>${xml}</member>`
  const scan = async () => {
    const found = []
    for await (const roleList of roles().scanRoles()) found.push(...roleList)
    return found
  }

  test('goes on to the last page, over an empty one', async () => {
    const more = '<IsTruncated>true</IsTruncated><Marker>next</Marker>'
    server.answers = [page(member(roleXml('a')), more), page('', more), page(member(roleXml('b')))]
    expect(await scan()).toMatchObject([{ roleName: 'a' }, { roleName: 'b' }])
    expect(server.requests[2]?.body).toContain('Marker=next')
  })

  test.each(['', '<Marker></Marker>'])('takes a page without a list for an empty one (%s)', async (marker) => {
    server.answers = [success('GetAccountAuthorizationDetails', `<IsTruncated>false</IsTruncated>${marker}`)]
    expect(await scan()).toEqual([])
    expect(server.requests).toHaveLength(1)
  })

  test('finds a role that lacks a part, and the others all the same', async () => {
    const id = '<Arn>AROAEXAMPLE000000001</Arn>'
    const empty = roleXml('empty', '')
    const nowhere = '<RoleName>odd</RoleName><Arn>arn:aws:iam::111122223333:role/odd</Arn>'
    server.answers = [page([roleXml('a'), nowhere, '<Path>/</Path>', id, empty, roleXml('b')].map(member).join(''))]
    const detail = expect.stringContaining(
      'MalformedResponseError: GetAccountAuthorizationDetails: found a role without',
    )
    const lost = expect.stringContaining('found role empty without its trust policy')
    expect(await scan()).toEqual([
      expect.objectContaining({ roleName: 'a' }),
      { kind: 'failed', roleName: 'odd', arn: 'arn:aws:iam::111122223333:role/odd', detail, notes: [] },
      { kind: 'failed', roleName: '(no name)', arn: null, detail, notes: [] },
      { kind: 'failed', roleName: '(no name)', arn: null, detail, notes: [] },
      { kind: 'failed', roleName: 'empty', arn: 'arn:aws:iam::111122223333:role/empty', detail: lost, notes: [] },
      expect.objectContaining({ roleName: 'b' }),
    ])
  })

  test.each([
    ['nothing in it', { status: 200, body: '' }, 'found neither roles nor whether more follow'],
    ['no way to go on', page('', '<IsTruncated>true</IsTruncated>'), 'found that more roles follow, and no marker'],
    [
      'an empty marker',
      page('', '<IsTruncated>true</IsTruncated><Marker></Marker>'),
      'found that more roles follow, and no marker',
    ],
  ])('never takes an answer with %s for the end', async (_, answer, message) => {
    server.answers = [answer]
    await expect(scan()).rejects.toThrow(`GetAccountAuthorizationDetails: ${message}`)
  })
})

describe('an answer without what was asked for is a fault, and not a finding', () => {
  test('of the parameter', async () => {
    server.answers = [ok({ Parameter: { Name: '/okta' } })]
    await expect(accessSources(iamClient(), ssmClient()).readParameter('/okta')).rejects.toThrow(
      'GetParameter: found no value in the answer for /okta',
    )
  })

  test('of the SAML provider', async () => {
    server.answers = [success('GetSAMLProvider', '')]
    await expect(accessSources(iamClient(), ssmClient()).readSamlProvider('arn')).rejects.toThrow(
      'GetSAMLProvider: found no creation date in the answer for arn',
    )
  })

  test('of the queue', async () => {
    server.answers = [ok({})]
    await expect(deferRoles(sqsClient(), 'queue', ['a'])).rejects.toThrow('GetQueueUrl: found no URL')
  })

  test('of a message that the queue says nothing about', async () => {
    const url = `${process.env.AWS_ENDPOINT_URL}/queue`
    const MD5OfMessageBody = createHash('md5')
      .update(JSON.stringify(deferredEvent('b')))
      .digest('hex')
    const taken = { Id: '1', MessageId: 'm', MD5OfMessageBody }
    server.answers = [ok({ QueueUrl: url }), ok({ Successful: [taken] })]
    expect(await deferRoles(sqsClient(), 'queue', ['a', 'b'])).toEqual(
      new Map([['a', expect.stringContaining('SendMessageBatch said nothing about it')]]),
    )
  })
})
