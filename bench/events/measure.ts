import * as z from 'zod/mini'
import { compare, type Figure } from '../figure.ts'
import { runProgram } from '../run-program.ts'
import type { Setup } from '../setup.ts'

const Result = z.object({ rounds: z.array(z.object({ measured: z.number(), baseline: z.number() })) })

/** What role-event adds to the calls that it makes: reading events, deciding, checking, logging, counting. */
export async function measureEvents(setup: Setup): Promise<readonly Figure[]> {
  const [events, rounds] = setup.quick ? [20, 1] : [2_000, 9]
  const program = await setup.bundle('bench/events/program.ts')
  const result = Result.parse(await runProgram(setup, program, { arguments: [`${events}`, `${rounds}`] }))
  const perSecond = (milliseconds: number) => (events * 1000) / milliseconds
  const speeds = result.rounds.map(({ measured, baseline }) => ({
    measured: perSecond(measured),
    baseline: perSecond(baseline),
  }))
  const common = { part: 'events', against: 'the same calls on the same account in memory' }
  return [
    {
      ...common,
      what: `CPU time of ${events.toLocaleString('en')} events in batches of 10`,
      unit: 'ms',
      ...compare(result.rounds),
    },
    { ...common, what: 'events in a second of CPU time', unit: 'events', ...compare(speeds) },
  ]
}
