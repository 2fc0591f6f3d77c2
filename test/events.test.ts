import { describe, expect, test } from 'vitest'
import { sample } from '../fake-aws/invocation.ts'
import { deferredEvent, readEvent, readMessage } from '../src/events/read-event.ts'
import { tasksOf } from '../src/events/role-tasks.ts'

const tag = { key: 'okta-sso', value: 'true' }
const here = { stackName: 'okta-role-trust-dev', account: '111122223333' }
const FOREIGN = '444455556666'
const read = (event: unknown) => readEvent(event, tag, here)

/** A sample with parts of its CloudTrail record replaced. */
function changed(name: string, detail: object) {
  const event = sample(name)
  return { ...event, detail: { ...event.detail, ...detail } }
}

describe('an event names the role to look at', () => {
  test.each([
    ['create-role-tagged', 'CreateRole', true, false],
    ['create-role-untagged', 'CreateRole', false, false],
    ['tag-role', 'TagRole', true, false],
    ['untag-role', 'UntagRole', false, true],
    ['update-assume-role-policy', 'UpdateAssumeRolePolicy', false, false],
  ])('%s', (name, eventName, showsTag, takesTag) => {
    const { detail } = sample(name)
    expect(read(sample(name))).toEqual({
      kind: 'role',
      roleName: detail.requestParameters.roleName,
      eventName,
      eventId: detail.eventID,
      actor: detail.userIdentity.arn,
      time: Date.parse(detail.eventTime),
      isOfAnotherStack: false,
      showsTag,
      takesTag,
    })
  })

  test.each([
    ['an UntagRole that names the key', 'untag-role', { tagKeys: ['team', 'OKTA-SSO'] }, true],
    ['an UntagRole of other keys', 'untag-role', { tagKeys: ['team'] }, false],
    ['an UntagRole that lists its keys under another name', 'untag-role', { keys: ['team'] }, true],
    ['an UntagRole that lists its keys in another form', 'untag-role', { tagKeys: [{ key: 'team' }] }, true],
    ['a TagRole with another value', 'tag-role', { tags: [{ key: 'Okta-Sso', value: 'false' }] }, true],
    ['a TagRole without a value', 'tag-role', { tags: [{ key: 'okta-sso' }] }, true],
    ['a TagRole of another key', 'tag-role', { tags: [{ key: 'team', value: 'true' }] }, false],
  ])('%s: whether it may have taken the tag away', (_, name, parameters, takesTag) => {
    const requestParameters = { roleName: 'analyst', ...parameters }
    expect(read(changed(name, { requestParameters }))).toMatchObject({ showsTag: false, takesTag })
  })

  test('the tag is recognised whatever its letter case, and only as a pair', () => {
    const withTags = (tags: object[]) => read(changed('tag-role', { requestParameters: { roleName: 'analyst', tags } }))
    expect(withTags([{ key: 'OKTA-SSO', value: 'True' }])).toMatchObject({ showsTag: true })
    expect(
      withTags([
        { key: 'okta-sso', value: 'no' },
        { key: 'x', value: 'true' },
      ]),
    ).toMatchObject({ showsTag: false })
  })

  test('a tag without a value does not stand in the way of the others', () => {
    const tags = [{ key: 'team' }, { key: 'okta-sso', value: 'true' }]
    expect(read(changed('tag-role', { requestParameters: { roleName: 'analyst', tags } }))).toMatchObject({
      showsTag: true,
    })
  })

  test('any event version and partition is taken, China with its own detail-type', () => {
    const event = changed('tag-role', { eventVersion: '1.05' })
    expect(read({ ...event, 'detail-type': 'Amazon API Call via CloudTrail' })).toMatchObject({ kind: 'role' })
  })

  test('a caller without an ARN is named by what is known', () => {
    expect(
      read(changed('tag-role', { userIdentity: { type: 'AWSService', invokedBy: 'cloudformation.amazonaws.com' } })),
    ).toMatchObject({ actor: 'cloudformation.amazonaws.com' })
    expect(read(changed('tag-role', { userIdentity: { type: 'AWSAccount' } }))).toMatchObject({ actor: 'AWSAccount' })
    expect(read(changed('tag-role', { userIdentity: {} }))).toMatchObject({ actor: 'unknown' })
  })

  test('a role that a sweep handed on is looked at without any expectation', () => {
    const event = read(deferredEvent('analyst'))
    expect(event).toMatchObject({ kind: 'role', roleName: 'analyst' })
    expect(read(sample('role-deferred'))).toMatchObject({ kind: 'role' })
    expect(event.kind === 'role' && tasksOf([event], Date.now())[0]?.expected).toEqual({
      exists: false,
      tagged: false,
      principals: false,
      mayWithdraw: true,
    })
  })
})

describe('an event that asks for nothing is dropped, with the reason', () => {
  test.each([
    ['a failed call', sample('failed-create-role'), 'failed-call'],
    [
      'a failed call without parameters',
      changed('tag-role', { errorCode: 'AccessDenied', requestParameters: null }),
      'failed-call',
    ],
    ['a trust policy that this system wrote', sample('own-update'), 'own-update'],
    ['another call of IAM', changed('tag-role', { eventName: 'DeleteRole' }), 'unknown-event'],
    ['another service', { ...sample('tag-role'), source: 'aws.sts' }, 'unknown-event'],
    ['the schedule', sample('scheduled'), 'unknown-event'],
    [
      'a call in another account, which forwards its events',
      { ...sample('tag-role'), account: FOREIGN },
      'foreign-account',
    ],
    [
      'a role that the sweep of another account handed on',
      { ...deferredEvent('x'), account: FOREIGN },
      'foreign-account',
    ],
  ])('%s', (_, event, reason) => {
    expect(read(event)).toMatchObject({ kind: 'ignored', reason })
  })

  const OWN = 'arn:aws:iam::111122223333:role/okta-role-trust/okta-role-trust-dev-role-event'
  const writtenBy = (arn: string) => {
    const { userIdentity } = sample('own-update').detail
    const sessionIssuer = { ...userIdentity.sessionContext.sessionIssuer, arn }
    return changed('own-update', { userIdentity: { ...userIdentity, sessionContext: { sessionIssuer } } })
  }

  test.each(['role-event', 'scheduled-sweep', 'backfill'])('what the role of %s wrote is an echo', (name) => {
    const event = writtenBy(OWN.replace('role-event', name))
    expect(read(event)).toMatchObject({ kind: 'ignored', reason: 'own-update' })
  })

  test.each([
    ['a role that somebody made under the same path', 'arn:aws:iam::111122223333:role/okta-role-trust/mine', false],
    ['a role of another stage', OWN.replace('-dev-', '-dev-2-'), true],
    ['a role of a stage whose name only begins like this', `${OWN}-2`, false],
    ['a role of the name of another path', OWN.replace('okta-role-trust/', ''), false],
    ['a role of a path below', OWN.replace('okta-role-trust/', 'okta-role-trust/x/'), false],
    ['a role of another account', OWN.replace('111122223333', FOREIGN), false],
    ['a role whose name differs by case', OWN.replace('dev', 'DEV'), true],
    ['the function that only reads', OWN.replace('role-event', 'dashboard-widget'), false],
  ])('but what %s wrote is drift, and it says whether a stack of this system did', (_, arn, isOfAnotherStack) => {
    const eventName = 'UpdateAssumeRolePolicy'
    expect(read(writtenBy(arn))).toMatchObject({ kind: 'role', eventName, isOfAnotherStack })
  })

  test('and any account counts where nobody knows the own one', () => {
    const nowhere = { ...here, account: undefined }
    const event = writtenBy(OWN.replace('111122223333', FOREIGN))
    expect(readEvent({ ...event, account: FOREIGN }, tag, nowhere)).toMatchObject({ reason: 'own-update' })
    expect(readEvent({ ...sample('tag-role'), account: FOREIGN }, tag, nowhere)).toMatchObject({ kind: 'role' })
  })

  test('but a tag set by a role of this system counts: only its own writes of trust policies are echoes', () => {
    const { userIdentity } = sample('own-update').detail
    expect(read(changed('tag-role', { userIdentity }))).toMatchObject({ kind: 'role' })
  })
})

describe('an event that cannot be read is an error that says where, what was found and what was expected', () => {
  test.each([
    ['not an object', 'hello', 'event: found "hello", expected an EventBridge event'],
    ['no source', { ...sample('tag-role'), source: undefined }, 'event.source: found nothing, expected a string'],
    [
      'a call in nobody knows which account',
      { ...sample('tag-role'), account: undefined },
      'event.account: found nothing, expected the id of an account',
    ],
    ['no detail', { ...sample('tag-role'), detail: null }, 'event.detail: found null, expected an object'],
    ['no event name', changed('tag-role', { eventName: 7 }), 'event.detail.eventName: found 7, expected a string'],
    [
      'no parameters',
      changed('tag-role', { requestParameters: null }),
      'event.detail.requestParameters: found null, expected an object',
    ],
    [
      'an impossible role name',
      changed('tag-role', { requestParameters: { roleName: 'a/b' } }),
      'event.detail.requestParameters.roleName: found "a/b", expected the name of an IAM role',
    ],
    [
      'tags of another shape',
      changed('tag-role', { requestParameters: { roleName: 'a', tags: [1] } }),
      'event.detail.requestParameters.tags.0: found 1, expected a tag',
    ],
    [
      'no time',
      changed('tag-role', { eventTime: 'yesterday' }),
      'event.detail.eventTime: found "yesterday", expected an ISO 8601 time',
    ],
    [
      'a deferred role without a name',
      { ...deferredEvent('x'), detail: {} },
      'event.detail.roleName: found nothing, expected',
    ],
  ])('%s', (_, event, message) => {
    expect(() => read(event)).toThrow(message)
  })

  test('a message that is not JSON', () => {
    expect(readMessage('{"source":', tag, here)).toMatchObject({
      kind: 'unreadable',
      error: { message: 'message: found text that is not JSON, expected an EventBridge event' },
    })
    expect(readMessage('"hello"', tag, here)).toMatchObject({ kind: 'unreadable' })
  })
})

describe('events for one role become one task', () => {
  const now = Date.parse('2026-11-24T12:00:00Z')
  const event = (eventName: string, secondsAgo: number, tag: 'shows' | 'takes' | 'leaves' = 'leaves') => ({
    kind: 'role' as const,
    roleName: 'analyst',
    eventName,
    eventId: `${eventName}-${secondsAgo}`,
    actor: 'someone',
    time: now - secondsAgo * 1000,
    isOfAnotherStack: false,
    showsTag: tag === 'shows',
    takesTag: tag === 'takes',
  })

  test.each([
    ['a young event says that the role exists', [event('UpdateAssumeRolePolicy', 10)], true, false],
    ['a young tag must show', [event('TagRole', 10, 'shows')], true, true],
    [
      'a tag set before a later change must still show',
      [event('UpdateAssumeRolePolicy', 5), event('TagRole', 10, 'shows')],
      true,
      true,
    ],
    [
      'a tag set before another one was taken away must still show',
      [event('UntagRole', 5), event('TagRole', 10, 'shows')],
      true,
      true,
    ],
    [
      'a tag taken away again need not show',
      [event('UntagRole', 5, 'takes'), event('TagRole', 10, 'shows')],
      true,
      false,
    ],
    [
      'a tag set to another value need not show',
      [event('TagRole', 5, 'takes'), event('TagRole', 10, 'shows')],
      true,
      false,
    ],
    ['a tag set again must show', [event('TagRole', 5, 'shows'), event('UntagRole', 10, 'takes')], true, true],
    [
      'a tag set and taken away in the same second may be there, whichever comes first',
      [event('TagRole', 5, 'shows'), event('UntagRole', 5, 'takes')],
      true,
      true,
    ],
    ['an event of not quite five minutes ago still counts', [event('TagRole', 299, 'shows')], true, true],
    ['an event of a clock that runs ahead counts', [event('TagRole', -299, 'shows')], true, true],
    ['an event of a time far ahead promises nothing', [event('TagRole', -300, 'shows')], false, false],
    [
      'an event of a time far ahead does not undo what a young one promises',
      [event('UntagRole', -2e9, 'takes'), event('TagRole', 10, 'shows')],
      true,
      true,
    ],
    ['an event of five minutes ago promises nothing', [event('TagRole', 300, 'shows')], false, false],
    [
      'an old tag beside a young change promises the role only',
      [event('TagRole', 400, 'shows'), event('UpdateAssumeRolePolicy', 5)],
      true,
      false,
    ],
  ])('%s', (_, events, exists, tagged) => {
    for (const order of [events, events.toReversed()]) {
      const tasks = tasksOf(order, now)
      expect(tasks).toHaveLength(1)
      expect(tasks[0]?.expected).toMatchObject({ exists, tagged })
    }
  })

  test.each([
    ['the tag is taken away', [event('UntagRole', 5, 'takes')], true],
    ['another tag is taken away', [event('UntagRole', 5)], false],
    ['another tag is taken away after this one', [event('UntagRole', 5), event('UntagRole', 10, 'takes')], false],
    ['nothing has happened for five minutes', [event('UntagRole', 300)], true],
    ['a change of a time far ahead comes beside a young one', [event('UntagRole', -2e9), event('TagRole', 5)], false],
    ['the tag is set', [event('TagRole', 5, 'shows')], false],
  ])('whether access may be withdrawn, where %s', (_, events, mayWithdraw) => {
    expect(tasksOf(events, now)[0]?.expected).toMatchObject({ mayWithdraw })
  })

  test('the latest event is named as the cause', () => {
    const [task] = tasksOf([event('UntagRole', 5, 'takes'), event('TagRole', 10, 'shows')], now)
    expect(task?.cause.eventName).toBe('UntagRole')
  })
})
