import { vi } from 'vitest'
import { createHubTable } from '../../fake-aws/hub-table.ts'
import { batchOf } from '../../fake-aws/invocation.ts'
import { captureLogs } from '../functions.ts'

const ENVIRONMENT = {
  TABLE_NAME: 'okta-role-trust-hub',
  VERSION: '9.9.9',
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
  POWERTOOLS_DEV: 'true',
  POWERTOOLS_METRICS_DISABLED: 'false',
  POWERTOOLS_LOG_LEVEL: 'INFO',
  POWERTOOLS_SERVICE_NAME: 'okta-role-trust-hub',
  POWERTOOLS_METRICS_NAMESPACE: 'OktaRoleTrustHub',
}

/** The functions of the hub as after a cold start. */
export async function coldStartHub(environment: Readonly<Record<string, string>> = {}) {
  vi.resetModules()
  for (const [name, value] of Object.entries({ ...ENVIRONMENT, ...environment })) vi.stubEnv(name, value)
  const [recorder, check, widget] = await Promise.all([
    import('../../handlers/hub-recorder.ts'),
    import('../../handlers/hub-check.ts'),
    import('../../handlers/hub-widget.ts'),
  ])
  return {
    /** As SQS hands them over: ten at a time. */
    record: async (events: readonly unknown[]) => {
      const failures = []
      for (let index = 0; index < events.length; index += 10) {
        const answer = await recorder.handler(batchOf(...events.slice(index, index + 10)))
        failures.push(...answer.batchItemFailures)
      }
      return failures
    },
    check: check.handler,
    widget: widget.handler,
  }
}

/** The same where the time stands still, with all that it logs. */
export async function emptyHubAt(now: Date) {
  vi.useFakeTimers({ now, toFake: ['Date'] })
  const logs = captureLogs()
  return { logs, hub: await emptyHub() }
}

/** A hub that has heard nothing yet. */
export async function emptyHub() {
  const table = createHubTable()
  const attached = table.attach()
  return { ...table, ...attached, ...(await coldStartHub()) }
}
