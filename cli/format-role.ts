import { BLOCK_ADVICE, NOTE_ADVICE } from '../src/outcomes/advice.ts'
import type { Report, RoleLine } from '../src/sweep/report.ts'
import { formatFinding, type ShownFinding } from './plan/shown-finding.ts'
import { countOf } from './session/count-of.ts'
import type { Colour, Paint } from './session/paint.ts'
import { trustPolicyDiff } from './trust-policy-diff.ts'

/** A role of a report, or of what else the command line has to say. */
export interface ShownRole extends Omit<RoleLine, 'kind' | 'arn'> {
  readonly kind: RoleLine['kind'] | 'orphaned' | 'outdated' | 'unstarted'
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
  const alike = new Map<string, { readonly heads: string[]; readonly body: readonly string[] }>()
  for (const role of roles) {
    const body = bodyOf(role, paint)
    const key = [role.kind, ...body].join('\n')
    const heads = alike.get(key)?.heads ?? []
    heads.push(headOf(role, paint))
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
  const advice = [role.reason, ...role.notes].map(adviceOn).filter((words) => words !== undefined)
  const findings = (role.findings ?? []).map((finding) => `             ${formatFinding(finding)}`)
  return [...detailOf(role, paint), ...findings, ...advice.map((words) => `             ${paint('dim', `→ ${words}`)}`)]
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
