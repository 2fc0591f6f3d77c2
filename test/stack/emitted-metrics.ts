import { vi } from 'vitest'
import * as z from 'zod/mini'
import { contextOf, sample } from '../../fake-aws/invocation.ts'
import { accountWithOkta, captureLogs, coldStart, ec2, policy, TAGGED } from '../functions.ts'

/** The format in which a function hands metrics to CloudWatch: as lines of its log (CloudWatch User Guide, "EMF"). */
const MetricLine = z.object({
  _aws: z.object({
    CloudWatchMetrics: z.array(
      z.object({
        Namespace: z.string(),
        Dimensions: z.array(z.array(z.string())),
        Metrics: z.array(z.object({ Name: z.string() })),
      }),
    ),
  }),
})

/** What the functions really emit, as `namespace name dimension,…`: of a role that an event brings, and of a sweep. */
export async function emittedMetrics(settings: Parameters<typeof coldStart>[0] = {}): Promise<ReadonlySet<string>> {
  const account = accountWithOkta()
  const lines = captureLogs()
  try {
    const { roleEvent, scheduledSweep } = await coldStart(settings)
    const event = sample('tag-role')
    account.addRole({ name: event.detail.requestParameters.roleName, tags: TAGGED, document: policy(ec2) })
    await roleEvent(event, contextOf())
    await scheduledSweep({}, contextOf())
  } finally {
    account.detach()
    vi.restoreAllMocks()
    vi.unstubAllEnvs()
  }
  const found = lines.flatMap((line) => z.safeParse(MetricLine, line).data?._aws.CloudWatchMetrics ?? [])
  return new Set(
    found.flatMap(({ Namespace, Dimensions, Metrics }) =>
      Metrics.flatMap(({ Name }) => Dimensions.map((names) => `${Namespace} ${Name} ${names}`)),
    ),
  )
}
