import { DeleteRoleCommand, TagRoleCommand, UntagRoleCommand, UpdateAssumeRolePolicyCommand } from '@aws-sdk/client-iam'
import { afterEach, describe, expect, test } from 'vitest'
import { sample } from '../../fake-aws/invocation.ts'
import { castOf, storiesOf } from '../../sandbox/role-stories.ts'
import { functionName, RULE } from '../../sandbox/stack-names.ts'
import { isLetThrough, type TrailEvent } from '../../sandbox/trail.ts'
import { deferredEvent } from '../../src/events/read-event.ts'
import {
  allDone,
  createRole,
  deleteRoles,
  logOf,
  patched,
  person,
  provider,
  sandbox,
  send,
  TAGGED,
  untouched,
  writesOfFunctions,
} from './account.ts'

/** A person whose events wait until the test delivers them. */
function heldBack() {
  const events: TrailEvent[] = []
  const iam = sandbox.iamOfPerson(async (event) => {
    events.push(event)
  })
  return { iam, events }
}

const tag = (RoleName: string, Key: string, Value: string) =>
  person.send(new TagRoleCommand({ RoleName, Tags: [{ Key, Value }] }))

afterEach(deleteRoles)

test.each(storiesOf(castOf(provider)))(
  '$roleName, $title',
  async ({ roleName, first, between, later = [], expected, patches }) => {
    for (const act of first) await act(person, roleName)
    await allDone()
    if (between !== undefined) expect(await sandbox.trustPolicy(roleName)).toEqual(between)
    for (const act of later) await act(person, roleName)
    await allDone()
    expect(await sandbox.trustPolicy(roleName)).toEqual(expected)
    expect(await writesOfFunctions(roleName)).toHaveLength(patches)
  },
)

test('a role that a sweep handed on trusts Okta soon after', async () => {
  await createRole('deferred', { tags: TAGGED })
  await send(JSON.stringify(deferredEvent('deferred')))
  await allDone()
  expect(await sandbox.trustPolicy('deferred')).toEqual(patched)
})

describe('a role stays as it is', () => {
  test('where it belongs to the system itself, though somebody tagged it', async () => {
    const RoleName = functionName('role-event')
    const before = await sandbox.trustPolicy(RoleName)
    await tag(RoleName, 'okta-sso', 'true')
    await allDone()
    await sandbox.iam.send(new UntagRoleCommand({ RoleName, TagKeys: ['okta-sso'] }))
    expect(await sandbox.trustPolicy(RoleName)).toEqual(before)
    expect(await logOf('role-event', `role ${RoleName} has been skipped (protected)`)).toHaveLength(1)
  })

  test('where its trust policy gives Okta the access already', async () => {
    await createRole('right', { tags: TAGGED, policy: patched, by: person })
    await allDone()
    expect(await sandbox.trustPolicy('right')).toEqual(patched)
    expect(await writesOfFunctions('right')).toEqual([])
  })
})

test('a role that loses the tag loses the statement too, where the stack is deployed so', async () => {
  await createRole('withdrawn', { tags: TAGGED, policy: patched })
  await sandbox.restart('role-event', { variables: { ON_UNTAG: 'revoke' } })
  try {
    await person.send(new UntagRoleCommand({ RoleName: 'withdrawn', TagKeys: ['okta-sso'] }))
    await allDone()
    expect(await sandbox.trustPolicy('withdrawn')).toEqual(untouched)
  } finally {
    await sandbox.restart('role-event', { variables: { ON_UNTAG: 'keep' } })
  }
})

test('an event that arrives three times causes one write', async () => {
  const { iam, events } = heldBack()
  await createRole('repeated', { tags: TAGGED, by: iam })
  for (const event of [...events, ...events, ...events]) {
    await sandbox.deliver(event)
    await allDone()
  }
  expect(await sandbox.trustPolicy('repeated')).toEqual(patched)
  expect(await writesOfFunctions('repeated')).toHaveLength(1)
})

describe('an event for a role that is gone', () => {
  /** From the event on, IAM may not show for five minutes what is there. */
  const FIVE_MINUTES = 5 * 60_000

  async function eventOfDeletedRole(RoleName: string, age: number) {
    const { iam, events } = heldBack()
    await createRole(RoleName, { tags: TAGGED, by: iam })
    await sandbox.iam.send(new DeleteRoleCommand({ RoleName }))
    const [event] = events
    if (event === undefined) throw new Error('CloudTrail has not seen that the role was created')
    const eventTime = new Date(Date.now() - age).toISOString()
    return { ...event, detail: { ...event.detail, eventTime } }
  }

  test('is done at once if it is old', async () => {
    await sandbox.deliver(await eventOfDeletedRole('long-gone', FIVE_MINUTES))
    await allDone()
    expect(await logOf('role-event', 'role long-gone has been skipped (gone)')).toHaveLength(1)
  })

  test('is tried again while it is young, and done then', async () => {
    await sandbox.deliver(await eventOfDeletedRole('just-gone', FIVE_MINUTES - 6_000))
    await allDone()
    expect((await logOf('role-event', 'just-gone')).join()).toMatch(
      /just-gone.*will be tried again.*just-gone.*\(gone\)/s,
    )
  })
})

describe('the deployed rule, its source included,', () => {
  test('lets through what may concern a tagged role, and drops the rest', async () => {
    const { iam, events } = heldBack()
    const RoleName = 'observed'
    await createRole(RoleName, { tags: { 'OKTA-SSO': 'true' }, by: iam })
    await createRole('observed-untagged', { tags: { team: 'data' }, by: iam })
    await createRole('observed-bare', { by: iam })
    await iam.send(new TagRoleCommand({ RoleName, Tags: [{ Key: 'okta-sso', Value: 'no' }] }))
    await iam.send(new TagRoleCommand({ RoleName, Tags: [{ Key: 'team', Value: 'data' }] }))
    await iam.send(new UntagRoleCommand({ RoleName, TagKeys: ['team'] }))
    await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument: JSON.stringify(untouched) }))
    await createRole(RoleName, { tags: TAGGED, by: iam }).catch(() => {})
    await iam.send(new DeleteRoleCommand({ RoleName }))

    const verdicts: (readonly [string, boolean])[] = []
    for (const event of events) {
      const { eventName } = event.detail
      verdicts.push([eventName, await isLetThrough(sandbox.events, RULE, event)])
    }
    expect(verdicts).toEqual([
      ['CreateRole', true],
      ['CreateRole', false],
      ['CreateRole', false],
      ['TagRole', true],
      ['TagRole', false],
      ['UntagRole', true],
      ['UpdateAssumeRolePolicy', true],
      // It failed: there is such a role already.
      ['CreateRole', false],
      ['DeleteRole', false],
    ])
  })

  test("drops the functions' own writes, so that none of them causes the next", async () => {
    const here = (name: string) => JSON.stringify(sample(name)).replaceAll('111122223333', sandbox.key.person.accountId)
    const own = here('own-update')
    expect(await isLetThrough(sandbox.events, RULE, JSON.parse(own))).toBe(false)
    // The same by a role of the same name that is somebody else's.
    expect(await isLetThrough(sandbox.events, RULE, JSON.parse(own.replace('role/okta-role-trust/', 'role/')))).toBe(
      true,
    )
  })
})
