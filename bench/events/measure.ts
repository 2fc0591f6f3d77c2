import * as z from 'zod/mini'
import { compare, type Figure, type Round } from '../figure.ts'
import { runWithAccount } from '../run-with-account.ts'
import type { Setup } from '../setup.ts'

const BATCH = 10

const Result = z.object({ cpu: z.number(), due: z.number() })

/** What role-event adds to its calls on roles: reading events, deciding, checking, logging, telling the event bus. */
export async function measureEvents(setup: Setup): Promise<readonly Figure[]> {
  const [batches, rounds] = setup.quick ? [2, 1] : [100, 5]
  const program = await setup.bundle('bench/events/program.ts')
  const roleEvent = await setup.bundle('handlers/role-event.ts')
  const bare = await setup.bundle('bench/events/bare.ts')
  const handle = async (bundle: string): Promise<number> => {
    const { result, written } = await runWithAccount(setup, program, { roles: 0, arguments: [bundle, `${batches}`] })
    const { cpu, due } = Result.parse(result)
    if (written !== due) throw new Error(`${due} roles were due, and ${written} were written`)
    return cpu
  }
  const measured: Round[] = []
  for (let round = 0; round < rounds; round += 1) {
    measured.push({ baseline: await handle(bare), measured: await handle(roleEvent) })
  }

  const events = batches * BATCH
  const perSecond = (milliseconds: number) => (events * 1000) / milliseconds
  const speeds = measured.map((round) => ({
    measured: perSecond(round.measured),
    baseline: perSecond(round.baseline),
  }))
  const common = { part: 'events', against: 'the same calls on roles and nothing else' }
  return [
    {
      ...common,
      what: `${events.toLocaleString('en')} events in batches of ${BATCH}: CPU time`,
      unit: 'ms',
      ...compare(measured),
    },
    { ...common, what: 'events in a second of CPU time', unit: 'events', ...compare(speeds) },
  ]
}
