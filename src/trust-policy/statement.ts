import type { Truth } from './condition.ts'
import { isJsonObject, type Json, type JsonObject, stringsOf } from './json.ts'
import { matchesWildcard } from './wildcard.ts'

/**
 * The Effect that a statement has, undefined where it has none. IAM's grammar spells it in one way, and IAM has taken
 * trust policies with `allow` and `ALLOW`: what stands in a role counts, whatever its letter case.
 */
export function effectOf({ Effect: effect }: JsonObject): 'Allow' | 'Deny' | undefined {
  if (effect === 'Allow' || effect === 'Deny') return effect
  const folded = typeof effect === 'string' ? effect.toLowerCase() : ''
  return folded === 'allow' ? 'Allow' : folded === 'deny' ? 'Deny' : undefined
}

/**
 * Whether a statement's Action or NotAction covers an action. Actions are case-insensitive and take `*` and `?`
 * (IAM User Guide, "IAM JSON policy elements: Action"). `unknown` where neither is there, or it cannot be read whole.
 */
export function coversAction(statement: JsonObject, action: string): Truth {
  const { Action: covered, NotAction: leftOut } = statement
  const patterns = stringsOf(covered === undefined ? leftOut : covered)
  if (patterns.length === 0) return 'unknown'
  const isNamed = patterns.some((pattern) => matchesWildcard(pattern.toLowerCase(), action.toLowerCase()))
  return isNamed === (covered !== undefined) ? 'holds' : 'fails'
}

/** Whether the statement's Principal names the SAML provider itself. A `*` does not count: AWS's documents contradict
 * each other on what it means in a trust policy, and access must never rest on it (rule 3.1).
 */
export function namesProvider(statement: JsonObject, provider: string): boolean {
  return valuesOf(statement.Principal, 'Federated').includes(provider)
}

/**
 * Whether a Deny statement's principals include whoever signs in through the provider. Here every reading of `*` counts
 * (rule 3.4): claiming access that a Deny may stop would be a false "done".
 *
 * `unknown` for the provider's account: whoever signs in has no AWS identity yet (IAM User Guide, "Control access to
 * AWS STS with VPC endpoint policies"), but AWS does not say that an account leaves its providers out. For the same
 * reason a NotPrincipal must name the account beside the provider (IAM User Guide, "NotPrincipal"). `unknown` also for
 * principals that cannot be read.
 */
export function stopsProvider(statement: JsonObject, provider: string): Truth {
  const { Principal: principal, NotPrincipal: notPrincipal } = statement
  if (notPrincipal === undefined) {
    if (isEverybody(principal) || includesFederated(principal, provider)) return 'holds'
    return !isReadable(principal) || includesAccount(principal, provider) ? 'unknown' : 'fails'
  }
  if (isEverybody(notPrincipal)) return 'fails'
  if (!isReadable(notPrincipal)) return 'unknown'
  if (!includesFederated(notPrincipal, provider)) return 'holds'
  return includesAccount(notPrincipal, provider) ? 'fails' : 'unknown'
}

/** Whether a principal is everybody, by either spelling. */
export function isEverybody(principal: Json | undefined): boolean {
  return principal === '*' || valuesOf(principal, 'AWS').includes('*')
}

function includesFederated(principal: Json | undefined, provider: string): boolean {
  return valuesOf(principal, 'Federated').some((name) => name === provider || name === '*')
}

/** Whether the account of the provider is among the principals, by its number or its ARN. */
function includesAccount(principal: Json | undefined, provider: string): boolean {
  const [, , , , account] = provider.split(':')
  return valuesOf(principal, 'AWS').some((name) => name === account || name.endsWith(`:iam::${account}:root`))
}

function isReadable(principal: Json | undefined): boolean {
  if (!isJsonObject(principal)) return false
  return Object.entries(principal).every(
    ([type, value]) => PRINCIPAL_TYPES.includes(type) && stringsOf(value).length > 0,
  )
}

/** IAM User Guide, "Grammar of the IAM JSON policy language". Nobody knows how IAM reads another, such as `aws`. */
export const PRINCIPAL_TYPES: readonly string[] = ['AWS', 'Federated', 'Service', 'CanonicalUser']

/**
 * Principals that are the bare unique id of a deleted user or role (`AIDA…`, `AROA…`). IAM shows them in place of the
 * ARN and refuses to write them back: `MalformedPolicyDocument: Invalid principal in policy` (rule 4.8).
 */
export function danglingPrincipals(statements: readonly JsonObject[]): readonly string[] {
  return statements
    .flatMap((statement) => valuesOf(statement.Principal, 'AWS'))
    .filter((principal) => /^(AIDA|AROA)[A-Z0-9]+$/.test(principal))
}

function valuesOf(principal: Json | undefined, type: string): readonly string[] {
  return isJsonObject(principal) && Object.hasOwn(principal, type) ? stringsOf(principal[type]) : []
}
