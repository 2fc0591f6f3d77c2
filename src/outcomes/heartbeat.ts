import { OWN_SOURCE, type RunCause } from '../events/read-event.ts'
import type { RoleResult } from '../role/outcome.ts'
import type { SweepResult } from '../sweep/sweep.ts'
import { originOf } from './log-line.ts'
import type { OutcomeEvent } from './outcome-event.ts'

// By what a sweep tells that it is alive, even where it found nothing to do. docs/events.md is the contract.

/** What every heartbeat says of the stack that sends it. */
export interface Sender {
  /** `enforce`: what is due is written. */
  readonly mode: string
  /** By which settings that differ are noticed (src/config/settings-digest.ts). */
  readonly settingsDigest: string
}

/** How many roles are named in a heartbeat. */
const MOST_ROLES = 100

/**
 * What the words about one role may take as JSON, in bytes. PutEvents takes 256 KB (262,144 bytes) in a call, source,
 * type and detail together (EventBridge User Guide, "Calculating PutEvents event entry size"): with this, the most roles
 * with the longest names (64 characters) stay below 180,000, and the targets of a rule add an envelope.
 */
const MOST_BYTES = 1_500

/** What somebody should look at, the worst first. */
const WORST: readonly RoleResult['kind'][] = ['failed', 'blocked', 'planned', 'deferred']

/**
 * The event about a sweep that has done what it could, also where the cap held everything back, or roles were handed on.
 *
 * @param deadLetters messages in the dead-letter queue; undefined where that is not known
 */
export function sweepFinishedEvent(
  { report, heldBack, results, orphaned }: SweepResult,
  deadLetters: number | undefined,
  sender: Sender,
  cause: RunCause,
): OutcomeEvent {
  const { scanned, inScope, counts } = report
  const told = worstRoles(results, orphaned)
  return {
    source: OWN_SOURCE,
    type: 'Sweep Finished',
    resources: [],
    detail: {
      version: '1',
      ...sender,
      ...originOf(cause),
      scanned,
      inScope,
      counts,
      due: counts.planned,
      heldBack,
      orphaned: orphaned.length,
      deadLetters: deadLetters ?? null,
      roles: told.slice(0, MOST_ROLES),
      rolesOmitted: Math.max(0, told.length - MOST_ROLES),
    },
  }
}

/**
 * The event about a sweep that failed as a whole, and changed nothing.
 *
 * @param reason in words
 */
export function sweepFailedEvent(reason: string, sender: Sender, cause: RunCause): OutcomeEvent {
  return {
    source: OWN_SOURCE,
    type: 'Sweep Failed',
    resources: [],
    detail: { version: '1', ...sender, ...originOf(cause), detail: clip(reason) },
  }
}

/** A role that lost its tag is told once, though it may be blocked from losing the statement too. */
function worstRoles(results: readonly RoleResult[], orphaned: readonly string[]): readonly object[] {
  const bad = WORST.flatMap((kind) => results.filter((result) => result.kind === kind))
  const names = new Set(bad.map(({ roleName }) => roleName))
  return [
    ...bad.map((result) => ({
      roleName: result.roleName,
      outcome: result.kind,
      ...('reason' in result && { reason: result.reason }),
      ...('detail' in result && result.detail !== undefined && { detail: clip(result.detail) }),
    })),
    ...orphaned.filter((name) => !names.has(name)).map((roleName) => ({ roleName, outcome: 'orphaned' })),
  ]
}

/** The beginning of a text, as far as it fits. */
function clip(text: string): string {
  if (bytesOf(text) <= MOST_BYTES) return text
  let room = MOST_BYTES - bytesOf('…')
  let end = 0
  for (const character of text) {
    room -= bytesOf(character)
    if (room < 0) break
    end += character.length
  }
  return `${text.slice(0, end)}…`
}

/** Of a text inside JSON, without the quotes. */
function bytesOf(text: string): number {
  return Buffer.byteLength(JSON.stringify(text)) - 2
}
