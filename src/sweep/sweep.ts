import timers from 'node:timers/promises'
import pMap from 'p-map'
import { formatError, NotVisibleYetError, OutOfTimeError } from '../errors.ts'
import { type Flapping, withFlapping } from '../events/flapping.ts'
import type { Rules } from '../role/decide-role.ts'
import { onlyReported, type RoleResult, unfinishedRole } from '../role/outcome.ts'
import {
  NOTHING_EXPECTED,
  type RemediationDependencies,
  type RoleAccess,
  remediateRole,
} from '../role/remediate-role.ts'
import { ROLES_AT_A_TIME } from '../role/role.ts'
import { TIME_TO_START_A_ROLE } from '../time-budget.ts'
import { documentKeeper } from './keep-documents.ts'
import { ANSWER_BYTES, buildReport, type Report } from './report.ts'
import { type RoleReader, type RoleSelection, surveyRoles } from './survey-roles.ts'

/** What a sweep may do, and where. */
export interface SweepRequest extends RoleSelection {
  /** Only say what would be done. */
  readonly dryRun: boolean
  /** If more roles than this are due, none is changed (rule 6.2). */
  readonly maxChanges: number
}

/** What a sweep needs from outside. */
export interface SweepDependencies extends RemediationDependencies {
  readonly iam: RoleAccess & RoleReader
  /** Whether somebody keeps undoing what this system writes to the role; where absent, nobody asks. */
  flappingOf?(roleName: string): Promise<Flapping | undefined>
  /** Hands roles on to the queue of role events; returns those that it did not take, each with the reason. */
  deferRoles(roleNames: readonly string[]): Promise<ReadonlyMap<string, string>>
  /** Milliseconds until the invocation is ended. */
  timeLeft(): number
  /** Called before all results if the sweep is over its cap, with the number of roles that are due. */
  onOverCap?(due: number): void
  /** Called with each result as soon as it is known, so that no write goes unrecorded if the invocation is cut off. */
  onResult(result: RoleResult): void
}

export interface SweepResult {
  readonly report: Report
  /** How many roles were due and left alone because they are more than `maxChanges`. */
  readonly heldBack: number
  /** What became of each role, all of them, though the report may have left some out. */
  readonly results: readonly RoleResult[]
  /** Names of all roles that lost their tag and keep a managed statement. */
  readonly orphaned: readonly string[]
}

/** How long IAM gets to know a new principal, on top of all that is done first; in milliseconds. */
const SETTLING = 2_000

/**
 * Looks at the roles and remediates those whose trust policy needs it (rules 6.2 to 6.4). First all are read and
 * decided about, so that the cap holds before the first write; then each due role is remediated from a fresh read.
 * Roles with a principal that IAM does not know get a second look at the end, within the cap: it may be new rather than
 * deleted. One failing role never stops the others. It keeps no more of the trust policies than a report can hold.
 *
 * @throws OutOfTimeError where not even all roles could be read, and whatever the scan throws: nothing was changed
 */
export async function sweep(
  request: SweepRequest,
  rules: Rules,
  dependencies: SweepDependencies,
): Promise<SweepResult> {
  const { dryRun, maxChanges } = request
  const isOutOfTime = () => dependencies.timeLeft() < TIME_TO_START_A_ROLE
  const keepFound = documentKeeper(ANSWER_BYTES)
  const find = (result: RoleResult) => {
    // A dry run is done with it.
    if (dryRun) dependencies.onResult(result)
    return keepFound(result)
  }
  const { due, notDue, scanned, inScope, orphaned } = await surveyRoles(
    request,
    rules,
    dependencies.iam,
    isOutOfTime,
    find,
  )
  const onlyReports = !dryRun && rules.mode === 'report'
  // Nothing is held back where nothing would be written.
  const heldBack = dryRun || onlyReports || due.length <= maxChanges ? 0 : due.length
  const results: RoleResult[] = dryRun ? [...due, ...notDue] : []
  const keepResult = documentKeeper(ANSWER_BYTES)
  const settle = (result: RoleResult) => {
    results.push(keepResult(result))
    dependencies.onResult(result)
  }
  const dangling = notDue.filter((result) => result.kind === 'blocked' && result.reason === 'dangling-principal')
  const unsure = new Set(dryRun ? [] : dangling.slice(0, Math.max(0, maxChanges - due.length)))
  if (heldBack > 0) {
    dependencies.onOverCap?.(heldBack)
    const detail = `not changed: ${overCap(heldBack, maxChanges)}`
    await inTurns(due, (change) => settle({ ...change, detail }))
  } else if (!dryRun) {
    if (onlyReports) await inTurns(due, (change) => settle(onlyReported(change)))
    await remediateAll(onlyReports ? [] : due, [...unsure], rules, dependencies, isOutOfTime, settle)
  }
  if (!dryRun)
    await inTurns(
      notDue.filter((result) => !unsure.has(result)),
      settle,
    )
  const report = buildReport({ dryRun, wanted: rules.wanted, scanned, inScope, results, orphaned })
  return { report, heldBack, results, orphaned }
}

/** Why a sweep changed nothing, for the report and the log. */
export function overCap(due: number, maxChanges: number): string {
  return `${due} roles are due, and this sweep may change at most ${maxChanges}; look at them, then invoke the backfill with a higher maxChanges`
}

/** Lets log records and events go out in between: thousands that wait at once take more memory than there is. */
async function inTurns<Result>(results: readonly Result[], settle: (result: Result) => void): Promise<void> {
  for (const [index, result] of results.entries()) {
    settle(result)
    if (index % 50 === 49) await timers.setImmediate()
  }
}

/** @param unsure blocked by a principal that IAM did not know when all roles were read */
async function remediateAll(
  due: readonly RoleResult[],
  unsure: readonly RoleResult[],
  rules: Rules,
  dependencies: SweepDependencies,
  isOutOfTime: () => boolean,
  settle: (result: RoleResult) => void,
): Promise<void> {
  const left: RoleResult[] = []
  const again = [...unsure]
  const look = (roles: readonly RoleResult[], principals: boolean) =>
    pMap(
      roles,
      async (role) => {
        const inTime = !isOutOfTime()
        const result = inTime ? await remediateInTime(role, rules, dependencies, principals) : 'out-of-time'
        if (!inTime && role.kind === 'blocked') settle(role)
        else if (result === 'out-of-time') left.push(role)
        else if (result === 'too-early') again.push(role)
        else settle(result)
      },
      { concurrency: ROLES_AT_A_TIME },
    )
  await look(due, true)
  if (again.length > 0) {
    if (!isOutOfTime()) await timers.setTimeout(SETTLING)
    await look(again, false)
  }
  if (left.length === 0) return
  const refused = await defer(left, dependencies)
  for (const role of left) {
    const reason = refused.get(role.roleName)
    settle(
      reason === undefined
        ? unfinishedRole('deferred', role, 'time ran short; handed on to the queue of role events')
        : unfinishedRole('failed', role, `time ran short, and the queue did not take it: ${reason}`),
    )
  }
}

/**
 * What became of the role, or why only a later look can say.
 *
 * @param principals whether to wait for a principal that IAM does not know
 */
async function remediateInTime(
  role: RoleResult,
  rules: Rules,
  dependencies: SweepDependencies,
  principals: boolean,
): Promise<RoleResult | 'out-of-time' | 'too-early'> {
  try {
    const flapping = await dependencies.flappingOf?.(role.roleName)
    return withFlapping(
      await remediateRole(role.roleName, rules, dependencies, { ...NOTHING_EXPECTED, principals }),
      flapping,
    )
  } catch (error) {
    if (error instanceof OutOfTimeError) return 'out-of-time'
    if (error instanceof NotVisibleYetError) return 'too-early'
    return unfinishedRole('failed', role, formatError(error))
  }
}

/** A queue that fails altogether must not cost the report of what was done. */
async function defer(
  roles: readonly RoleResult[],
  dependencies: SweepDependencies,
): Promise<ReadonlyMap<string, string>> {
  const names = roles.map(({ roleName }) => roleName)
  try {
    return await dependencies.deferRoles(names)
  } catch (error) {
    return new Map(names.map((name) => [name, formatError(error)]))
  }
}
