import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { heartbeatEvent, QUIET_SWEEP } from '../../fake-aws/heartbeats.ts'
import { OWN_SOURCE } from '../../src/events/read-event.ts'
import { coldStartHub, emptyHubAt } from './hub-functions.ts'

const NOW = new Date('2026-11-26T12:00:00Z')
const minutesAgo = (minutes: number) => new Date(NOW.getTime() - minutes * 60_000)

let hub: Awaited<ReturnType<typeof emptyHubAt>>['hub']
let logs: Record<string, unknown>[]

beforeEach(async () => {
  ;({ hub, logs } = await emptyHubAt(NOW))
})

afterEach(() => {
  hub.detach()
  vi.useRealTimers()
})

const kept = () =>
  hub.items().map(({ account, stack, told, sweep = '' }) => ({ account, stack, told, ...JSON.parse(sweep) }))
const warnings = () => logs.filter(({ level }) => level === 'WARN').map(({ message }) => message)

describe('the newest heartbeat of each account is kept', () => {
  test('one item for each of 5,000 accounts, though each tells of two sweeps, of one twice, and in any order', {
    timeout: 120_000,
  }, async () => {
    const accounts = Array.from({ length: 5_000 }, (_, index) => `${100_000_000_000 + index}`)
    const older = accounts.map((account) => heartbeatEvent({ account, time: minutesAgo(90), detail: { due: 1 } }))
    const newer = accounts.map((account) => heartbeatEvent({ account, time: minutesAgo(30), detail: { due: 2 } }))
    const [events = []] = fc.sample(fc.shuffledSubarray([...older, ...newer, ...newer], { minLength: 15_000 }), {
      numRuns: 1,
      seed: 14,
    })
    expect(await hub.record(events)).toEqual([])
    expect(
      kept()
        .map(({ account }) => account)
        .toSorted(),
    ).toEqual(accounts)
    expect(kept().filter(({ due }) => due !== 2)).toEqual([])
    expect(warnings()).toEqual([])
  })

  test('the same in the end, whatever comes in whatever order and however often', { timeout: 60_000 }, async () => {
    // Of one second there may be two: a sweep that failed, and the one that Lambda started in its place.
    const told = fc.record({
      account: fc.constantFrom('111122223333', '444455556666'),
      stack: fc.constantFrom('okta-role-trust-prod', 'okta-role-trust-entra'),
      minutes: fc.integer({ min: 0, max: 3 }),
      id: fc.integer({ min: 0, max: 3 }).map((id) => `id-${id}`),
      type: fc.constantFrom('Sweep Finished', 'Sweep Failed'),
    })
    const events = fc
      .uniqueArray(told, { maxLength: 12, selector: ({ id, minutes, account }) => `${account} ${minutes} ${id}` })
      .map((all) =>
        all.map(({ account, stack, minutes, id, type }) =>
          heartbeatEvent({ account, time: minutesAgo(minutes), id, type, detail: { stack, detail: `why ${id}` } }),
        ),
      )
    const inSomeOrder = events.chain((all) =>
      fc.tuple(fc.constant(all), fc.shuffledSubarray([...all, ...all], { minLength: all.length * 2 })),
    )
    await fc.assert(
      fc.asyncProperty(inSomeOrder, async ([all, shuffled]) => {
        hub.clear()
        await hub.record(shuffled)
        const newest = new Map<string, string>()
        for (const { account, time, id, detail } of all) {
          const key = `${account} ${detail.stack}`
          const at = `${new Date(time).toISOString()} ${id}`
          if (at > (newest.get(key) ?? '')) newest.set(key, at)
        }
        expect(new Map(kept().map(({ account, stack, told: at }) => [`${account} ${stack}`, at]))).toEqual(newest)
      }),
      { numRuns: 100 },
    )
  })

  test('a sweep that failed takes the place of one that finished, and the other way round', async () => {
    const failed = { type: 'Sweep Failed', detail: { detail: 'ConfigurationError: no provider' } }
    await hub.record([heartbeatEvent({ time: minutesAgo(9) }), heartbeatEvent({ time: minutesAgo(8), ...failed })])
    expect(kept()).toMatchObject([{ kind: 'failed', detail: 'ConfigurationError: no provider' }])
    await hub.record([heartbeatEvent({ time: minutesAgo(7) })])
    expect(kept()).toMatchObject([{ kind: 'finished', inScope: 12 }])
  })

  test('a role that is mended is gone with the next sweep', async () => {
    const roles = [{ roleName: 'vault', outcome: 'blocked', reason: 'malformed' }]
    const detail = { roles, counts: { ...QUIET_SWEEP.counts, blocked: 1 } }
    await hub.record([heartbeatEvent({ time: minutesAgo(9), detail }), heartbeatEvent({ time: minutesAgo(8) })])
    expect(kept()).toMatchObject([{ roles: [], counts: { blocked: 0 } }])
  })

  test('each stack of an account by itself', async () => {
    const entra = { detail: { stack: 'okta-role-trust-entra', due: 4 } }
    await hub.record([heartbeatEvent(), heartbeatEvent(entra)])
    expect(
      kept()
        .map(({ stack }) => stack)
        .toSorted(),
    ).toEqual(['okta-role-trust-entra', 'okta-role-trust-prod'])
  })
})

describe('what the table does not take is tried again', () => {
  test('alone, while the rest of the batch is done', async () => {
    hub.failNext(new Error('ProvisionedThroughputExceededException'))
    const events = ['111122223333', '444455556666', '777788889999'].map((account) => heartbeatEvent({ account }))
    const failures = await hub.record(events)
    expect(failures).toHaveLength(1)
    expect(kept()).toHaveLength(2)
    await hub.record(events)
    expect(kept()).toHaveLength(3)
  })
})

describe('no account speaks for another', () => {
  test('whatever its detail says', async () => {
    const claims = {
      account: '999988887777',
      accountId: '999988887777',
      source: 'aws.iam',
      time: '2030-01-01T00:00:00Z',
    }
    await hub.record([heartbeatEvent({ account: '111122223333', time: minutesAgo(1), detail: claims })])
    expect(kept()).toMatchObject([{ account: '111122223333', told: expect.stringMatching(/^2026-11-26T11:59:00/) }])
    expect(JSON.stringify(hub.items())).not.toContain('999988887777')
  })

  test('nor fills the table: of one account ten stacks are kept, and those go on', async () => {
    const stacks = Array.from({ length: 500 }, (_, index) => `okta-role-trust-${index}`)
    await hub.record([heartbeatEvent({ account: '444455556666', time: minutesAgo(5) })])
    await hub.record(stacks.map((stack) => heartbeatEvent({ time: minutesAgo(5), detail: { stack } })))
    // Functions run side by side: some more may come in at once.
    expect(kept().filter(({ account }) => account === '111122223333').length).toBeLessThan(20)
    expect(warnings()).toContain(
      'account 111122223333 tells of more stacks than are kept, and okta-role-trust-400 is left out',
    )
    await hub.record([
      heartbeatEvent({ time: minutesAgo(1), detail: { stack: 'okta-role-trust-0', due: 7 } }),
      heartbeatEvent({ account: '444455556666', time: minutesAgo(1), detail: { due: 8 } }),
    ])
    expect(
      kept()
        .flatMap(({ due }) => (due === 0 ? [] : [due]))
        .toSorted(),
    ).toEqual([7, 8])
  })

  test('nor keeps its own later heartbeats out by a time that is to come', async () => {
    await hub.record([heartbeatEvent({ time: new Date('2026-11-26T12:10:00Z') })])
    expect(kept()).toEqual([])
    await hub.record([heartbeatEvent({ time: new Date('2026-11-26T12:04:00Z') })])
    expect(kept()).toHaveLength(1)
  })
})

describe('what is no heartbeat changes nothing, and is not tried again', () => {
  const good = heartbeatEvent({ time: minutesAgo(1) })
  const withDetail = (detail: object) => ({ ...good, detail: { ...good.detail, ...detail } })
  test.each<[string, unknown]>([
    ['no JSON', '{"account":'],
    ['no object', '[]'],
    ['nothing', 'null'],
    ['another source', { ...good, source: 'aws.iam' }],
    ['another event of ours', { ...good, 'detail-type': 'Role Patched' }],
    ['no account', { ...good, account: '1111' }],
    ['an account of another type', { ...good, account: 111122223333 }],
    ['no time', { ...good, time: 'yesterday' }],
    ['a time of long ago', { ...good, time: '2026-11-10T00:00:00Z' }],
    ['a time of a year that texts do not sort by', { ...good, time: '+275760-09-13T00:00:00Z' }],
    ['an id that sorts after all others', { ...good, id: '\u{10ffff}' }],
    ['no detail', { ...good, detail: null }],
    ['a list as its detail', { ...good, detail: [] }],
    ['no stack', withDetail({ stack: undefined })],
    ['a stack of markup', withDetail({ stack: '<b>x</b>' })],
    ['a stack that is too long', withDetail({ stack: 'x'.repeat(65) })],
    ['a stack that is no text', withDetail({ stack: { S: 'x' } })],
    ['a number that is a text', withDetail({ due: '7' })],
    ['a number below zero', withDetail({ heldBack: -1 })],
    ['a number that is none', withDetail({ due: 1.5 })],
    ['a number beyond all roles', withDetail({ orphaned: 1e12 })],
    ['counts that are none', withDetail({ counts: { failed: 'many' } })],
    ['a mode that there is not', withDetail({ mode: 'off' })],
    ['a version of markup', withDetail({ productVersion: '<script>' })],
    ['more roles than a heartbeat has', withDetail({ roles: Array(101).fill({ roleName: 'r', outcome: 'failed' }) })],
    ['roles that are none', withDetail({ roles: ['r'] })],
    ['a text beyond all measure', withDetail({ roles: [{ roleName: 'x'.repeat(200_000), outcome: 'failed' }] })],
    ['a sweep that failed without a reason', { ...good, 'detail-type': 'Sweep Failed' }],
  ])('%s', async (_, event) => {
    expect(await hub.record([event, heartbeatEvent({ account: '444455556666' })])).toEqual([])
    expect(kept()).toMatchObject([{ account: '444455556666' }])
    expect(warnings()).toEqual([expect.stringMatching(/^message m0 is no heartbeat and is dropped: event/)])
    expect(`${warnings()[0]}`.length).toBeLessThan(1_000)
  })

  test('is told with the account that sent it, and by the part that is wrong', async () => {
    await hub.record([{ ...good, time: '2026-11-10T00:00:00Z' }, withDetail({ due: '7' }), '{"account":'])
    expect(logs.map(({ account, message }) => [account, message])).toEqual([
      [
        good.account,
        'message m0 is no heartbeat and is dropped: event.time: found "2026-11-10T00:00:00Z", expected a time after which an account is not gone yet',
      ],
      [
        good.account,
        'message m1 is no heartbeat and is dropped: event.detail.due: found "7", expected a number of roles',
      ],
      [undefined, 'message m2 is no heartbeat and is dropped: event: found nothing, expected an event'],
    ])
  })

  test('is told in a line that is short, however much is wrong, and holds nothing that a terminal acts on', async () => {
    const wrong = { roleName: 1, outcome: ['\u009b31m\u202e\u2028'.repeat(60)], reason: {}, detail: {} }
    await hub.record([withDetail({ roles: Array(100).fill(wrong) })])
    expect(`${warnings()[0]}`.length).toBeLessThan(1_200)
    expect(warnings()[0]).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u)
  })

  test('and the source is the one that members send', () => {
    expect(good.source).toBe(OWN_SOURCE)
  })
})

describe('what a hostile detail holds', () => {
  test('is kept as text without what a terminal acts on, and no longer than a page shows', async () => {
    const nasty = `\u001b[31mred\u001b[0m\u0000\u202e\u3164\u115f\u00a0gnp.exe\r\n${'y'.repeat(5_000)}`
    const roles = Array(100).fill({ roleName: 'r\u0007', outcome: 'blocked', reason: nasty, detail: nasty, arn: nasty })
    await hub.record([heartbeatEvent({ detail: { roles, more: { deep: nasty } } })])
    const [item] = hub.items()
    expect(item?.sweep).not.toMatch(/[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\u00a0]/u)
    expect(item?.sweep).not.toMatch(/\\u00|\\r|\\n/)
    expect(item?.sweep?.length).toBeLessThan(6_000)
    expect(kept()[0].roles).toHaveLength(10)
    expect(kept()[0]).not.toHaveProperty('more')
  })

  test('is no prototype of anything', async () => {
    const body = JSON.stringify(heartbeatEvent()).replace(
      '"detail":{',
      '"__proto__":{"account":"999988887777"},"detail":{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}},',
    )
    await hub.record([body])
    expect(kept()).toMatchObject([{ account: '111122223333' }])
    expect(hub.items()[0]?.sweep).not.toContain('polluted')
    expect(Object.keys(Object.prototype)).toEqual([])
    expect({}).not.toHaveProperty('polluted')
  })
})

test('a hub without a table says what to do', async () => {
  await expect(coldStartHub({ TABLE_NAME: '' })).rejects.toThrow(
    'expected the table of the hub. Deploy its template again',
  )
})
