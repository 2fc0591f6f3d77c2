import type { Outcome } from './outcome.ts'
import type { Json } from './trust-policy/json.ts'
import type { WantedAccess } from './trust-policy/wanted-access.ts'

/** What a sweep or a backfill did or would do (rule 6.5). Plain JSON: it is what the function returns. */
export interface Report {
  readonly dryRun: boolean
  readonly providers: readonly string[]
  readonly audiences: readonly string[]
  /** Roles that were looked at, whatever their tags. */
  readonly scanned: number
  /** Of these, the tagged ones that are not protected. */
  readonly inScope: number
  readonly counts: Readonly<Record<RoleResult['kind'], number>>
  /** Every role in `counts`, but for the unchanged ones without a note. */
  readonly roles: readonly RoleLine[]
  /** Names of roles that lost their tag and keep a managed statement. */
  readonly orphaned: readonly string[]
  /** Whether lines, or documents in them, were left out to stay within what Lambda can return. */
  readonly truncated: boolean
}

/** An outcome, or what else can become of a role in a sweep. */
export type RoleResult =
  | Outcome
  | {
      readonly kind: 'failed' | 'deferred'
      readonly roleName: string
      readonly arn: string | null
      readonly detail: string
      readonly notes: readonly []
    }

/** One role in the report. */
export interface RoleLine {
  readonly roleName: string
  readonly arn: string | null
  readonly kind: RoleResult['kind']
  readonly reason?: string
  readonly detail?: string
  readonly notes: readonly string[]
  readonly before?: Json
  readonly after?: Json
}

/** Lambda returns at most 6 MB (6,291,456 bytes); the rest of the report and JSON escapes need some room. */
const MAX_BYTES = 5_500_000

export interface Findings {
  readonly dryRun: boolean
  readonly wanted: WantedAccess
  readonly scanned: number
  readonly inScope: number
  readonly results: readonly RoleResult[]
  readonly orphaned: readonly string[]
}

/**
 * Builds the report. Where it would grow too large, documents are left out first, then lines; the counts are always of
 * all roles.
 *
 * @param maxBytes what it may take as JSON
 */
export function buildReport(findings: Findings, maxBytes = MAX_BYTES): Report {
  const { dryRun, wanted, scanned, inScope, results, orphaned } = findings
  const lines = results.filter((result) => result.kind !== 'unchanged' || result.notes.length > 0).map(lineOf)
  const roles = fitting(lines, maxBytes - sizeOf(orphaned))
  const truncated = roles.length < lines.length || roles.some((line, index) => line !== lines[index])
  const { providers, audiences } = wanted
  return { dryRun, providers, audiences, scanned, inScope, counts: countsOf(results), roles, orphaned, truncated }
}

/** The line for one result, with the documents as JSON objects. */
export function lineOf(result: RoleResult): RoleLine {
  const { roleName, arn, kind, notes } = result
  return {
    roleName,
    arn,
    kind,
    ...('reason' in result && { reason: result.reason }),
    ...('detail' in result && { detail: result.detail }),
    notes,
    ...('before' in result && documentOf('before', result.before)),
    ...('after' in result && documentOf('after', result.after)),
  }
}

/** The document as JSON; nothing for one that is absent or cannot be parsed. */
function documentOf(key: 'before' | 'after', text: string | undefined): Partial<RoleLine> {
  if (text === undefined) return {}
  try {
    return { [key]: JSON.parse(text) }
  } catch {
    return {}
  }
}

function fitting(lines: readonly RoleLine[], maxBytes: number): readonly RoleLine[] {
  const bare = lines.map(({ before: _before, after: _after, ...line }): RoleLine => line)
  let room = maxBytes
  const fits = (value: unknown, already = 0) => {
    const bytes = sizeOf(value) - already
    if (bytes > room) return false
    room -= bytes
    return true
  }
  const full = bare.findIndex((line) => !fits(line))
  const kept = full < 0 ? bare : bare.slice(0, full)
  return kept.map((line, index) => {
    const whole = lines[index]
    return whole !== undefined && fits(whole, sizeOf(line)) ? whole : line
  })
}

/** How many results there are of each kind. */
export function countsOf(results: readonly RoleResult[]): Report['counts'] {
  const counts = { unchanged: 0, patched: 0, planned: 0, withdrawn: 0, skipped: 0, blocked: 0, failed: 0, deferred: 0 }
  for (const { kind } of results) counts[kind] += 1
  return counts
}

/** Bytes of a value as JSON, with the comma behind it. */
function sizeOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value)) + 1
}
