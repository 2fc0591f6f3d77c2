import { isFlapping } from '../events/flapping.ts'
import type { Cause } from '../events/read-event.ts'
import type { ChangeOutcome, RoleResult } from '../role/outcome.ts'

/** The sentence about one result for a person to read, and the fields to search by. */
export interface LogLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error'
  readonly message: string
  readonly fields: Readonly<Record<string, unknown>>
}

/**
 * The log record of one result. A write's record holds all that an auditor asks for: the role, the reason, who caused
 * it by which event, and the trust policy before and after (rule 5.6).
 *
 * @param cause the event, or the name of the run that found the role
 */
export function logLineOf(result: RoleResult, cause: Cause): LogLine {
  return { level: levelOf(result), message: messageOf(result), fields: { ...originOf(cause), ...result } }
}

/** The record of a change that is about to be written; that of its result follows, unless the function is cut off. */
export function intentLineOf(change: ChangeOutcome, cause: Cause): LogLine {
  const message = `role ${change.roleName} is about to be changed (${change.reason}), if it is still the same`
  return { level: 'info', message, fields: { ...originOf(cause), ...change, kind: 'intent' } }
}

/**
 * Who or what caused a look at a role, as fields. What an event says is only its claim, and marked so: nobody verifies
 * the call, and whoever may send to the queue can write there what they like.
 */
export function originOf(cause: Cause): LogLine['fields'] {
  if (typeof cause === 'string') return { trigger: cause }
  const { eventName, eventId, actor, time } = cause
  const claims = {
    trigger: eventName,
    ...(eventId !== undefined && { eventId }),
    actor,
    ...(time !== undefined && { eventTime: new Date(time).toISOString() }),
  }
  return { ...claims, claimedByEvent: Object.keys(claims) }
}

function levelOf(result: RoleResult): LogLine['level'] {
  if (isFlapping(result)) return 'warn'
  switch (result.kind) {
    case 'unchanged':
      return result.notes.length > 0 ? 'info' : 'debug'
    case 'blocked':
      return 'warn'
    case 'failed':
      return 'error'
    case 'patched':
    case 'withdrawn':
    case 'planned':
    case 'skipped':
    case 'deferred':
      return 'info'
  }
}

function messageOf(result: RoleResult): string {
  const role = `role ${result.roleName}`
  switch (result.kind) {
    case 'unchanged':
      return result.notes.length > 0
        ? `${role} is left as it is, with a note: ${result.notes.join(', ')}`
        : `${role} gives the wanted access already`
    case 'patched':
      return `${role} has been patched (${result.reason})${detailOf(result)}`
    case 'withdrawn':
      return `${role} has lost its tag, and its managed statement has been removed (${result.reason})`
    case 'planned':
      return `${role} is due to be changed (${result.reason})${detailOf(result)}`
    case 'skipped':
      return `${role} has been skipped (${result.reason}): ${result.detail}`
    case 'blocked':
      return `${role} cannot be changed (${result.reason}): ${result.detail}`
    case 'failed':
      return `${role} failed: ${result.detail}`
    case 'deferred':
      return `${role} has been deferred: ${result.detail}`
  }
}

function detailOf({ detail }: Pick<ChangeOutcome, 'detail'>): string {
  return detail === undefined ? '' : `; ${detail}`
}
