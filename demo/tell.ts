import type { Colour, Paint } from '../cli/paint.ts'
import { trustPolicyDiff } from '../cli/trust-policy-diff.ts'
import type { Report, RoleLine } from '../src/report.ts'
import { isTagged } from '../src/scope.ts'
import type { StoredRole } from '../test/account/role-store.ts'
import { ENVIRONMENT } from '../test/environment.ts'

const COLOURS: Readonly<Record<RoleLine['kind'], Colour>> = {
  patched: 'green',
  withdrawn: 'green',
  planned: 'cyan',
  deferred: 'cyan',
  unchanged: 'dim',
  skipped: 'dim',
  blocked: 'yellow',
  failed: 'red',
}

/** One role with its outcome and why, and what changed in its trust policy. */
export function tellRole({ roleName, kind, reason, detail, notes, before, after }: RoleLine, paint: Paint): string {
  const why = [reason, ...notes].filter((word) => word !== undefined).join(', ')
  const line = `  ${paint(COLOURS[kind], kind.padEnd(10))} ${paint('bold', roleName)}${why && `  ${why}`}`
  const more = detail === undefined ? [] : [`             ${detail}`]
  return [line, ...more, ...(after === undefined ? [] : [trustPolicyDiff(before, after, paint)])].join('\n')
}

/** The roles that the report has no line for, because nothing is to be said about them. */
export function tellQuietRoles(roles: readonly StoredRole[], report: Report, paint: Paint): readonly string[] {
  const told = new Set(report.roles.map(({ roleName }) => roleName))
  return roles.filter(({ name }) => !told.has(name)).map((role) => tellQuietRole(role, report, paint))
}

function tellQuietRole({ name, tags }: StoredRole, { orphaned }: Report, paint: Paint): string {
  const tag = { key: ENVIRONMENT.TAG_KEY, value: ENVIRONMENT.TAG_VALUE }
  const tagged = isTagged(
    Object.entries(tags).map(([key, value]) => ({ key, value })),
    tag,
  )
  const [kind, why] = tagged
    ? ['unchanged', 'trusts Okta already']
    : orphaned.includes(name)
      ? ['orphaned', 'has lost its tag and keeps the statement']
      : ['untagged', 'out of scope']
  return `  ${paint('dim', kind.padEnd(10))} ${paint('bold', name)}  ${why}`
}

export function tellTotals({ scanned, inScope, counts }: Report): string {
  const parts = Object.entries(counts).filter(([, count]) => count > 0)
  return `  in all ${scanned}, in scope ${inScope}: ${parts.map(([kind, count]) => `${count} ${kind}`).join(', ')}`
}
