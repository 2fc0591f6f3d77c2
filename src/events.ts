import * as z from 'zod/mini'
import type { Config } from './config.ts'
import { readInput } from './input.ts'
import { ROLE_NAME } from './role.ts'
import { isTagged, OWN_ROLES_PATH } from './scope.ts'

/** What an event asks for: a look at one role. Everything else about the role is read anew. */
export interface RoleEvent {
  readonly kind: 'role'
  readonly roleName: string
  readonly eventName: string
  readonly eventId: string | undefined
  /** The ARN of whoever made the call, or what else is known of them. */
  readonly actor: string
  /** When the call was made, in milliseconds since the epoch; undefined where that no longer matters. */
  readonly time: number | undefined
  /** The event says that the role carries the tag now. */
  readonly showsTag: boolean
  /** The event took the tag away, or may have: by UntagRole, or by another value. */
  readonly takesTag: boolean
}

/** An event that asks for nothing, and why. */
export interface IgnoredEvent {
  readonly kind: 'ignored'
  readonly reason: 'failed-call' | 'own-update' | 'unknown-event'
  readonly detail: string
}

/** The calls after which a role may have to be remediated. What else arrives is dropped (rule 6.1). */
const ROLE_CALLS = ['CreateRole', 'TagRole', 'UntagRole', 'UpdateAssumeRolePolicy']

/** How a sweep hands a role on to the queue (rule 6.4). */
const DEFERRED_SOURCE = 'okta-role-trust'
const DEFERRED_TYPE = 'Role Deferred'

export function deferredEvent(roleName: string) {
  return { source: DEFERRED_SOURCE, 'detail-type': DEFERRED_TYPE, detail: { roleName } }
}

const text = z.string('a string')
const roleName = text.check(z.regex(ROLE_NAME, 'the name of an IAM role'))

const Envelope = z.object(
  { source: text, 'detail-type': text, detail: z.looseObject({}, 'an object') },
  'an EventBridge event',
)

const DeferredDetail = z.object({ roleName }, 'an object')

/** The parts of a CloudTrail record that say whether it matters. Optional fields are absent, or null after a failure. */
const Call = z.object({
  eventName: text,
  errorCode: z.nullish(text),
})

const RoleCall = z.object({
  eventID: text,
  eventTime: z.iso.datetime({ offset: true, error: 'an ISO 8601 time' }),
  userIdentity: z.object(
    {
      type: z.nullish(text),
      arn: z.nullish(text),
      invokedBy: z.nullish(text),
      sessionContext: z.nullish(
        z.object({ sessionIssuer: z.nullish(z.object({ arn: z.nullish(text) }, 'an object')) }, 'an object'),
      ),
    },
    'an object',
  ),
  requestParameters: z.object(
    {
      roleName,
      tags: z.nullish(z.array(z.object({ key: text, value: z.nullish(text) }, 'a tag'), 'a list of tags')),
      tagKeys: z.optional(z.unknown()),
    },
    'an object',
  ),
})

/** No source tells how CloudTrail lists the keys of UntagRole: whatever is not this says nothing. */
const TagKeys = z.array(z.string())

/**
 * Reads an EventBridge event: a CloudTrail record of IAM, or a role that a sweep handed on.
 *
 * @returns which role to look at, or why the event asks for nothing
 * @throws InvalidInputError where an event that matters cannot be read
 */
export function readEvent(event: unknown, tag: Config['tag']): RoleEvent | IgnoredEvent {
  const { source, 'detail-type': type, detail } = readInput(Envelope, event, 'event')
  if (source === DEFERRED_SOURCE && type === DEFERRED_TYPE) return deferredRole(detail)
  const { eventName, errorCode } = source === 'aws.iam' ? readInput(Call, detail, 'event.detail') : {}
  if (eventName === undefined || !ROLE_CALLS.includes(eventName)) {
    return { kind: 'ignored', reason: 'unknown-event', detail: `${source}: ${type}, ${eventName ?? 'not a call'}` }
  }
  if (errorCode) return { kind: 'ignored', reason: 'failed-call', detail: `${eventName} failed with ${errorCode}` }

  const { eventID, eventTime, userIdentity, requestParameters } = readInput(RoleCall, detail, 'event.detail')
  const issuer = userIdentity.sessionContext?.sessionIssuer?.arn ?? ''
  if (eventName === 'UpdateAssumeRolePolicy' && issuer.includes(`:role${OWN_ROLES_PATH}`)) {
    return { kind: 'ignored', reason: 'own-update', detail: `${eventName} by ${issuer}` }
  }
  const tags = (requestParameters.tags ?? []).map(({ key, value }) => ({ key, value: value ?? '' }))
  const showsTag = isTagged(tags, tag)
  const isOurs = (key: string) => isTagged([{ key, value: tag.value }], tag)
  return {
    kind: 'role',
    roleName: requestParameters.roleName,
    eventName,
    eventId: eventID,
    actor: userIdentity.arn ?? userIdentity.invokedBy ?? userIdentity.type ?? 'unknown',
    time: Date.parse(eventTime),
    showsTag,
    takesTag:
      eventName === 'UntagRole'
        ? (z.safeParse(TagKeys, requestParameters.tagKeys).data?.some(isOurs) ?? true)
        : !showsTag && tags.some(({ key }) => isOurs(key)),
  }
}

function deferredRole(detail: unknown): RoleEvent {
  const { roleName } = readInput(DeferredDetail, detail, 'event.detail')
  return {
    kind: 'role',
    roleName,
    eventName: DEFERRED_TYPE,
    eventId: undefined,
    actor: DEFERRED_SOURCE,
    time: undefined,
    showsTag: false,
    takesTag: false,
  }
}
