import { execFileSync } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod/mini'
import { serveCalls } from '../../fake-aws/server.ts'
import { compare, type Figure } from '../figure.ts'
import { RUNNING_NODE } from '../find-node.ts'
import { runProgram } from '../run-program.ts'
import type { Setup } from '../setup.ts'
import {
  type BusyOptions,
  busyOrganization,
  countReachable,
  WAIT_OF_AN_ACCOUNT,
  waitOfTheList,
} from './busy-organization.ts'

const ROOT = join(import.meta.dirname, '../..')
const PART = 'organization'

const Result = z.object({ exitCode: z.number(), seconds: z.number(), peakMemory: z.number() })
const Answer = z.object({
  accounts: z.array(z.object({ accountId: z.string(), error: z.optional(z.string()) })),
  totals: z.object({ accounts: z.number(), reached: z.number(), scanned: z.number() }),
})
type Run = z.infer<typeof Result> & { readonly calls: number; readonly answer: z.infer<typeof Answer> }

/**
 * `plan --org --json` of the bundled command line over organizations of different sizes, in a process of its own. The
 * organization lives on this side of a local connection, and takes its time as AWS does.
 */
export async function measureOrganization(setup: Setup): Promise<readonly Figure[]> {
  const [few, many] = setup.quick
    ? [
        { accounts: 20, roles: 20 },
        { accounts: 60, roles: 10 },
      ]
    : [
        { accounts: 200, roles: 200 },
        { accounts: 5_000, roles: 40 },
      ]
  execFileSync(process.execPath, ['cli/bundle.mjs'], { cwd: ROOT })
  const program = await setup.bundle('bench/organization/program.ts')
  const run = (options: BusyOptions, concurrency: number) => plan(setup, program, options, concurrency)
  const [ofFew, ofFewSmall, ofMany] = [
    await wellRun(run, few, 16),
    await wellRun(run, { ...few, roles: many.roles }, 32),
    await wellRun(run, many, 32),
  ]
  const ill = await run({ ...few, isIll: true }, 16)
  return [
    ...figuresOf(few, 16, ofFew, { calls: 1_015, seconds: 30 }),
    ...figuresOf(many, 32, ofMany, { calls: 25_300, seconds: 300 }),
    {
      part: PART,
      what: `${nameOf(many)}: memory of the process at its highest (Node ${RUNNING_NODE.version})`,
      against: `the same over ${few.accounts} accounts`,
      unit: 'MB',
      ...compare([{ measured: ofMany.peakMemory, baseline: ofFewSmall.peakMemory }]),
      aim: { of: 'measured', most: 300 },
    },
    illFigure(few.accounts, ill),
  ]
}

function figuresOf(
  size: BusyOptions,
  concurrency: number,
  { calls, seconds }: Run,
  aims: { readonly calls: number; readonly seconds: number },
): readonly Figure[] {
  const { accounts } = size
  const wait = (waitOfTheList(accounts) + (accounts / concurrency) * WAIT_OF_AN_ACCOUNT) / 1000
  return [
    {
      part: PART,
      what: `${nameOf(size)}: calls`,
      against: 'five in each account and one for every 20',
      unit: 'calls',
      ...compare([{ measured: calls, baseline: accounts * 5 + Math.ceil(accounts / 20) }]),
      aim: { of: 'measured', most: aims.calls },
    },
    {
      part: PART,
      what: `${nameOf(size)}: time, ${concurrency} at once`,
      against: 'waiting for AWS and nothing else',
      unit: 's',
      ...compare([{ measured: seconds, baseline: wait }]),
      aim: { of: 'measured', most: aims.seconds },
    },
  ]
}

function illFigure(accounts: number, { exitCode, answer, seconds }: Run): Figure {
  const reachable = countReachable(accounts)
  const named = answer.accounts.filter(({ error }) => error !== undefined).length
  // All but the suspended one, which nobody can look at.
  if (exitCode !== 1 || named !== accounts - 1 - reachable) {
    throw new Error(`${named} accounts were named as not reached after ${seconds} s, with exit code ${exitCode}`)
  }
  return {
    part: PART,
    what: `${accounts} accounts, of which some refuse, one hangs and one is suspended, while the list is throttled: accounts planned`,
    against: 'those that answer',
    unit: 'accounts',
    ...compare([{ measured: answer.totals.reached, baseline: reachable }]),
  }
}

function nameOf({ accounts, roles }: BusyOptions): string {
  return `${accounts.toLocaleString('en')} accounts of ${roles} roles`
}

/** A run that did not do its work would be measured as a quick one. */
async function wellRun(
  run: (options: BusyOptions, concurrency: number) => Promise<Run>,
  options: BusyOptions,
  concurrency: number,
): Promise<Run> {
  const found = await run(options, concurrency)
  const { totals, accounts } = found.answer
  if (totals.reached !== options.accounts || totals.scanned !== options.accounts * options.roles) {
    const error = accounts.find(({ error }) => error !== undefined)?.error
    throw new Error(`${totals.reached} of ${options.accounts} accounts were planned: ${error}`)
  }
  return found
}

async function plan(setup: Setup, program: string, options: BusyOptions, concurrency: number): Promise<Run> {
  const organization = busyOrganization(options)
  const { url, close } = await serveCalls((call, accessKey) => organization.answer(call, accessKey))
  const file = join(setup.folder, 'plan.json')
  const stdout = openSync(file, 'w')
  try {
    const bundle = join(ROOT, 'dist/okta-role-trust.mjs')
    // No function: a person runs it, on whatever Node is there.
    const result = await runProgram({ ...setup, node: RUNNING_NODE }, program, {
      arguments: [bundle, 'plan', '--org', '--json', '--concurrency', `${concurrency}`],
      environment: { AWS_ENDPOINT_URL: url },
      stdout,
    })
    const calls = [...organization.calls.values()].reduce((sum, count) => sum + count, 0)
    return { ...Result.parse(result), calls, answer: Answer.parse(JSON.parse(readFileSync(file, 'utf8'))) }
  } finally {
    closeSync(stdout)
    close()
  }
}
