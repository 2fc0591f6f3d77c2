import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod/mini'
import { compare, type Figure } from '../figure.ts'
import { runProgram } from '../run-program.ts'
import type { Setup } from '../setup.ts'
import { type Kind, trustPolicies } from './documents.ts'

const Rounds = z.array(z.object({ measured: z.number(), baseline: z.number() }))
const Result = z.object({ rounds: z.object({ right: Rounds, due: Rounds, dueAsFound: Rounds }) })

const KINDS: readonly (readonly [kind: Kind, words: string])[] = [
  ['right', 'that are right already'],
  ['due', 'that are due, compact'],
  ['dueAsFound', 'that are due, with white space'],
]

/** What a decision costs beside reading and printing the document's JSON, of which a planner cannot do without. */
export async function measurePlanning(setup: Setup): Promise<readonly Figure[]> {
  const [count, rounds] = setup.quick ? [100, 1] : [10_000, 15]
  const file = join(setup.folder, 'trust-policies.json')
  writeFileSync(file, JSON.stringify(trustPolicies(count)))
  const program = await setup.bundle('bench/planning/program.ts')
  const result = Result.parse(await runProgram(setup, program, { arguments: [file, `${rounds}`] }))
  return KINDS.map(([kind, words]) => ({
    part: 'planning',
    what: `CPU time to plan ${count.toLocaleString('en')} documents ${words}`,
    against: 'JSON.parse and JSON.stringify of the same documents',
    unit: 'ms',
    ...compare(result.rounds[kind]),
  }))
}
