import { AUDIENCE_KEY, conditionTerms } from './condition.ts'
import { isJsonObject, type Json, type JsonObject, stringsOf } from './json.ts'
import { type Access, GRANTABLE_ACTIONS, SAML_PROVIDER_ARN } from './wanted-access.ts'

const MANAGED_KEYS = ['Sid', 'Effect', 'Principal', 'Action', 'Condition']

/** What a managed statement grants: form, order and repeats do not matter. */
export interface Grant extends Access {
  /** The whole of it, with its number. */
  readonly sid: string
}

/** As read out of its JSON. An empty list of audiences grants nothing, unless there is no condition at all. */
export interface ManagedGrant extends Grant {
  /** Without a condition a statement holds for every audience. */
  readonly anyAudience: boolean
}

/**
 * Reads a statement as one that this system wrote, or undefined where it is somebody else's (rule 4.2). The Sid alone
 * proves nothing: the shape must be ours as well, so that one of ours with another meaning is never replaced. That of
 * another stack is somebody else's.
 *
 * @param ownSid as of the wanted access
 */
export function managedGrantOf(statement: JsonObject, ownSid: string): ManagedGrant | undefined {
  const { Sid: sid, Effect: effect, Principal: principal, Action: action, Condition: condition } = statement
  if (typeof sid !== 'string' || !isOwnSid(sid, ownSid) || effect !== 'Allow') return undefined
  if (!Object.keys(statement).every((key) => MANAGED_KEYS.includes(key))) return undefined
  if (!isJsonObject(principal) || Object.keys(principal).join() !== 'Federated') return undefined
  const providers = someStrings(principal.Federated)
  const actions = someStrings(action)?.map(canonicalAction)
  const conditions = audiencesOf(condition)
  if (providers === undefined || actions === undefined || conditions === undefined) return undefined
  if (!providers.every((provider) => SAML_PROVIDER_ARN.test(provider))) return undefined
  if (!actions.every((name) => GRANTABLE_ACTIONS.includes(name))) return undefined
  return { sid, providers, actions, ...conditions }
}

/** Whether two grants say the same. IAM may hand lists back in another order, and one-element lists as a string. */
export function isSameGrant(one: Grant, other: Grant): boolean {
  return (
    one.sid === other.sid &&
    isSameSet(one.providers, other.providers) &&
    isSameSet(one.actions, other.actions) &&
    isSameSet(one.audiences, other.audiences)
  )
}

/** The managed statement for a grant, its keys in the order that readers of the policy will see (rule 4.1). */
export function managedStatement(grant: Grant): JsonObject {
  return {
    Sid: grant.sid,
    Effect: 'Allow',
    Principal: { Federated: oneOrMany(grant.providers) },
    Action: oneOrMany(grant.actions),
    Condition: { StringEquals: { 'SAML:aud': oneOrMany(grant.audiences) } },
  }
}

/** The first of SID, SID2, SID3… that no foreign statement holds: Sids are unique (rule 4.2). */
export function freeSid(foreign: readonly JsonObject[], ownSid: string): string {
  const taken = new Set(foreign.map((statement) => statement.Sid))
  let sid = ownSid
  for (let number = 2; taken.has(sid); number += 1) sid = `${ownSid}${number}`
  return sid
}

/** Nothing but digits may follow: no two stacks share a Sid, since none ends with a digit. */
function isOwnSid(sid: string, ownSid: string): boolean {
  return sid.startsWith(ownSid) && /^\d*$/.test(sid.slice(ownSid.length))
}

/** What StringEquals on SAML:aud says of the audiences, and undefined where there is any other condition. */
function audiencesOf(condition: Json | undefined): Pick<ManagedGrant, 'audiences' | 'anyAudience'> | undefined {
  // Whoever wrote another operator, even without keys under it, was not this system.
  if (Object.keys(isJsonObject(condition) ? condition : {}).some((operator) => operator !== 'StringEquals'))
    return undefined
  const [term, ...others] = conditionTerms(condition)
  if (term === undefined) return { audiences: [], anyAudience: true }
  if (others.length > 0 || term.operator !== 'StringEquals' || term.key !== AUDIENCE_KEY) return undefined
  const audiences = stringsOf(term.value)
  const isReadable = audiences.length > 0 || (Array.isArray(term.value) && term.value.length === 0)
  return isReadable ? { audiences, anyAudience: false } : undefined
}

function someStrings(value: Json | undefined): readonly string[] | undefined {
  const strings = stringsOf(value)
  return strings.length > 0 ? strings : undefined
}

function canonicalAction(action: string): string {
  return GRANTABLE_ACTIONS.find((known) => known.toLowerCase() === action.toLowerCase()) ?? action
}

function isSameSet(one: readonly string[], other: readonly string[]): boolean {
  const members = new Set(one)
  return members.size === new Set(other).size && other.every((item) => members.has(item))
}

function oneOrMany(values: readonly string[]): string | readonly string[] {
  const [only, ...others] = values
  return only !== undefined && others.length === 0 ? only : values
}
