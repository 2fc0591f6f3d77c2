import { Option } from '@commander-js/extra-typings'
import pMap from 'p-map'
import { accessAnalyzerClient, findInTrustPolicy, type PolicyFinding } from '../../src/aws/policy-findings.ts'
import { OutOfTimeError } from '../../src/errors.ts'
import { ROLES_AT_A_TIME } from '../../src/role/role.ts'
import type { RoleLine } from '../../src/sweep/report.ts'
import { errorMessageOf } from '../error-message.ts'
import { countOf } from '../session/count-of.ts'
import type { Paint } from '../session/paint.ts'
import { startProgress } from '../session/progress.ts'
import type { Session } from '../session/session.ts'
import type { Plan, PlanLine } from './make-plan.ts'
import { isError, newErrors } from './new-errors.ts'
import { type PlannedChange, plannedChange } from './saved-plan.ts'
import { type ShownFinding, shownFindings } from './shown-finding.ts'

export const validateOption = new Option(
  '--validate',
  'show each planned trust policy to IAM Access Analyzer, and hold back a change with an error that is new',
)

/** How long the judgement on one document may take, throttled calls included, in milliseconds. */
const PATIENCE = 60_000

/** Why a change that is due is not made. */
type HeldBack = 'refused-by-access-analyzer' | 'not-validated'
const HELD_BACK: readonly (string | undefined)[] = ['refused-by-access-analyzer', 'not-validated'] satisfies HeldBack[]

/** What AWS makes of one change. */
export interface Validation {
  readonly findings: readonly ShownFinding[]
  /** Undefined only where AWS has judged the document, and found no error in it that is new. */
  readonly problem?: { readonly reason: HeldBack; readonly detail: string }
}

/** The same plan without the changes that AWS does not let pass: their roles are `blocked`. */
export async function validatePlan(session: Session, plan: Plan): Promise<Plan> {
  const validations = await validateChanges(session, plan.changes.map(plannedChange))
  const roles = plan.report.roles.map((line) => withValidation(line, validations.get(line.roleName)))
  const changes = plan.changes.filter(({ roleName }) => isPassed(validations.get(roleName)))
  const held = plan.changes.length - changes.length
  const { counts } = plan.report
  return {
    ...plan,
    report: {
      ...plan.report,
      roles,
      counts: { ...counts, planned: counts.planned - held, blocked: counts.blocked + held },
    },
    changes,
  }
}

/** The change is made only where there is a judgement, and nothing in it stands against it. */
export function isPassed(validation: Validation | undefined): boolean {
  return validation !== undefined && validation.problem === undefined
}

/** A line of the report with what AWS makes of its change; undefined where there is none to judge. */
export function withValidation(line: RoleLine, validation: Validation | undefined): PlanLine {
  if (validation === undefined) return line
  const { findings, problem } = validation
  return { ...line, ...(problem && { kind: 'blocked', ...problem }), findings }
}

/** How many roles have a change that is due and that AWS has not let pass. */
export function countHeldBack({ roles }: Pick<Plan['report'], 'roles'>): number {
  return roles.filter(({ reason }) => HELD_BACK.includes(reason)).length
}

/** Why changes are held back, each cause once for all roles: for a list that has one line a role. */
export function explainHeldBack(roles: readonly PlanLine[], paint: Paint): readonly string[] {
  const told = new Map<string, { readonly reason: string; readonly count: number }>()
  for (const { reason = '', detail = '' } of roles.filter(({ reason }) => HELD_BACK.includes(reason))) {
    told.set(detail, { reason, count: (told.get(detail)?.count ?? 0) + 1 })
  }
  return [...told].flatMap(([detail, { reason, count }]) => [
    `  ${paint('bold', reason)}, in ${countOf(count, 'role')}`,
    `             ${detail}`,
  ])
}

/**
 * Shows each planned document to IAM Access Analyzer, the same text once for all its roles. The present document is shown
 * only where the planned one has an error, to see whether that is new. Where AWS gives no answer to one document in time,
 * no further one is shown. Whatever keeps it from a judgement is told as a
 * problem of the roles that it concerns.
 *
 * @returns by the roles' names
 */
export async function validateChanges(
  session: Session,
  changes: readonly PlannedChange[],
): Promise<ReadonlyMap<string, Validation>> {
  if (changes.length === 0) return new Map()
  const client = accessAnalyzerClient((await session.caller()).target)
  const asked = new Map<string, Promise<readonly PolicyFinding[]>>()
  let outOfTime: OutOfTimeError | undefined
  const ask = async (document: string) => {
    // With hundreds of roles, a minute for each would be hours.
    if (outOfTime !== undefined) throw outOfTime
    try {
      return await findInTrustPolicy(client, document, AbortSignal.timeout(PATIENCE))
    } catch (error) {
      if (error instanceof OutOfTimeError) outOfTime = error
      throw error
    }
  }
  const find = (document: string) => {
    const findings = asked.get(document) ?? ask(document)
    asked.set(document, findings)
    return findings
  }
  const wordsOf = (error: unknown) => errorMessageOf(error, session.scope)
  const progress = startProgress(session.terminal, 'validating', changes.length)
  try {
    const validations = new Map<string, Validation>()
    const validate = async (change: PlannedChange) => {
      validations.set(
        change.roleName,
        await validateChange(change, find, wordsOf).catch((error: unknown) => unjudged('planned', wordsOf(error))),
      )
      progress.advance()
    }
    await pMap(changes, validate, { concurrency: ROLES_AT_A_TIME })
    return validations
  } finally {
    progress.end()
  }
}

async function validateChange(
  { before, after }: PlannedChange,
  find: (document: string) => Promise<readonly PolicyFinding[]>,
  wordsOf: (error: unknown) => string,
): Promise<Validation> {
  const findings = await find(after)
  const present = before ?? undefined
  let known: readonly PolicyFinding[] = []
  if (present !== undefined && findings.some(isError)) {
    try {
      known = await find(present)
    } catch (error) {
      return unjudged('present', wordsOf(error), shownFindings(findings, after))
    }
  }
  const errors = newErrors({ document: present, findings: known }, { document: after, findings })
  const shown = shownFindings(findings, after, errors)
  if (errors.size === 0) return { findings: shown }
  return { findings: shown, problem: { reason: 'refused-by-access-analyzer', detail: refused(shown) } }
}

function refused(findings: readonly ShownFinding[]): string {
  const errors = findings.filter(({ isNew }) => isNew === true)
  const listed = errors.map(({ issueCode, places, details, learnMoreLink }) => {
    const where = places.length === 0 ? '' : ` at ${places.join(', ')}`
    return `${issueCode}${where}: ${details} (${learnMoreLink})`
  })
  return `IAM Access Analyzer finds in the planned trust policy what it calls an ERROR and the present one does not have, so nothing is changed. ${listed.join('; ')}. Put that right in the settings, which the statement is made of, or in the role; if AWS is wrong there, change this role without --validate`
}

/** @param findings of the planned trust policy: they count for nothing where it cannot be told which of them are new */
function unjudged(which: 'planned' | 'present', why: string, findings: readonly ShownFinding[] = []): Validation {
  const outcome = which === 'planned' ? 'so' : 'so nobody knows whether the ERROR in the planned one is new, and'
  const detail = `the ${which} trust policy could not be validated, ${outcome} nothing is changed: ${why}. Run it again with access-analyzer:ValidatePolicy allowed and IAM Access Analyzer within reach, or without --validate`
  return { findings, problem: { reason: 'not-validated', detail } }
}
