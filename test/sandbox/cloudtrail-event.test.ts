import { expect, test } from 'vitest'
import { sample } from '../../fake-aws/invocation.ts'
import { type Call, type Caller, cloudTrailEvent } from '../../sandbox/cloudtrail-event.ts'

const { requestParameters, responseElements, ...created } = sample('create-role-tagged').detail
const { type: _type, principalId: userId, ...identity } = created.userIdentity
const caller: Caller = { userId, ...identity }

const Tags = [
  { Key: 'team', Value: 'analytics' },
  { Key: 'okta-sso', Value: 'true' },
]

/** The call that the sample is a record of, as the SDK is given it. */
const call: Omit<Call, 'outcome'> = {
  eventName: 'CreateRole',
  input: {
    Path: '/',
    RoleName: 'data-analyst',
    AssumeRolePolicyDocument: requestParameters.assumeRolePolicyDocument,
    Description: 'Queries the data lake',
    MaxSessionDuration: 14400,
    PermissionsBoundary: undefined,
    Tags,
  },
  requestId: created.requestID,
  userAgent: created.userAgent,
  time: new Date('2026-11-17T09:14:32.987Z'),
}

/** The sample, but for the ids that each event has of its own. */
function expected(name: string) {
  const event = sample(name)
  return { ...event, id: expect.any(String), detail: { ...event.detail, eventID: expect.any(String) } }
}

test('a call that was done is told as CloudTrail tells it', () => {
  const { assumeRolePolicyDocument: AssumeRolePolicyDocument, arn: Arn, roleId: RoleId } = responseElements.role
  const Role = {
    AssumeRolePolicyDocument,
    Arn,
    RoleId,
    CreateDate: call.time,
    RoleName: 'data-analyst',
    Path: '/',
    Tags,
  }
  const outcome = { kind: 'done', output: { Role, $metadata: { httpStatusCode: 200 } } } as const
  expect(cloudTrailEvent({ ...call, outcome }, caller)).toEqual(expected('create-role-tagged'))
})

test('a call that failed is told with its error, and without a response', () => {
  const { detail } = sample('failed-create-role')
  const { errorCode, errorMessage, requestID: requestId } = detail
  const event = cloudTrailEvent(
    {
      ...call,
      requestId,
      time: new Date(detail.eventTime),
      input: { ...call.input, Description: undefined },
      outcome: { kind: 'failed', errorCode, errorMessage },
    },
    caller,
  )
  expect(event).toEqual(expected('failed-create-role'))
})

test('a call that answers with nothing has null as its response', () => {
  const input = { RoleName: 'data-analyst', TagKeys: ['okta-sso'] }
  const outcome = { kind: 'done', output: { $metadata: {} } } as const
  const { detail } = cloudTrailEvent({ ...call, eventName: 'UntagRole', input, outcome }, caller)
  expect(detail).toMatchObject({
    eventName: 'UntagRole',
    requestParameters: { roleName: 'data-analyst', tagKeys: ['okta-sso'] },
    responseElements: null,
  })
})
