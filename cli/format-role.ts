import { BLOCK_ADVICE, NOTE_ADVICE } from '../src/outcomes/advice.ts'
import type { Report, RoleLine } from '../src/sweep/report.ts'
import { formatFinding, type ShownFinding } from './plan/shown-finding.ts'
import { countOf } from './session/count-of.ts'
import type { Colour, Paint } from './session/paint.ts'
import { trustPolicyDiff } from './trust-policy-diff.ts'

/** A role of a report, or of what else the command line has to say. */
export interface ShownRole extends Omit<RoleLine, 'kind' | 'arn'> {
  readonly kind: RoleLine['kind'] | 'orphaned' | 'outdated' | 'unstarted' | 'unknown'
  readonly findings?: readonly ShownFinding[]
}

const COLOURS: Readonly<Record<ShownRole['kind'], Colour>> = {
  patched: 'green',
  withdrawn: 'green',
  planned: 'cyan',
  deferred: 'cyan',
  unchanged: 'dim',
  skipped: 'dim',
  orphaned: 'dim',
  blocked: 'yellow',
  outdated: 'yellow',
  unstarted: 'yellow',
  unknown: 'yellow',
  failed: 'red',
}

/** One role with its outcome and why, and what changes in its trust policy. */
export function formatRole(role: ShownRole, paint: Paint): readonly string[] {
  return [headOf(role, paint), ...detailOf(role, paint)]
}

/** One role with what to do about it, where a person can do something. */
export function adviseOnRole(role: ShownRole, paint: Paint): readonly string[] {
  return [headOf(role, paint), ...bodyOf(role, paint)]
}

/** The same of many: advice that is the same for several of a kind is printed once, below all of them. */
export function adviseOnRoles(roles: readonly ShownRole[], paint: Paint): readonly string[] {
  return foldAlike(
    roles.map((role) => ({ kind: role.kind, head: headOf(role, paint), body: bodyOf(role, paint) })),
    paint,
  )
}

/** Of roles with one kind and the same lines below their names, these lines are printed once. */
export function foldAlike(
  roles: readonly { readonly kind: string; readonly head: string; readonly body: readonly string[] }[],
  paint: Paint,
): readonly string[] {
  const alike = new Map<string, { readonly heads: string[]; readonly body: readonly string[] }>()
  for (const { kind, head, body } of roles) {
    const key = [kind, ...body].join('\n')
    const heads = alike.get(key)?.heads ?? []
    heads.push(head)
    alike.set(key, { heads, body })
  }
  return [...alike.values()].flatMap(({ heads, body }) => {
    const isFolded = heads.length > 1 && body.length > 0
    return [...heads, ...(isFolded ? [`             ${paint('bold', `all ${heads.length} alike:`)}`] : []), ...body]
  })
}

/** One line: the role, its outcome and why. */
export function headOf({ roleName, kind, reason, notes }: ShownRole, paint: Paint): string {
  const why = [reason, ...notes].filter((word) => word !== undefined).join(', ')
  return `  ${paint(COLOURS[kind], kind.padEnd(10))} ${paint('bold', roleName)}${why && `  ${why}`}`
}

function detailOf({ detail, before, after }: ShownRole, paint: Paint): readonly string[] {
  const more = detail === undefined ? [] : [`             ${detail}`]
  return [...more, ...(after === undefined ? [] : trustPolicyDiff(before, after, paint))]
}

function bodyOf(role: ShownRole, paint: Paint): readonly string[] {
  const findings = (role.findings ?? []).map((finding) => `             ${formatFinding(finding)}`)
  const advice = adviceFor(role).map((words) => `             ${paint('dim', `→ ${words}`)}`)
  return [...detailOf(role, paint), ...findings, ...advice]
}

/** What a person can do about what a role is blocked by, or what was noted. */
export function adviceFor({ reason, notes }: { readonly reason?: string | null; readonly notes: readonly string[] }) {
  return [reason ?? undefined, ...notes].map(adviceOn).filter((words) => words !== undefined)
}

function adviceOn(word: string | undefined): string | undefined {
  const all: Readonly<Record<string, string>> = { ...BLOCK_ADVICE, ...NOTE_ADVICE }
  return word !== undefined && Object.hasOwn(all, word) ? all[word] : undefined
}

/** Of a role that the report lists as orphaned. */
export function formatOrphan(roleName: string, paint: Paint): string {
  return headOf({ roleName, kind: 'orphaned', reason: 'has lost its tag and keeps the statement', notes: [] }, paint)
}

export function formatTotals({ scanned, inScope, counts }: Pick<Report, 'scanned' | 'inScope' | 'counts'>): string {
  const kinds = listed(Object.entries(counts))
  return `  ${countOf(scanned, 'role')}, ${inScope} in scope${kinds && `: ${kinds}`}`
}

/** How many results there are of each kind, the first kind first. */
export function formatCounts(label: string, results: readonly Pick<ShownRole, 'kind'>[]): string {
  const counts = new Map<string, number>()
  for (const { kind } of results) counts.set(kind, (counts.get(kind) ?? 0) + 1)
  return `  ${label}: ${listed([...counts])}`
}

function listed(counts: readonly (readonly [string, number])[]): string {
  return counts
    .filter(([, count]) => count > 0)
    .map(([kind, count]) => `${count} ${kind}`)
    .join(', ')
}
