import * as z from 'zod/mini'
import type { Account } from '../../fake-aws/account.ts'
import { compare, type Figure, type Round } from '../figure.ts'
import { isDue, roleOfReplacedProvider } from '../generated-account.ts'
import { runWithAccount } from '../run-with-account.ts'
import type { Setup } from '../setup.ts'

const Result = z.object({ cpu: z.number(), seconds: z.number(), peakMemory: z.number(), liveHeap: z.number() })
type Run = z.infer<typeof Result> & { readonly calls: number }
interface Pair {
  readonly sweep: Run
  readonly bare: Run
}

/** What the handler returns; nothing in the run of the bare calls. */
const Reported = z.object({ report: z.object({ counts: z.object({ planned: z.number() }) }) })

const PART = 'sweep'
const AGAINST = 'the same calls and nothing else'

/**
 * A scheduled sweep over accounts of different sizes, in which 2 of 100 roles are due, each in a process of its own with
 * the memory settings of Lambda. The account lives on this side of a local connection.
 */
export async function measureSweep(setup: Setup): Promise<readonly Figure[]> {
  const [sizes, rounds] = setup.quick ? [[1_100, 2_100], 1] : [[1_000, 5_000, 20_000], 3]
  const program = await setup.bundle('bench/sweep/program.ts')
  const sweep = await setup.bundle('handlers/scheduled-sweep.ts')
  const bare = await setup.bundle('bench/sweep/bare.ts')
  const run = async (bundle: string, roles: number, ...flags: readonly string[]): Promise<Run> => {
    const { result, account, written } = await runWithAccount(setup, program, {
      roles,
      arguments: [bundle],
      flags: [...memoryFlags(setup.memorySize), ...flags],
      environment: { MAX_CHANGES: '5000' },
    })
    // A run that did not do its work would be measured as a quick one.
    const due = Array.from({ length: roles }, (_, index) => index).filter(isDue).length
    if (written !== due) throw new Error(`${due} of ${roles} roles were due, and ${written} were written`)
    return { ...Result.parse(result), calls: callsOnRoles(account) }
  }
  const pair = async (roles: number, ...flags: readonly string[]): Promise<Pair> => ({
    bare: await run(bare, roles, ...flags),
    sweep: await run(sweep, roles, ...flags),
  })

  const figures: Figure[] = []
  const heaps: Pair[] = []
  for (const roles of sizes) {
    const pairs: Pair[] = []
    for (let round = 0; round < rounds; round += 1) pairs.push(await pair(roles))
    const heap = await pair(roles, '--expose-gc')
    heaps.push(heap)
    figures.push(...figuresOf(roles, pairs, heap))
  }
  return [...figures, flatness(sizes, heaps), ...(await measureAllDue(setup, program, bare, rounds))]
}

function figuresOf(roles: number, pairs: readonly Pair[], heap: Pair): readonly Figure[] {
  const figure = (what: string, unit: string, of: keyof Run, among: readonly Pair[] = pairs): Figure => ({
    part: PART,
    what: `${roles.toLocaleString('en')} roles: ${what}`,
    against: AGAINST,
    unit,
    ...compare(among.map(({ sweep, bare }) => ({ measured: sweep[of], baseline: bare[of] }))),
  })
  return [
    { ...figure('calls on roles', 'calls', 'calls'), aim: { of: 'ratio', most: 1 } },
    figure('CPU time', 'ms', 'cpu'),
    figure('time', 's', 'seconds'),
    figure('memory of the process at its highest', 'MB', 'peakMemory'),
    figure('live heap at its highest', 'MB', 'liveHeap', [heap]),
  ]
}

/**
 * The provider was replaced: all roles are due, and their documents long. A sweep finds more than its cap, and a dry run
 * tells of all of them.
 */
async function measureAllDue(setup: Setup, program: string, bare: string, rounds: number): Promise<readonly Figure[]> {
  const roles = setup.quick ? 2_100 : 20_000
  const bundles = [
    ['a sweep over its cap', await setup.bundle('handlers/scheduled-sweep.ts')],
    ['a dry run', await setup.bundle('handlers/backfill.ts')],
  ] as const
  const run = async (bundle: string) => {
    const { result } = await runWithAccount(setup, program, {
      roles,
      roleOf: roleOfReplacedProvider,
      arguments: [bundle, '{"dryRun": true}'],
      flags: memoryFlags(setup.memorySize),
    })
    return result
  }
  const figures: Figure[] = []
  for (const [what, bundle] of bundles) {
    const measured: Round[] = []
    for (let round = 0; round < rounds; round += 1) {
      const result = await run(bundle)
      const { planned } = Reported.parse(result).report.counts
      if (planned !== roles) throw new Error(`${roles} roles were due, and ${planned} were reported`)
      measured.push({ measured: Result.parse(result).peakMemory, baseline: Result.parse(await run(bare)).peakMemory })
    }
    figures.push({
      part: PART,
      what: `${roles.toLocaleString('en')} roles, all due, ${what}: memory of the process at its highest`,
      against: 'the same pages and nothing else',
      unit: 'MB',
      ...compare(measured),
      aim: { of: 'measured', most: 200 },
    })
  }
  return figures
}

/** Both have several pages, and so one of them alive at a time: what grows beyond is kept for each role. */
function flatness(sizes: readonly number[], heaps: readonly Pair[]): Figure {
  const [fewer, more] = [heaps.at(-2)?.sweep.liveHeap, heaps.at(-1)?.sweep.liveHeap]
  if (fewer === undefined || more === undefined) throw new Error('two sizes are needed to see growth')
  return {
    part: PART,
    what: `live heap at its highest, ${sizes.at(-1)?.toLocaleString('en')} roles`,
    against: `the sweep over ${sizes.at(-2)?.toLocaleString('en')} roles`,
    unit: 'MB',
    ...compare([{ measured: more, baseline: fewer }]),
  }
}

function callsOnRoles(account: Account): number {
  const names = ['GetAccountAuthorizationDetails', 'GetRole', 'UpdateAssumeRolePolicy'] as const
  return names.map((name) => account.countCalls(name)).reduce((sum, count) => sum + count, 0)
}

/** How Lambda's Node runtimes start Node: a tenth of the memory for young objects, the rest for old ones. */
function memoryFlags(megabytes: number): readonly string[] {
  const young = Math.floor(megabytes / 10)
  return [`--max-semi-space-size=${Math.floor(young / 2)}`, `--max-old-space-size=${megabytes - young}`]
}
