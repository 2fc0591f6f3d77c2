import type { RoleResult } from '../role/outcome.ts'
import { parsePolicy } from '../trust-policy/document.ts'
import { isJsonObject, type JsonObject } from '../trust-policy/json.ts'
import type { WantedAccess } from '../trust-policy/wanted-access.ts'

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
  /** Whether documents, names of orphaned roles or lines were left out to stay within what Lambda can return. */
  readonly truncated: boolean
}

/** A report as it is handed out, with the version of this system that made it. */
export interface VersionedReport extends Report {
  readonly version: string
}

/** One role in the report. */
export interface RoleLine {
  readonly roleName: string
  readonly arn: string | null
  readonly kind: RoleResult['kind']
  readonly reason?: string
  readonly detail?: string
  readonly notes: readonly string[]
  readonly before?: JsonObject
  readonly after?: JsonObject
}

/** Lambda returns at most 6 MB (6,291,456 bytes) of JSON. What stands around the lines of an answer needs some room. */
export const ANSWER_BYTES = 5_500_000

export interface Findings {
  readonly dryRun: boolean
  readonly wanted: WantedAccess
  readonly scanned: number
  readonly inScope: number
  readonly results: readonly RoleResult[]
  readonly orphaned: readonly string[]
}

/**
 * Builds the report. Where it would grow too large, documents are left out first, then names of orphaned roles, then
 * lines; the counts are always of all roles.
 *
 * @param maxBytes what it may take as JSON
 */
export function buildReport(findings: Findings, maxBytes = ANSWER_BYTES): Report {
  const { dryRun, wanted, scanned, inScope, results, orphaned } = findings
  const listed = results.filter((result) => result.kind !== 'unchanged' || result.notes.length > 0)
  const takes = roomOf(maxBytes)
  const lines = beginningOf(listed.map(bareLineOf), takes)
  const names = beginningOf(orphaned, takes)
  let cut = listed.some((result) => 'documentsOmitted' in result)
  const roles = lines.map((line, index) => {
    const result = listed[index]
    if (result === undefined || !('before' in result)) return line
    const whole = lineOf(result)
    if (takes(whole, line)) return whole
    cut = true
    return line
  })
  return {
    dryRun,
    providers: wanted.providers,
    audiences: wanted.audiences,
    scanned,
    inScope,
    counts: countsOf(results),
    roles,
    orphaned: names,
    truncated: cut || roles.length < listed.length || names.length < orphaned.length,
  }
}

/** The line for one result, with the documents as JSON objects. */
export function lineOf(result: RoleResult): RoleLine {
  return {
    ...bareLineOf(result),
    ...('before' in result && documentOf('before', result.before)),
    ...('after' in result && documentOf('after', result.after)),
  }
}

function bareLineOf(result: RoleResult): RoleLine {
  const { roleName, arn, kind, notes } = result
  return {
    roleName,
    arn,
    kind,
    ...('reason' in result && { reason: result.reason }),
    ...('detail' in result && { detail: result.detail }),
    notes,
  }
}

/**
 * The document; nothing where the text is absent, cannot be parsed, or is JSON of another kind than an object. Nor
 * where it nests deeper than any policy: it could not be written out again.
 */
function documentOf(key: 'before' | 'after', text: string | undefined): Pick<RoleLine, 'before' | 'after'> {
  const document = text === undefined ? undefined : parsePolicy(text)
  return isJsonObject(document) ? { [key]: document } : {}
}

/** Whether a value still fits, perhaps in place of a smaller one that is in already; if not, it takes no room. */
type Takes = (value: unknown, inPlaceOf?: unknown) => boolean

function roomOf(maxBytes: number): Takes {
  let room = maxBytes
  return (value, inPlaceOf) => {
    const bytes = sizeOf(value) - (inPlaceOf === undefined ? 0 : sizeOf(inPlaceOf))
    if (bytes > room) return false
    room -= bytes
    return true
  }
}

/** As many as fit, from the first on. */
function beginningOf<Item>(items: readonly Item[], takes: Takes): readonly Item[] {
  const full = items.findIndex((item) => !takes(item))
  return full < 0 ? items : items.slice(0, full)
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
