import { UpdateAssumeRolePolicyCommand } from '@aws-sdk/client-iam'
import { afterEach, describe, expect, test } from 'vitest'
import { ENVIRONMENT } from '../../fake-aws/environment.ts'
import { settingsDigest } from '../../src/config/settings-digest.ts'
import { allDone, createRole, deleteRoles, patched, person, sandbox, stopping, TAGGED, untouched } from './account.ts'

/** As docs/events.md has them: whoever builds on them reads no more of this product. */
const EVENTS = { source: ['okta-role-trust'] }

const { person: caller } = sandbox.key
const arnOf = (pathAndName: string) => `arn:aws:iam::${caller.accountId}:role/${pathAndName}`
const ISO_TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z$/)
const ID = expect.stringMatching(/^[\da-f-]{36}$/)

afterEach(deleteRoles)

describe('a rule of somebody else on the default event bus', () => {
  test('brings the event of a patched role to its queue, with all of the documented detail', async () => {
    const takeEvents = await sandbox.collectEvents(EVENTS)
    await createRole('told', { tags: TAGGED, path: '/team/', by: person })
    await allDone()
    expect(await sandbox.trustPolicy('told')).toEqual(patched)
    expect(await takeEvents()).toEqual([
      {
        version: '0',
        id: ID,
        'detail-type': 'Role Patched',
        source: 'okta-role-trust',
        account: caller.accountId,
        time: expect.any(String),
        region: 'us-east-1',
        resources: [arnOf('team/told')],
        detail: {
          version: '1',
          stack: ENVIRONMENT.STACK_NAME,
          productVersion: ENVIRONMENT.VERSION,
          outcome: 'patched',
          roleName: 'told',
          arn: arnOf('team/told'),
          reason: 'access-missing',
          notes: [],
          trigger: 'CreateRole',
          actor: caller.arn,
          eventId: ID,
          eventTime: ISO_TIME,
          claimedByEvent: ['trigger', 'eventId', 'actor', 'eventTime'],
          before: untouched,
          after: patched,
        },
      },
    ])
  })

  test('brings the event of a blocked role, which stays as it is', async () => {
    const takeEvents = await sandbox.collectEvents({ ...EVENTS, 'detail-type': ['Role Blocked'] })
    await createRole('stopped', { tags: TAGGED })
    const PolicyDocument = JSON.stringify(stopping)
    await person.send(new UpdateAssumeRolePolicyCommand({ RoleName: 'stopped', PolicyDocument }))
    await createRole('patched-beside-it', { tags: TAGGED, by: person })
    await allDone()
    expect(await sandbox.trustPolicy('stopped')).toEqual(stopping)
    expect(await takeEvents()).toMatchObject([
      {
        'detail-type': 'Role Blocked',
        resources: [arnOf('stopped')],
        detail: {
          version: '1',
          outcome: 'blocked',
          roleName: 'stopped',
          reason: 'explicit-deny',
          detail: expect.stringContaining('Statement'),
          trigger: 'UpdateAssumeRolePolicy',
          actor: caller.arn,
          before: stopping,
        },
      },
    ])
  })

  test('brings the heartbeat of a sweep, with all of the documented detail', async () => {
    const takeEvents = await sandbox.collectEvents({ ...EVENTS, 'detail-type': ['Sweep Finished', 'Sweep Failed'] })
    await createRole('stopped', { tags: TAGGED, policy: stopping })
    await createRole('due', { tags: TAGGED })
    await sandbox.invoke('scheduled-sweep', {})
    await sandbox.invoke('backfill', { roles: ['stopped'] })
    expect(await sandbox.trustPolicy('due')).toEqual(patched)
    expect(await takeEvents()).toEqual([
      expect.objectContaining({
        'detail-type': 'Sweep Finished',
        source: 'okta-role-trust',
        account: caller.accountId,
        resources: [],
        detail: {
          version: '1',
          stack: ENVIRONMENT.STACK_NAME,
          productVersion: ENVIRONMENT.VERSION,
          mode: 'enforce',
          settingsDigest: settingsDigest({ ...ENVIRONMENT, POWERTOOLS_LOG_LEVEL: 'INFO' }),
          trigger: 'scheduled sweep',
          scanned: expect.any(Number),
          inScope: 2,
          counts: expect.objectContaining({ patched: 1, blocked: 1, failed: 0 }),
          due: 0,
          heldBack: 0,
          orphaned: 0,
          deadLetters: 0,
          roles: [
            {
              roleName: 'stopped',
              outcome: 'blocked',
              reason: 'explicit-deny',
              detail: expect.stringContaining('Deny'),
            },
          ],
          rolesOmitted: 0,
        },
      }),
    ])
  })

  test('brings nothing of roles that are right or that nobody tagged', async () => {
    const takeEvents = await sandbox.collectEvents(EVENTS)
    await createRole('right', { tags: TAGGED, policy: patched, by: person })
    await createRole('untagged', { by: person })
    await allDone()
    expect(await takeEvents()).toEqual([])
  })
})
