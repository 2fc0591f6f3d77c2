import * as z from 'zod/mini'
import { type Installation, isOwnRole, isWriterRole } from '../cloudtrail/own-roles.ts'
import { Call, ROLE_CALLS, readRoleCall, roleName, TRUST_POLICY_WRITE } from '../cloudtrail/role-call.ts'
import type { Config } from '../config/read-config.ts'
import { InvalidInputError } from '../errors.ts'
import { readInput } from '../input.ts'
import { isTagged } from '../role/scope.ts'

/** What an event asks for: a look at one role. Everything else about the role is read from IAM. */
export interface RoleEvent {
  readonly kind: 'role'
  readonly roleName: string
  readonly eventName: string
  readonly eventId: string | undefined
  /** The ARN of whoever made the call, or whatever else is known about them. */
  readonly actor: string
  /** When the call was made, in milliseconds since the epoch; undefined where that no longer matters. */
  readonly time: number | undefined
  /** Whether another stack of this system made the call, as far as the name of its role says. */
  readonly isOfAnotherStack: boolean
  /** The event says that the role carries the tag now. */
  readonly showsTag: boolean
  /** The event took the tag away, or may have: by UntagRole, or by another value. */
  readonly takesTag: boolean
}

/** What made a run look at many roles. */
export type RunCause = 'scheduled sweep' | 'parameter change' | 'backfill'

/** Why a role was looked at: because of one event, or in the course of a run. */
export type Cause = RoleEvent | RunCause

/** An event that asks for nothing, and the reason. */
export interface IgnoredEvent {
  readonly kind: 'ignored'
  readonly reason: 'failed-call' | 'foreign-account' | 'own-update' | 'unknown-event'
  readonly detail: string
}

/** The source of this system's own events: of those on the event bus, and of those that only its queue sees. */
export const OWN_SOURCE = 'okta-role-trust'

/** How a sweep hands a role on to the queue (rule 6.4). It is never on the event bus. */
const DEFERRED_TYPE = 'Role Deferred'

export function deferredEvent(roleName: string) {
  return { source: OWN_SOURCE, 'detail-type': DEFERRED_TYPE, detail: { roleName } }
}

/** A change of the SSM parameter; which one it is, the rule has matched already (infra/parameter-rule.yml). */
const ParameterChange = z.object({ source: z.literal('aws.ssm'), 'detail-type': z.literal('Parameter Store Change') })

/** What an event of the scheduled sweep is: the change of the parameter, or else the schedule. */
export function sweepCauseOf(event: unknown): RunCause {
  return z.safeParse(ParameterChange, event).success ? 'parameter change' : 'scheduled sweep'
}

const text = z.string('a string')

const Envelope = z.object(
  { source: text, 'detail-type': text, detail: z.looseObject({}, 'an object') },
  'an EventBridge event',
)

/** EventBridge names the account in every event; only a message by which a sweep hands a role on has none. */
const Sender = z.object({ account: z.string('the id of an account') })

const DeferredDetail = z.object({ roleName }, 'an object')

/** What a message of the queue turned out to be. */
export type Message = RoleEvent | IgnoredEvent | { readonly kind: 'unreadable'; readonly error: Error }

/** Reads the body of a message; never throws, so that a poison message fails alone (rule 6.1). */
export function readMessage(body: string, tag: Config['tag'], here: Installation): Message {
  try {
    return readEvent(JSON.parse(body), tag, here)
  } catch (error) {
    if (error instanceof InvalidInputError) return { kind: 'unreadable', error }
    const message = `message: found text that is not JSON, expected an EventBridge event`
    return { kind: 'unreadable', error: new InvalidInputError(message, { cause: error }) }
  }
}

/**
 * Reads an EventBridge event: a CloudTrail record of IAM, or a role that a sweep handed on.
 *
 * @param here whose events count: an account can forward its events to the event bus of another
 * @returns which role to look at, or why the event asks for nothing
 * @throws InvalidInputError where an event that matters cannot be read
 */
export function readEvent(event: unknown, tag: Config['tag'], here: Installation): RoleEvent | IgnoredEvent {
  const foreign = foreignEvent(event, here)
  if (foreign !== undefined) return foreign
  const { source, 'detail-type': type, detail } = readInput(Envelope, event, 'event')
  if (source === OWN_SOURCE && type === DEFERRED_TYPE) return deferredRole(detail)
  const { eventName, errorCode } = source === 'aws.iam' ? readInput(Call, detail, 'event.detail') : {}
  if (eventName === undefined || !ROLE_CALLS.includes(eventName)) {
    return { kind: 'ignored', reason: 'unknown-event', detail: `${source}: ${type}, ${eventName ?? 'not a call'}` }
  }
  if (errorCode) return { kind: 'ignored', reason: 'failed-call', detail: `${eventName} failed with ${errorCode}` }

  readInput(Sender, event, 'event')
  const { tags, tagKeys, callerRole, ...call } = readRoleCall(detail, 'event.detail')
  if (eventName === TRUST_POLICY_WRITE && isOwnRole(callerRole, here)) {
    return { kind: 'ignored', reason: 'own-update', detail: `${eventName} by ${call.actor}` }
  }
  const showsTag = isTagged(tags, tag)
  const isOurs = (key: string) => isTagged([{ key, value: tag.value }], tag)
  const takesTag =
    eventName === 'UntagRole' ? (tagKeys?.some(isOurs) ?? true) : !showsTag && tags.some(({ key }) => isOurs(key))
  return { kind: 'role', eventName, ...call, isOfAnotherStack: isWriterRole(callerRole, here), showsTag, takesTag }
}

/** An event of another account asks for nothing here; undefined for one of this account, or that names none. */
export function foreignEvent(event: unknown, here: Installation): IgnoredEvent | undefined {
  const { account } = z.safeParse(Sender, event).data ?? {}
  if (account === undefined || here.account === undefined || account === here.account) return undefined
  return { kind: 'ignored', reason: 'foreign-account', detail: `it comes from account ${account}, not ${here.account}` }
}

/** Whether somebody else wrote the trust policy: this system's own writes never become events of a role. */
export function isDrift({ eventName }: RoleEvent): boolean {
  return eventName === TRUST_POLICY_WRITE
}

function deferredRole(detail: unknown): RoleEvent {
  const { roleName } = readInput(DeferredDetail, detail, 'event.detail')
  return {
    kind: 'role',
    roleName,
    eventName: DEFERRED_TYPE,
    eventId: undefined,
    actor: OWN_SOURCE,
    time: undefined,
    isOfAnotherStack: false,
    showsTag: false,
    takesTag: false,
  }
}
