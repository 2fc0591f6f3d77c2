import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod/mini'
import { compare, type Figure } from '../figure.ts'
import { runProgram } from '../run-program.ts'
import type { Setup } from '../setup.ts'
import { trustPolicies } from './documents.ts'

const Result = z.object({ rounds: z.array(z.object({ measured: z.number(), baseline: z.number() })) })

/** What a decision costs beside reading and printing the document's JSON, of which a planner cannot do without. */
export async function measurePlanning(setup: Setup): Promise<readonly Figure[]> {
  const [count, rounds] = setup.quick ? [100, 1] : [10_000, 15]
  const file = join(setup.folder, 'trust-policies.json')
  writeFileSync(file, JSON.stringify(trustPolicies(count)))
  const program = await setup.bundle('bench/planning/program.ts')
  const result = Result.parse(await runProgram(setup, program, { arguments: [file, `${rounds}`] }))
  return [
    {
      part: 'planning',
      what: `CPU time to plan ${count.toLocaleString('en')} documents`,
      against: 'JSON.parse and JSON.stringify of the same documents',
      unit: 'ms',
      ...compare(result.rounds),
      aim: { of: 'ratio', most: 4 },
    },
  ]
}
