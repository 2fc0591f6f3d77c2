import { statSync } from 'node:fs'
import * as z from 'zod/mini'
import { compare, type Figure } from '../figure.ts'
import { runProgram } from '../run-program.ts'
import type { Setup } from '../setup.ts'

/** The functions, and how much of their start is their clients'. */
const SUBJECTS = {
  'role-event': 'handlers/role-event.ts',
  'scheduled-sweep': 'handlers/scheduled-sweep.ts',
  backfill: 'handlers/backfill.ts',
  'dashboard-widget': 'handlers/dashboard-widget.ts',
  'IAM and SSM clients': 'bench/cold-start/bare.ts',
  'all five clients': 'bench/cold-start/bare-all-clients.ts',
}

const Start = z.object({ cpu: z.number(), wall: z.number() })
type Start = z.infer<typeof Start>

/** From the import of a function's bundle in a new process until it could take an event, and the bundle's size. */
export async function measureColdStart(setup: Setup): Promise<readonly Figure[]> {
  const program = await setup.bundle('bench/cold-start/program.ts')
  // The SDK as it comes: the alias that serverless.yml sets is one of the ways in which the functions are made smaller.
  const bare = await setup.bundle(SUBJECTS['IAM and SSM clients'], { alias: {} })
  const start = async (bundle: string) => Start.parse(await runProgram(setup, program, { arguments: [bundle] }))

  const subjects: {
    readonly name: string
    readonly entry: string
    readonly bundle: string
    readonly starts: Start[]
  }[] = []
  for (const [name, entry] of Object.entries(SUBJECTS)) {
    subjects.push({ name, entry, bundle: await setup.bundle(entry), starts: [] })
  }
  const bareStarts: Start[] = []
  for (let round = 0; round < (setup.quick ? 1 : 15); round += 1) {
    bareStarts.push(await start(bare))
    for (const { bundle, starts } of subjects) starts.push(await start(bundle))
  }

  return subjects.flatMap(({ name, entry, bundle, starts }): readonly Figure[] => {
    const compared = (time: keyof Start) =>
      compare(
        bareStarts.map((bareStart, round) => ({ measured: starts[round]?.[time] ?? 0, baseline: bareStart[time] })),
      )
    const common = { part: 'cold-start', against: 'the IAM and SSM clients as the SDK comes' }
    return [
      {
        ...common,
        what: `${name}: CPU time`,
        unit: 'ms',
        ...compared('cpu'),
        ...(entry.startsWith('handlers/') && { aim: { of: 'ratio', most: 1.2 } }),
      },
      { ...common, what: `${name}: time`, unit: 'ms', ...compared('wall') },
      {
        ...common,
        what: `${name}: size of the bundle`,
        unit: 'kB',
        ...compare([{ measured: kilobytes(bundle), baseline: kilobytes(bare) }]),
        ...(name === 'role-event' && { aim: { of: 'measured', most: 500 } }),
      },
    ]
  })
}

function kilobytes(file: string): number {
  return statSync(file).size / 1000
}
