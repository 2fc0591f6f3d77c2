import {
  GetAccountAuthorizationDetailsCommand,
  GetRoleCommand,
  GetSAMLProviderCommand,
  IAMClient,
  ListRolesCommand,
  ListUsersCommand,
  MalformedPolicyDocumentException,
  NoSuchEntityException,
  paginateGetAccountAuthorizationDetails,
  UnmodifiableEntityException,
  UpdateAssumeRolePolicyCommand,
} from '@aws-sdk/client-iam'
import { GetFunctionConfigurationCommand, LambdaClient, ResourceNotFoundException } from '@aws-sdk/client-lambda'
import {
  GetQueueUrlCommand,
  QueueDoesNotExist,
  SendMessageBatchCommand,
  SQSClient,
  TooManyEntriesInBatchRequest,
} from '@aws-sdk/client-sqs'
import { GetParameterCommand, ParameterNotFound, SSMClient } from '@aws-sdk/client-ssm'
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { afterEach, describe, expect, test } from 'vitest'
import { type Account, type AccountOptions, createAccount } from '../../fake-aws/account.ts'
import {
  accessDenied,
  concurrentModification,
  connectionReset,
  noSuchRole,
  serviceFailure,
  throttling,
} from '../../fake-aws/errors.ts'

const region = 'us-east-1'
const iam = new IAMClient({ region })
const ssm = new SSMClient({ region })
const sqs = new SQSClient({ region })

const TRUST = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }],
}
const OTHER = { ...TRUST, Id: 'other' }

let account: Account
const attach = (options: AccountOptions = {}) => {
  account = createAccount(options).attach()
  return account
}
afterEach(() => account.detach())

const getRole = async (name: string) => (await iam.send(new GetRoleCommand({ RoleName: name }))).Role
const document = async (name: string) => decodeURIComponent((await getRole(name))?.AssumeRolePolicyDocument ?? '')
const update = (name: string, policy: string | object) =>
  iam.send(
    new UpdateAssumeRolePolicyCommand({
      RoleName: name,
      PolicyDocument: typeof policy === 'string' ? policy : JSON.stringify(policy),
    }),
  )

describe('GetRole', () => {
  test('shows path, ARN, unique id, tags and document', async () => {
    attach({ partition: 'aws-cn', id: '444455556666' })
    account.addRole({ name: 'analyst', path: '/team/', tags: { Team: 'data' }, document: TRUST })
    expect(await getRole('analyst')).toMatchObject({
      Path: '/team/',
      Arn: 'arn:aws-cn:iam::444455556666:role/team/analyst',
      RoleId: expect.stringMatching(/^AROA\d{17}$/),
      Tags: [{ Key: 'Team', Value: 'data' }],
    })
    expect(JSON.parse(await document('analyst'))).toEqual(TRUST)
  })

  test('encodes the document as RFC 3986 does', async () => {
    attach().addRole({ name: 'odd', document: `{"!'()*":"a b+ü"}` })
    expect((await getRole('odd'))?.AssumeRolePolicyDocument).toBe('%7B%22%21%27%28%29%2A%22%3A%22a%20b%2B%C3%BC%22%7D')
  })

  test('shows no tags and no document where there are none', async () => {
    attach().addRole({ name: 'bare' })
    const role = await getRole('bare')
    expect(role?.Tags).toBeUndefined()
    expect(role?.AssumeRolePolicyDocument).toBeUndefined()
    expect(account.trustPolicy('bare')).toBeUndefined()
  })

  test('does not know a role that never was or that was deleted', async () => {
    attach().addRole({ name: 'short-lived' })
    account.deleteRole('short-lived')
    await expect(getRole('short-lived')).rejects.toThrow(NoSuchEntityException)
    await expect(getRole('never')).rejects.toThrow('The role with name never cannot be found.')
  })

  test('a role made again has another unique id', () => {
    attach()
    const first = account.addRole({ name: 'phoenix' })
    account.deleteRole('phoenix')
    expect(account.addRole({ name: 'phoenix' }).id).not.toBe(first.id)
    expect(() => account.addRole({ name: 'phoenix' })).toThrow('has a role phoenix already')
  })
})

test('tag keys are case-insensitive and case-preserving', async () => {
  attach().addRole({ name: 'tagged', tags: { 'Okta-SSO': 'no', team: 'data' } })
  account.tagRole('tagged', { 'okta-sso': 'TRUE' })
  expect((await getRole('tagged'))?.Tags).toEqual([
    { Key: 'team', Value: 'data' },
    { Key: 'okta-sso', Value: 'TRUE' },
  ])
  account.untagRole('tagged', ['OKTA-SSO'])
  expect(account.role('tagged').tags).toEqual({ team: 'data' })
})

describe('GetAccountAuthorizationDetails', () => {
  const namesByPage = async (pageSize: number) => {
    const pages: (string | undefined)[][] = []
    for await (const page of paginateGetAccountAuthorizationDetails({ client: iam, pageSize }, { Filter: ['Role'] })) {
      pages.push((page.RoleDetailList ?? []).map((role) => role.RoleName))
    }
    return pages
  }
  const addFive = () => {
    for (const name of ['a', 'b', 'c', 'd', 'e']) account.addRole({ name, document: TRUST })
  }

  test('shows tags and the encoded document', async () => {
    attach().addRole({ name: 'a', tags: { k: 'v' }, document: TRUST })
    account.addRole({ name: 'b' })
    const answer = await iam.send(new GetAccountAuthorizationDetailsCommand({}))
    expect(answer).toMatchObject({
      IsTruncated: false,
      RoleDetailList: [
        { RoleName: 'a', Tags: [{ Key: 'k', Value: 'v' }], AssumeRolePolicyDocument: expect.stringMatching(/^%7B/) },
        { RoleName: 'b', Tags: [] },
      ],
    })
  })

  test('keeps to MaxItems', async () => {
    attach()
    addFive()
    expect(await namesByPage(2)).toEqual([['a', 'b'], ['c', 'd'], ['e']])
  })

  test('can have short and empty pages while more follow', async () => {
    attach({ pageSizes: [2, 0, 1] })
    addFive()
    expect(await namesByPage(1000)).toEqual([['a', 'b'], [], ['c'], ['d'], ['e']])
  })

  test('shows no roles to who asks for something else', async () => {
    attach()
    addFive()
    const answer = await iam.send(new GetAccountAuthorizationDetailsCommand({ Filter: ['User'] }))
    expect(answer.RoleDetailList).toEqual([])
  })
})

test('ListRoles shows the roles below a path page by page, without tags, each with its longest session', async () => {
  attach({ pageSizes: [1] }).addRole({ name: 'elsewhere' })
  account.addRole({ name: 'one', path: '/team/', tags: { team: 'data' } })
  account.addRole({ name: 'two', path: '/team/', maxSessionDuration: 7200 })
  const first = await iam.send(new ListRolesCommand({ PathPrefix: '/team/' }))
  expect(first).toMatchObject({ Roles: [{ RoleName: 'one', MaxSessionDuration: 3600 }], IsTruncated: true })
  expect(first.Roles?.[0]).not.toHaveProperty('Tags')
  expect(await iam.send(new ListRolesCommand({ PathPrefix: '/team/', Marker: first.Marker }))).toMatchObject({
    Roles: [{ RoleName: 'two', MaxSessionDuration: 7200 }],
    IsTruncated: false,
  })
})

describe('UpdateAssumeRolePolicy', () => {
  test('replaces the whole document and is recorded', async () => {
    attach().addRole({ name: 'analyst', document: TRUST })
    await update('analyst', OTHER)
    expect(account.trustPolicy('analyst')).toEqual(OTHER)
    expect(await document('analyst')).toBe(JSON.stringify(OTHER))
    expect(account.writes).toEqual([{ roleName: 'analyst', document: JSON.stringify(OTHER) }])
  })

  test('counts all but white space against the quota', async () => {
    const size = JSON.stringify(OTHER).length
    attach({ quota: size }).addRole({ name: 'analyst', document: TRUST })
    await update('analyst', JSON.stringify(OTHER, null, 8))
    await expect(update('analyst', { ...OTHER, Id: 'other1' })).rejects.toThrow(
      expect.objectContaining({
        name: 'LimitExceededException',
        message: `Cannot exceed quota for ACLSizePerRole: ${size}`,
      }),
    )
    expect(account.trustPolicy('analyst')).toEqual(OTHER)
  })

  test('takes no characters beyond U+00FF but as escapes', async () => {
    attach().addRole({ name: 'analyst', document: TRUST })
    const written = JSON.stringify({ ...TRUST, Id: 'é😀' })
    await expect(update('analyst', written)).rejects.toThrow(expect.objectContaining({ name: 'ValidationError' }))
    expect(account.trustPolicy('analyst')).toEqual(TRUST)
    await update('analyst', written.replace('😀', '\\ud83d\\ude00'))
    expect(account.trustPolicy('analyst')).toEqual({ ...TRUST, Id: 'é😀' })
  })

  test('takes an Effect in any letter case', async () => {
    attach().addRole({ name: 'analyst', document: TRUST })
    const spelled = { ...TRUST, Statement: TRUST.Statement.map((statement) => ({ ...statement, Effect: 'aLLOW' })) }
    await update('analyst', spelled)
    expect(account.trustPolicy('analyst')).toEqual(spelled)
  })

  test('the default quota is 2,048', async () => {
    attach().addRole({ name: 'analyst', document: TRUST })
    const rest = 2048 - JSON.stringify({ ...TRUST, Id: '' }).length
    await update('analyst', { ...TRUST, Id: 'x'.repeat(rest) })
    await expect(update('analyst', { ...TRUST, Id: 'x'.repeat(rest + 1) })).rejects.toThrow('ACLSizePerRole: 2048')
  })

  const [statement] = TRUST.Statement
  const withStatement = (change: object) => ({ ...TRUST, Statement: [{ ...statement, ...change }] })
  test.each([
    ['text that is not JSON', '{"Version"'],
    ['an array', []],
    ['no statement', { Version: '2012-10-17' }],
    ['an empty list of statements', { ...TRUST, Statement: [] }],
    ['an unknown version', { ...TRUST, Version: '2020-01-01' }],
    ['an unknown key', { ...TRUST, Comment: 'x' }],
    ['an unknown key in a statement', withStatement({ Comment: 'x' })],
    ['an effect of neither kind', withStatement({ Effect: 'Permit' })],
    ['a resource', withStatement({ Resource: '*' })],
    ['no principal', withStatement({ Principal: undefined })],
    ['an empty principal', withStatement({ Principal: {} })],
    ['an unknown type of principal', withStatement({ Principal: { Group: 'x' } })],
    ['no action', withStatement({ Action: undefined })],
    ['both kinds of action', withStatement({ NotAction: 'sts:TagSession' })],
    ['a condition that is not an object', withStatement({ Condition: 'x' })],
    ['a Sid with other characters', withStatement({ Sid: 'Okta Sso' })],
    [
      'one Sid twice',
      {
        ...TRUST,
        Statement: [
          { ...statement, Sid: 'A' },
          { ...statement, Sid: 'A' },
        ],
      },
    ],
  ])('refuses %s', async (_, policy) => {
    attach().addRole({ name: 'analyst', document: TRUST })
    await expect(update('analyst', policy)).rejects.toThrow(MalformedPolicyDocumentException)
    expect(account.trustPolicy('analyst')).toEqual(TRUST)
    expect(account.writes).toEqual([])
  })

  test.each([
    ['a single statement', { ...TRUST, Statement: statement }],
    ['principal *', withStatement({ Effect: 'Deny', Principal: '*' })],
    ['several empty Sids', { ...TRUST, Statement: ['', ''].map((Sid) => ({ ...statement, Sid })) }],
    ['conditions in lists', withStatement({ Condition: { Bool: { 'aws:MultiFactorAuthPresent': [true, 'true'] } } })],
  ])('takes %s', async (_, policy) => {
    attach().addRole({ name: 'analyst', document: TRUST })
    await update('analyst', policy)
    expect(account.trustPolicy('analyst')).toEqual(policy)
  })

  test.each(['AIDACKCEVSQ6C2EXAMPLE', 'AROAJQABLZS4A3QDU576Q'])('refuses what is left of %s', async (id) => {
    const policy = withStatement({ Principal: { AWS: ['arn:aws:iam::111122223333:root', id] } })
    attach().addRole({ name: 'analyst', document: policy })
    await expect(update('analyst', policy)).rejects.toThrow(
      expect.objectContaining({
        name: 'MalformedPolicyDocumentException',
        message: `Invalid principal in policy: "AWS":"${id}"`,
      }),
    )
  })

  test.each(['/aws-service-role/ecs.amazonaws.com/', '/aws-reserved/sso.amazonaws.com/'])(
    'leaves roles under %s alone',
    async (path) => {
      attach().addRole({ name: 'analyst', path, document: TRUST })
      await expect(update('analyst', OTHER)).rejects.toThrow(UnmodifiableEntityException)
      expect(account.trustPolicy('analyst')).toEqual(TRUST)
    },
  )

  test('does not know a role that is not there', async () => {
    attach()
    await expect(update('never', TRUST)).rejects.toThrow(NoSuchEntityException)
  })
})

test('GetSAMLProvider knows the providers of the account and how long they are valid', async () => {
  const validUntil = new Date('2027-01-01T00:00:00Z')
  const arn = attach().addProvider('Okta', validUntil)
  expect(arn).toBe('arn:aws:iam::111122223333:saml-provider/Okta')
  const get = (name: string) => iam.send(new GetSAMLProviderCommand({ SAMLProviderArn: name }))
  expect((await get(arn)).ValidUntil).toEqual(validUntil)
  expect((await get(account.addProvider('Timeless'))).ValidUntil).toBeUndefined()
  await expect(get(`${arn}2`)).rejects.toThrow(NoSuchEntityException)
})

describe('GetParameter', () => {
  const get = async (name: string, decrypt?: boolean) =>
    (await ssm.send(new GetParameterCommand({ Name: name, ...(decrypt && { WithDecryption: true }) }))).Parameter

  test('shows value and type', async () => {
    attach().putParameter('/okta/arn', 'a,b', 'StringList')
    expect(await get('/okta/arn')).toMatchObject({
      Value: 'a,b',
      Type: 'StringList',
      ARN: 'arn:aws:ssm:us-east-1:111122223333:parameter/okta/arn',
    })
  })

  test('decrypts a SecureString only for who asks for it', async () => {
    attach().putParameter('/okta/arn', 'secret', 'SecureString')
    expect((await get('/okta/arn', true))?.Value).toBe('secret')
    expect((await get('/okta/arn'))?.Value).toMatch(/^AQICAH(?!.*secret)/)
  })

  test('does not know a parameter that is not there', async () => {
    attach()
    await expect(get('/okta/arn')).rejects.toThrow(ParameterNotFound)
  })
})

describe('SQS', () => {
  const send = async (count: number, queue = 'roles') => {
    const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: queue }))
    const Entries = Array.from({ length: count }, (_, index) => ({ Id: `${index}`, MessageBody: `body ${index}` }))
    return sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }))
  }

  test('takes up to ten messages at once', async () => {
    attach().addQueue('roles')
    const { Successful: successful = [], Failed: failed } = await send(10)
    expect(successful.map(({ Id }) => Id)).toEqual(['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'])
    expect(failed).toBeUndefined()
    expect(account.messages('roles')).toHaveLength(10)
    await expect(send(11)).rejects.toThrow(TooManyEntriesInBatchRequest)
    expect(account.messages('roles')).toHaveLength(10)
  })

  test('can fail for some messages of a batch', async () => {
    attach().addQueue('roles')
    account.refuseMessages((body) => body === 'body 1')
    const { Successful: successful = [], Failed: failed } = await send(3)
    expect(successful.map(({ Id }) => Id)).toEqual(['0', '2'])
    expect(failed).toMatchObject([{ Id: '1', Code: 'InternalError', SenderFault: false }])
    expect(account.messages('roles')).toEqual(['body 0', 'body 2'])
  })

  test('does not know a queue that is not there', async () => {
    attach()
    await expect(send(1)).rejects.toThrow(QueueDoesNotExist)
    const batch = new SendMessageBatchCommand({ QueueUrl: 'https://sqs.us-east-1.amazonaws.com/1/roles', Entries: [] })
    await expect(sqs.send(batch)).rejects.toThrow(QueueDoesNotExist)
  })
})

describe('reads that lag behind writes', () => {
  test('miss a role that was just made', async () => {
    attach().addRole({ name: 'fresh', document: TRUST })
    account.lagReads(2)
    await expect(getRole('fresh')).rejects.toThrow(NoSuchEntityException)
    await expect(getRole('fresh')).rejects.toThrow(NoSuchEntityException)
    expect((await getRole('fresh'))?.RoleName).toBe('fresh')
  })

  test('miss the newest tag and document, of the named role only', async () => {
    attach().addRole({ name: 'one', document: TRUST })
    account.addRole({ name: 'two', document: TRUST })
    account.tagRole('one', { 'okta-sso': 'true' })
    account.lagReads(1, 'one')
    expect((await getRole('two'))?.RoleName).toBe('two')
    expect((await getRole('one'))?.Tags).toBeUndefined()
    expect((await getRole('one'))?.Tags).toHaveLength(1)

    await update('one', OTHER)
    account.lagReads(1, 'one')
    expect(JSON.parse(await document('one'))).toEqual(TRUST)
    expect(account.trustPolicy('one')).toEqual(OTHER)
    expect(JSON.parse(await document('one'))).toEqual(OTHER)
  })

  test('still show a role that was just deleted', async () => {
    attach().addRole({ name: 'gone' })
    account.deleteRole('gone')
    account.lagReads(1, 'gone')
    expect((await getRole('gone'))?.RoleName).toBe('gone')
    await expect(getRole('gone')).rejects.toThrow(NoSuchEntityException)
  })
})

describe('faults', () => {
  test.each([
    [throttling(), { name: 'Throttling', $metadata: { httpStatusCode: 400 } }],
    [accessDenied('iam:GetRole'), { name: 'AccessDenied', message: expect.stringContaining('perform: iam:GetRole') }],
    [serviceFailure(), { name: 'ServiceFailureException', $fault: 'server', $metadata: { httpStatusCode: 500 } }],
    [concurrentModification(), { name: 'ConcurrentModificationException', $metadata: { httpStatusCode: 409 } }],
    [connectionReset(), { name: 'TimeoutError', code: 'ECONNRESET' }],
    [noSuchRole('analyst'), { name: 'NoSuchEntityException', $metadata: { httpStatusCode: 404 } }],
  ])('%s comes once, shaped as the SDK does', async (error, shape) => {
    attach().addRole({ name: 'analyst' })
    account.failNext('GetRole', error)
    await expect(getRole('analyst')).rejects.toMatchObject(shape)
    expect((await getRole('analyst'))?.RoleName).toBe('analyst')
  })

  test('come as often as told, and for one role only', async () => {
    attach().addRole({ name: 'one' })
    account.addRole({ name: 'two' })
    account.failNext('GetRole', throttling(), { times: 2, role: 'one' })
    await expect(getRole('one')).rejects.toThrow('Rate exceeded')
    expect((await getRole('two'))?.RoleName).toBe('two')
    await expect(getRole('one')).rejects.toThrow('Rate exceeded')
    expect((await getRole('one'))?.RoleName).toBe('one')
  })

  test('keep a write from being applied', async () => {
    attach().addRole({ name: 'analyst', document: TRUST })
    account.failNext('UpdateAssumeRolePolicy', serviceFailure())
    await expect(update('analyst', OTHER)).rejects.toThrow('Internal server error')
    expect(account.trustPolicy('analyst')).toEqual(TRUST)
    expect(account.writes).toEqual([])
  })

  test('come at a later call where told so', async () => {
    attach().addRole({ name: 'one' })
    account.addRole({ name: 'two' })
    account.failNext('GetRole', throttling(), { after: 1, role: 'one' })
    expect((await getRole('one'))?.RoleName).toBe('one')
    expect((await getRole('two'))?.RoleName).toBe('two')
    await expect(getRole('one')).rejects.toThrow('Rate exceeded')
    expect((await getRole('one'))?.RoleName).toBe('one')
  })

  test('may cost no more than the answer of a write that was carried out', async () => {
    attach().addRole({ name: 'analyst', document: TRUST })
    account.disturbNext('UpdateAssumeRolePolicy', (carryOut) => {
      carryOut()
      throw connectionReset()
    })
    await expect(update('analyst', OTHER)).rejects.toThrow('ECONNRESET')
    expect(account.trustPolicy('analyst')).toEqual(OTHER)
  })

  test('may be an odd answer', async () => {
    attach().addRole({ name: 'analyst' })
    account.disturbNext('GetRole', () => ({ Role: {} }))
    expect(await getRole('analyst')).toEqual({})
  })

  test('may be no answer at all, until the caller gives up', async () => {
    attach().addRole({ name: 'analyst' })
    account.disturbNext('GetRole', () => new Promise(() => {}))
    const caller = new AbortController()
    const send = () => iam.send(new GetRoleCommand({ RoleName: 'analyst' }), { abortSignal: caller.signal })
    const answer = send()
    caller.abort()
    await expect(answer).rejects.toMatchObject({ name: 'AbortError' })
    await expect(send()).rejects.toMatchObject({ name: 'AbortError' })
    expect(account.countCalls('GetRole')).toBe(1)
  })

  test('reach SSM and SQS too', async () => {
    attach().failNext('GetParameter', throttling())
    account.failNext('GetQueueUrl', connectionReset())
    await expect(ssm.send(new GetParameterCommand({ Name: 'x' }))).rejects.toThrow('Rate exceeded')
    await expect(sqs.send(new GetQueueUrlCommand({ QueueName: 'x' }))).rejects.toThrow('ECONNRESET')
  })
})

test('a hook runs once, between the call and its answer', async () => {
  attach().addRole({ name: 'analyst', document: TRUST })
  const seen: unknown[] = []
  account.before('GetRole', ({ input }) => {
    seen.push(input)
    account.setTrustPolicy('analyst', OTHER)
  })
  expect(JSON.parse(await document('analyst'))).toEqual(OTHER)
  account.setTrustPolicy('analyst', TRUST)
  expect(JSON.parse(await document('analyst'))).toEqual(TRUST)
  expect(seen).toEqual([{ RoleName: 'analyst' }])
  expect(account.writes).toEqual([])
})

test('every call is recorded, failed ones too', async () => {
  attach().addRole({ name: 'analyst', document: TRUST })
  await getRole('analyst')
  await expect(getRole('never')).rejects.toThrow()
  await update('analyst', OTHER)
  expect(account.calls).toEqual([
    { name: 'GetRole', input: { RoleName: 'analyst' } },
    { name: 'GetRole', input: { RoleName: 'never' } },
    { name: 'UpdateAssumeRolePolicy', input: { RoleName: 'analyst', PolicyDocument: JSON.stringify(OTHER) } },
  ])
  expect(account.countCalls('GetRole')).toBe(2)
  expect(account.countCalls('GetParameter')).toBe(0)
})

describe('attaching', () => {
  test('answers clients that exist already and those that come', async () => {
    attach().addRole({ name: 'analyst' })
    const late = new IAMClient({ region })
    const { Role } = await late.send(new GetRoleCommand({ RoleName: 'analyst' }))
    expect(Role?.RoleName).toBe('analyst')
  })

  test('ends with detach, and another account can follow', async () => {
    const send = IAMClient.prototype.send
    attach().addRole({ name: 'first' })
    account.detach()
    expect(IAMClient.prototype.send).toBe(send)
    attach().addRole({ name: 'second' })
    expect((await getRole('second'))?.RoleName).toBe('second')
    await expect(getRole('first')).rejects.toThrow(NoSuchEntityException)
  })

  test('takes over from the account before', async () => {
    attach().addRole({ name: 'first' })
    attach()
    await expect(getRole('first')).rejects.toThrow(NoSuchEntityException)
  })

  test('a call that the account does not know fails by name', async () => {
    attach()
    await expect(iam.send(new ListUsersCommand({}))).rejects.toThrow('knows no ListUsers')
  })
})

test('GetCallerIdentity says which account and partition it is', async () => {
  attach({ partition: 'aws-cn', id: '444455556666' })
  expect(await new STSClient({ region }).send(new GetCallerIdentityCommand({}))).toMatchObject({
    Account: '444455556666',
    Arn: expect.stringMatching(/^arn:aws-cn:sts::444455556666:/),
  })
})

test('GetFunctionConfiguration shows the environment of a function that is there', async () => {
  attach().addFunction('there', { STAGE: 'dev' })
  const ask = (name: string) =>
    new LambdaClient({ region }).send(new GetFunctionConfigurationCommand({ FunctionName: name }))
  expect((await ask('there')).Environment?.Variables).toEqual({ STAGE: 'dev' })
  await expect(ask('elsewhere')).rejects.toThrow(ResourceNotFoundException)
})
