import { isJsonObject, type Json, type JsonObject, stringsOf } from './json.ts'
import { matchesWildcard } from './wildcard.ts'

/**
 * Whether a statement's Action or NotAction covers an action. Actions are case-insensitive and take `*` and `?`
 * (IAM User Guide, "IAM JSON policy elements: Action"). Covers nothing where neither is there or can be read.
 */
export function coversAction(statement: JsonObject, action: string): boolean {
  const matches = (pattern: string) => matchesWildcard(pattern.toLowerCase(), action.toLowerCase())
  if (statement.Action !== undefined) return stringsOf(statement.Action).some(matches)
  const excluded = stringsOf(statement.NotAction)
  return excluded.length > 0 && !excluded.some(matches)
}

/** Whether the statement's Principal names the SAML provider itself. A `*` does not count: AWS's documents contradict
 * each other on what it means in a trust policy, and access must never rest on it (rule 3.1). */
export function namesProvider(statement: JsonObject, provider: string): boolean {
  return valuesOf(statement.Principal, 'Federated').includes(provider)
}

/**
 * Whether a Deny statement's principals include whoever signs in through the provider. Here every reading of `*` counts
 * (rule 3.4): claiming access that a Deny may stop would be a false "done".
 */
export function stopsProvider(statement: JsonObject, provider: string): boolean {
  const { Principal: principal, NotPrincipal: notPrincipal } = statement
  if (notPrincipal !== undefined) {
    return notPrincipal !== '*' && !includesProvider(notPrincipal, provider)
  }
  return principal === '*' || includesProvider(principal, provider)
}

function includesProvider(principal: Json | undefined, provider: string): boolean {
  const federated = valuesOf(principal, 'Federated')
  return federated.includes(provider) || federated.includes('*') || valuesOf(principal, 'AWS').includes('*')
}

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
