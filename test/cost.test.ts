import { afterEach, expect, test, vi } from 'vitest'
import { EVENT_BYTES, HUB_METRICS, ITEM_BYTES } from '../bench/cost/hub-usage.ts'
import { EVENT_METRICS, LOG_BYTES, SWEEP_METRICS } from '../bench/cost/monthly-usage.ts'
import { heartbeatEvent } from '../fake-aws/heartbeats.ts'
import { contextOf, sample } from '../fake-aws/invocation.ts'
import { accountWithOkta, captureLogs, coldStart, ec2, metricsOf, policy, TAGGED } from './functions.ts'
import { emptyHub } from './hub/hub-functions.ts'
import { emittedMetrics } from './stack/emitted-metrics.ts'

afterEach(() => vi.unstubAllEnvs())

test('all metrics that the functions send are counted', async () => {
  const sent = [...(await emittedMetrics())].map((metric) => metric.split(' ')[1])
  expect(sent.toSorted()).toEqual([...SWEEP_METRICS, ...EVENT_METRICS].toSorted())
})

/** As text, what stands at DEBUG left out: the default is INFO. */
function bytesOf(lines: readonly Record<string, unknown>[]): number {
  const kept = lines.filter(({ level }) => level !== 'DEBUG')
  return kept.map((line) => JSON.stringify(line).length + 1).reduce((sum, bytes) => sum + bytes, 0)
}

const thousands = (bytes: number) => Math.ceil(bytes / 1000) * 1000

test('so much is logged of a sweep that finds nothing due, and of a patch', async () => {
  const account = accountWithOkta()
  try {
    const { roleEvent, scheduledSweep } = await coldStart()
    const lines = captureLogs()
    await scheduledSweep({}, contextOf())
    expect(thousands(bytesOf(lines.splice(0)))).toBe(LOG_BYTES.sweep)

    const event = sample('tag-role')
    account.addRole({ name: event.detail.requestParameters.roleName, tags: TAGGED, document: policy(ec2) })
    await roleEvent(event, contextOf())
    expect(account.writes).toHaveLength(1)
    expect(thousands(bytesOf(lines))).toBe(LOG_BYTES.patch)
  } finally {
    account.detach()
  }
})

test('so much reaches a hub of a sweep that finds nothing due, and of a patch', async () => {
  const account = accountWithOkta()
  try {
    const { roleEvent, scheduledSweep } = await coldStart()
    await scheduledSweep({}, contextOf())
    const event = sample('tag-role')
    account.addRole({ name: event.detail.requestParameters.roleName, tags: TAGGED, document: policy(ec2) })
    await roleEvent(event, contextOf())
    // What EventBridge writes around an event.
    const { detail: _, 'detail-type': __, ...envelope } = heartbeatEvent()
    const sizes = account.busEvents.map((told) => [
      told['detail-type'],
      thousands(JSON.stringify({ ...envelope, ...told }).length),
    ])
    expect(sizes).toEqual([
      ['Sweep Finished', EVENT_BYTES.sweep],
      ['Role Patched', EVENT_BYTES.patch],
    ])
  } finally {
    account.detach()
  }
})

test('all metrics of a hub are counted, and an account takes no more room in its table than is reckoned', async () => {
  const hub = await emptyHub()
  try {
    const lines = captureLogs()
    await hub.record([heartbeatEvent()])
    await hub.check()
    const { _aws, service: _, version: __, ...metrics } = metricsOf(lines)
    expect(Object.keys(metrics).toSorted()).toEqual(HUB_METRICS.toSorted())
    const [item] = hub.items()
    expect(JSON.stringify(item).length).toBeLessThanOrEqual(ITEM_BYTES)
  } finally {
    hub.detach()
  }
})
