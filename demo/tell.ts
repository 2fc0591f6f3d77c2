import { formatOrphan } from '../cli/format-role.ts'
import type { Paint } from '../cli/session/paint.ts'
import { ENVIRONMENT } from '../fake-aws/environment.ts'
import type { StoredRole } from '../fake-aws/role-store.ts'
import { isTagged } from '../src/role/scope.ts'
import type { Report } from '../src/sweep/report.ts'

/** The roles that the report has no line for, because nothing is to be said about them. */
export function formatQuietRoles(roles: readonly StoredRole[], report: Report, paint: Paint): readonly string[] {
  const told = new Set(report.roles.map(({ roleName }) => roleName))
  return roles.filter(({ name }) => !told.has(name)).map((role) => formatQuietRole(role, report, paint))
}

function formatQuietRole({ name, tags }: StoredRole, { orphaned }: Report, paint: Paint): string {
  const tag = { key: ENVIRONMENT.TAG_KEY, value: ENVIRONMENT.TAG_VALUE }
  const tagged = isTagged(
    Object.entries(tags).map(([key, value]) => ({ key, value })),
    tag,
  )
  if (orphaned.includes(name)) return formatOrphan(name, paint)
  const [kind, why] = tagged ? ['unchanged', 'trusts Okta already'] : ['untagged', 'out of scope']
  return `  ${paint('dim', kind.padEnd(10))} ${paint('bold', name)}  ${why}`
}
