import type { Rules } from '../../src/role/decide-role.ts'
import type { ChangeOutcome, RoleResult } from '../../src/role/outcome.ts'
import type { RoleAccess } from '../../src/role/remediate-role.ts'
import { distinctRoles, roleKey } from '../../src/role/role.ts'
import { buildReport, type Report, type RoleLine } from '../../src/sweep/report.ts'
import type { RoleReader } from '../../src/sweep/survey-roles.ts'
import { sweep } from '../../src/sweep/sweep.ts'
import { errorMessageOf } from '../error-message.ts'
import { isSameArn, refuseOtherArn, roleNameOf } from '../session/named-role.ts'
import { startProgress } from '../session/progress.ts'
import type { Session } from '../session/session.ts'
import { ExclusionMatches, type ExclusionMessage } from './exclusion-matches.ts'
import type { ShownFinding } from './shown-finding.ts'

/** One role of a plan. */
export interface PlanLine extends RoleLine {
  /** What IAM Access Analyzer finds in the planned trust policy; left out where it was not asked. */
  readonly findings?: readonly ShownFinding[]
}

export interface PlanReport extends Report {
  readonly roles: readonly PlanLine[]
}

/** What a dry run found. */
export interface Plan {
  readonly rules: Rules
  /** Never truncated: no Lambda has to return it. */
  readonly report: PlanReport
  /** The changes that are due, with the documents as text. */
  readonly changes: readonly ChangeOutcome[]
  /** What the exclusions match; none where only named roles were read. */
  readonly exclusions: readonly ExclusionMessage[]
}

/** Which roles to look at; all where nothing is given. */
export interface PlannedSelection {
  /** Names or ARNs. */
  readonly roles: readonly string[] | undefined
  readonly pathPrefix: string | undefined
}

/** What the sweep would change by the rules in force, and the report of it (rule 6.2). Throws as {@link makePlanBy}. */
export async function makePlan(session: Session, selection: PlannedSelection): Promise<Plan> {
  return makePlanBy(await session.rules(), await session.roles(), session, selection)
}

/**
 * Runs the sweep dry, from this machine, by the rules that are given.
 *
 * @throws ConfigurationError where an ARN is of another role than the account has under that name
 */
export async function makePlanBy(
  rules: Rules,
  iam: RoleAccess & RoleReader,
  session: Session,
  { roles, pathPrefix }: PlannedSelection,
): Promise<Plan> {
  const { account } = await session.caller()
  const roleNames = roles && distinctRoles(roles.map((role) => roleNameOf(role) ?? role))
  const results: RoleResult[] = []
  const matches = new ExclusionMatches(rules.exclusions)
  const faults = new Map<string, unknown>()
  const progress = startProgress(session.terminal, 'reading roles', roleNames?.length)
  try {
    const { report } = await sweep(
      { roleNames, pathPrefix, dryRun: true, maxChanges: Number.POSITIVE_INFINITY },
      rules,
      {
        iam: watched(iam, progress.advance, matches, (roleName, fault) => faults.set(roleName, fault)),
        onResult: (result) => {
          const { roleName, arn } = result
          const asked = roles?.find(
            (role) => role.startsWith('arn:') && roleKey(roleNameOf(role) ?? role) === roleKey(roleName),
          )
          if (asked !== undefined && arn !== null && !isSameArn(arn, asked)) refuseOtherArn(account, arn, asked)
          const fault = faults.get(result.roleName)
          const isTold = result.kind === 'failed' && fault !== undefined
          results.push(isTold ? { ...result, detail: errorMessageOf(fault, session.scope) } : result)
        },
        // A dry run changes nothing: it announces no write, and hands nothing on.
        freshRules: async () => rules,
        onIntent: () => {},
        deferRoles: async () => new Map(),
        timeLeft: () => Number.POSITIVE_INFINITY,
      },
    )
    const whole = buildReport({ ...report, wanted: rules.wanted, results }, Number.POSITIVE_INFINITY)
    // A dry run tells of each change with its documents.
    const changes = results.flatMap((result) => (result.kind === 'planned' && 'after' in result ? [result] : []))
    return { rules, report: whole, changes, exclusions: roles === undefined ? matches.messages() : [] }
  } finally {
    progress.end()
  }
}

function watched<Iam extends RoleReader>(
  iam: Iam,
  advance: (roles?: number) => void,
  matches: ExclusionMatches,
  onFault: (roleName: string, fault: unknown) => void,
): Iam {
  return {
    ...iam,
    async readRole(roleName) {
      try {
        return await iam.readRole(roleName)
      } catch (fault) {
        onFault(roleName, fault)
        throw fault
      } finally {
        advance()
      }
    },
    async *scanRoles() {
      for await (const page of iam.scanRoles()) {
        advance(page.length)
        for (const role of page) if (!('kind' in role)) matches.add(role)
        yield page
      }
    },
  }
}

/** How many roles could not be read, or were named and are not there: what is due for them is not known. */
export function countUnknown({ counts, roles }: Report): number {
  return counts.failed + roles.filter(({ reason }) => reason === 'gone').length
}

/** What each exclusion matches, on stderr: one that matches nothing protects nobody. */
export function printExclusions({ err }: Session, exclusions: Plan['exclusions']): void {
  for (const { message, remedy } of exclusions) {
    const line = `${message.charAt(0).toUpperCase()}${message.slice(1)}`
    err.print(
      remedy === undefined ? err.paint('dim', `${line}.`) : err.paint('yellow', `Warning: ${message}; ${remedy}.`),
    )
  }
}
