import { isFlapping } from '../events/flapping.ts'
import { type Cause, OWN_SOURCE } from '../events/read-event.ts'
import type { RoleResult } from '../role/outcome.ts'
import { lineOf } from '../sweep/report.ts'
import { originOf } from './log-line.ts'

/** What is put on the event bus; docs/events.md is its contract. */
export interface OutcomeEvent {
  readonly source: typeof OWN_SOURCE
  readonly type:
    | 'Role Patched'
    | 'Role Withdrawn'
    | 'Role Blocked'
    | 'Role Flapping'
    | 'Role Due'
    | 'Sweep Over Cap'
    | 'Sweep Finished'
    | 'Sweep Failed'
  /** The ARN of the role. */
  readonly resources: readonly string[]
  /**
   * Plain JSON, to which src/aws/event-bus.ts adds the stack and the version of this system. `version` is that of the
   * form, and changes only if a reader of the older form would misunderstand the newer one.
   */
  readonly detail: { readonly version: '1'; readonly [field: string]: unknown }
}

/**
 * PutEvents takes 10 events with 256 KB in all (1 MB since 2026, where AWS has raised it): with this, any ten fit. Two
 * trust policies of the largest quota take a third of it.
 */
const MAX_BYTES = 25_000

/**
 * The event about one result, or undefined for a result that is not published: only what was written, what somebody must
 * act on, and what an event made due in report mode, is.
 *
 * @param maxBytes what the detail may take as JSON; if it would take more, the documents are left out, and it says so
 */
export function outcomeEventOf(result: RoleResult, cause: Cause, maxBytes = MAX_BYTES): OutcomeEvent | undefined {
  const type = typeOf(result, cause)
  if (type === undefined) return undefined
  return {
    source: OWN_SOURCE,
    type,
    resources: result.arn === null ? [] : [result.arn],
    // Only once it is sent: thousands of events of a sweep can wait, and a document takes less memory as text.
    get detail() {
      return detailOf(result, cause, maxBytes)
    },
  }
}

function detailOf(result: RoleResult, cause: Cause, maxBytes: number): OutcomeEvent['detail'] {
  const { kind: outcome, before, after, ...line } = lineOf(result)
  const bare: OutcomeEvent['detail'] = { version: '1', outcome, ...line, ...originOf(cause) }
  const whole = { ...bare, before, after }
  const fits = !('documentsOmitted' in result) && Buffer.byteLength(JSON.stringify(whole)) <= maxBytes
  return fits ? whole : { ...bare, documentsOmitted: true }
}

/**
 * The event about a sweep or backfill that changed nothing because of its cap.
 *
 * @param detail the reason in words
 */
export function overCapEvent(due: number, maxChanges: number, detail: string, cause: Cause): OutcomeEvent {
  return {
    source: OWN_SOURCE,
    type: 'Sweep Over Cap',
    resources: [],
    detail: { version: '1', due, maxChanges, detail, ...originOf(cause) },
  }
}

function typeOf(result: RoleResult, cause: Cause): OutcomeEvent['type'] | undefined {
  switch (result.kind) {
    case 'patched':
      return 'Role Patched'
    case 'withdrawn':
      return 'Role Withdrawn'
    case 'blocked':
      return 'Role Blocked'
    case 'planned':
      if (isFlapping(result)) return 'Role Flapping'
      // A sweep over its cap, or in report mode, may find thousands that are due: each time the same.
      return typeof cause === 'string' ? undefined : 'Role Due'
    case 'unchanged':
    case 'skipped':
    case 'failed':
    case 'deferred':
      return undefined
  }
}
