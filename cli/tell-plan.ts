import type { Report, RoleLine } from '../src/report.ts'
import type { Paint } from './paint.ts'
import { adviseOnRole, tellOrphan, tellTotals } from './tell-role.ts'

/** What a person looks for first. */
const ORDER: readonly RoleLine['kind'][] = ['planned', 'blocked', 'failed', 'unchanged', 'skipped']

/** A dry run's report in lines: what would change, what cannot, what was left alone, and the totals last. */
export function tellPlan(report: Report, paint: Paint): readonly string[] {
  const { roles, orphaned, counts } = report
  const byKind = roles.toSorted((one, other) => ORDER.indexOf(one.kind) - ORDER.indexOf(other.kind))
  return [
    ...byKind.map((role) => adviseOnRole(role, paint)),
    ...orphaned.map((roleName) => tellOrphan(roleName, paint)),
    tellTotals(report),
    ...(counts.planned === 0 ? ['  nothing is due'] : []),
  ]
}
