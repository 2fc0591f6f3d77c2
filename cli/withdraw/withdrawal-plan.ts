import type { Rules } from '../../src/role/decide-role.ts'
import type { ChangeOutcome } from '../../src/role/outcome.ts'
import type { RoleAccess } from '../../src/role/remediate-role.ts'
import type { RoleSnapshot } from '../../src/role/role.ts'
import type { RoleLine } from '../../src/sweep/report.ts'
import { adviseOnRoles, formatCounts, type ShownRole } from '../format-role.ts'
import { sortByKind } from '../plan/format-plan.ts'
import { makePlanBy, type PlannedSelection, printExclusions } from '../plan/make-plan.ts'
import { countOf } from '../session/count-of.ts'
import type { Paint } from '../session/paint.ts'
import type { Session } from '../session/session.ts'
import { asUntagged, type Obstacle, obstacleOf, withdrawalRules } from './withdrawal.ts'

/** What would be taken out, and where it cannot be. */
export interface WithdrawalPlan {
  readonly rules: Rules
  /** To make the changes with. */
  readonly iam: RoleAccess
  readonly scanned: number
  readonly changes: readonly ChangeOutcome[]
  /** Every role that holds a managed statement or may hold one, and every one that was named. */
  readonly lines: readonly RoleLine[]
  /** Names of roles that keep their statement because of an exclusion. */
  readonly excluded: readonly string[]
  /** Whether nothing is left once the changes are made. */
  readonly isComplete: boolean
}

/** A role's line once all is done. */
export type WithdrawalLine = Omit<RoleLine, 'kind'> & Pick<ShownRole, 'kind'>

/** Reads the roles, and throws as `makePlanBy`. */
export async function planOf(session: Session, selection: PlannedSelection): Promise<WithdrawalPlan> {
  const { config } = await session.settings()
  const rules = withdrawalRules(config, selection.roles !== undefined)
  const iam = await session.roles()
  const obstacles = new Map<string, { readonly role: RoleSnapshot; readonly obstacle: Obstacle }>()
  const look = (role: RoleSnapshot) => {
    const obstacle = obstacleOf(role, rules)
    if (obstacle !== undefined && role.path.startsWith(selection.pathPrefix ?? '/')) {
      obstacles.set(role.roleName, { role, obstacle })
    }
  }
  const { report, changes, exclusions } = await makePlanBy(rules, asUntagged(iam, look), session, selection)
  printExclusions(session, exclusions)
  const found = report.roles.filter(({ roleName }) => !obstacles.has(roleName))
  const lines = sortByKind([
    ...found.map((line) => (isOutOfScope(line) ? withoutStatement(line) : line)),
    ...[...obstacles.values()].map(({ role, obstacle }) => keeping(role, obstacle)),
  ])
  return {
    rules,
    iam: asUntagged(iam),
    scanned: report.scanned,
    changes,
    lines,
    excluded: [...obstacles.values()].flatMap(({ role, obstacle }) =>
      obstacle.kind === 'excluded' ? [role.roleName] : [],
    ),
    isComplete: lines.every(({ kind }) => kind === 'planned' || kind === 'unchanged'),
  }
}

/** One that was named and holds no managed statement: no decision is needed about it. */
function isOutOfScope({ reason }: RoleLine): boolean {
  return reason === 'untagged' || reason === 'protected'
}

function withoutStatement({ roleName, arn }: RoleLine): RoleLine {
  return { roleName, arn, kind: 'unchanged', detail: 'it holds no statement to take out', notes: [] }
}

function keeping({ roleName, arn }: RoleSnapshot, { kind, detail }: Obstacle): RoleLine {
  if (kind === 'unreadable') return { roleName, arn, kind: 'blocked', reason: 'malformed', detail, notes: [] }
  return { roleName, arn, kind: 'skipped', reason: 'protected', detail: `${detail}; it keeps the statement`, notes: [] }
}

export function formatWithdrawal({ lines, scanned, changes }: WithdrawalPlan, paint: Paint): readonly string[] {
  const number = countOf(scanned, 'role')
  const totals = lines.length === 0 ? `  ${number}, none with such a statement` : formatCounts(number, lines)
  return [...adviseOnRoles(lines, paint), totals, ...(changes.length === 0 ? ['  nothing is due'] : [])]
}

/** The answer of `--json`. */
export function withdrawalJson({ scanned }: WithdrawalPlan, lines: readonly WithdrawalLine[], dryRun: boolean): object {
  const counts: Record<string, number> = {}
  for (const { kind } of lines) counts[kind] = (counts[kind] ?? 0) + 1
  return { dryRun, scanned, counts, roles: lines }
}
