import type { RoleLine } from '../../src/sweep/report.ts'
import { adviseOnRoles, formatOrphan, formatTotals, headOf } from '../format-role.ts'
import { countOf } from '../session/count-of.ts'
import type { Paint } from '../session/paint.ts'
import { countUnknown, type PlanReport } from './make-plan.ts'
import { explainFindings } from './shown-finding.ts'
import { countHeldBack, explainHeldBack } from './validate-plan.ts'

const ORDER: readonly RoleLine['kind'][] = ['failed', 'blocked', 'planned', 'unchanged', 'skipped']

/**
 * A dry run's report in lines: what cannot be changed, what would be, what was left alone, and the totals last.
 *
 * @param isSummary one line per role, without the changes and without advice
 */
export function formatPlan(report: PlanReport, paint: Paint, isSummary = false): readonly string[] {
  const { roles, orphaned, counts } = report
  const byKind = sortByKind(roles)
  return [
    ...(isSummary ? byKind.map((role) => headOf(role, paint)) : adviseOnRoles(byKind, paint)),
    ...orphaned.map((roleName) => formatOrphan(roleName, paint)),
    ...(isSummary ? explainHeldBack(roles, paint) : []),
    ...explainFindings(roles, paint),
    formatTotals(report),
    ...(counts.planned === 0 ? [nothingIsDue(countUnknown(report), countHeldBack(report))] : []),
  ]
}

/** What a person looks for first stands first. */
export function sortByKind<Line extends Pick<RoleLine, 'kind'>>(lines: readonly Line[]): readonly Line[] {
  return lines.toSorted((one, other) => ORDER.indexOf(one.kind) - ORDER.indexOf(other.kind))
}

function nothingIsDue(unknown: number, heldBack: number): string {
  if (heldBack > 0) return `  nothing is due that passed; what is due for ${countOf(heldBack, 'role')} is held back`
  if (unknown === 0) return '  nothing is due'
  return `  nothing is due for the roles that could be read; what is due for ${countOf(unknown, 'role')} is not known`
}
