import { isJsonObject, type Json, type JsonObject } from './json.ts'
import { effectOf, PRINCIPAL_TYPES } from './statement.ts'

const VERSIONS = ['2012-10-17', '2008-10-17']
/** What IAM refuses in a new trust policy, though old ones can hold it. */
const REFUSED_KEYS = ['NotPrincipal', 'Resource', 'NotResource']

/**
 * The first thing in a document that IAM would refuse on write, as "path: what was found and what was expected", or
 * undefined. IAM refuses a document as a whole, so one wrong statement anywhere blocks the write (rule 4.8). Keys that
 * IAM's policy grammar does not know are accepted here, and so is any text as a Sid, since AWS's own guides show trust
 * policies with a space in one: IAM has the last word on them.
 *
 * @param statements those that stand in the document now, so that the path leads its reader to the place
 * @param isForeign managed statements are left out: they are right by construction, or about to go
 *
 * Source: IAM User Guide, "Grammar of the IAM JSON policy language".
 */
export function shapeProblem(
  root: JsonObject,
  statements: readonly JsonObject[],
  isForeign: (statement: JsonObject) => boolean,
): string | undefined {
  const { Version: version, Id: id } = root
  if (version !== undefined && !isOneOf(VERSIONS, version)) return problem('Version', version, VERSIONS.join(' or '))
  if (id !== undefined && typeof id !== 'string') return problem('Id', id, 'a string')
  const sids = new Set<string>()
  for (const [index, statement] of statements.entries()) {
    if (!isForeign(statement)) continue
    const path = `Statement[${index}]`
    const found = statementProblem(path, statement)
    if (found !== undefined) return found
    if (typeof statement.Sid !== 'string' || statement.Sid === '') continue
    if (sids.has(statement.Sid)) return problem(`${path}.Sid`, statement.Sid, 'a Sid that no other statement has')
    sids.add(statement.Sid)
  }
  return undefined
}

function statementProblem(path: string, statement: JsonObject): string | undefined {
  const { Sid: sid, Effect: effect } = statement
  if (sid !== undefined && typeof sid !== 'string') return problem(`${path}.Sid`, sid, 'a string')
  if (effectOf(statement) === undefined) return problem(`${path}.Effect`, effect, '"Allow" or "Deny"')
  const refused = REFUSED_KEYS.find((key) => Object.hasOwn(statement, key))
  if (refused !== undefined) return `${path}.${refused}: not allowed in a trust policy`
  return (
    actionProblem(path, statement) ??
    principalProblem(`${path}.Principal`, statement.Principal) ??
    conditionProblem(`${path}.Condition`, statement.Condition)
  )
}

function actionProblem(path: string, { Action: action, NotAction: notAction }: JsonObject): string | undefined {
  if (action !== undefined && notAction !== undefined) return `${path}: expected Action or NotAction, found both`
  const key = notAction === undefined ? 'Action' : 'NotAction'
  const value = notAction ?? action
  return isStringOrStrings(value) ? undefined : problem(`${path}.${key}`, value, 'a string or a list of strings')
}

function principalProblem(path: string, principal: Json | undefined): string | undefined {
  if (principal === '*') return undefined
  if (!isJsonObject(principal) || Object.keys(principal).length === 0) {
    return problem(path, principal, `"*" or an object with ${PRINCIPAL_TYPES.join(', ')}`)
  }
  for (const [type, value] of Object.entries(principal)) {
    if (!PRINCIPAL_TYPES.includes(type)) return `${path}.${type}: expected one of ${PRINCIPAL_TYPES.join(', ')}`
    if (!isStringOrStrings(value)) return problem(`${path}.${type}`, value, 'a string or a list of strings')
  }
  return undefined
}

function conditionProblem(path: string, condition: Json | undefined): string | undefined {
  if (condition === undefined) return undefined
  if (!isJsonObject(condition)) return problem(path, condition, 'an object')
  for (const [operator, keys] of Object.entries(condition)) {
    if (!isJsonObject(keys)) return problem(`${path}.${operator}`, keys, 'an object')
    for (const [key, value] of Object.entries(keys)) {
      if (!(Array.isArray(value) ? value : [value]).every(isScalar)) {
        return problem(`${path}.${operator}.${key}`, value, 'a string, number or boolean, or a list of them')
      }
    }
  }
  return undefined
}

function isStringOrStrings(value: Json | undefined): boolean {
  if (Array.isArray(value)) return value.length > 0 && value.every((item) => typeof item === 'string')
  return typeof value === 'string'
}

function isScalar(value: Json): boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
}

function isOneOf(known: readonly string[], value: Json): boolean {
  return typeof value === 'string' && known.includes(value)
}

function problem(path: string, found: Json | undefined, expected: string): string {
  return `${path}: found ${found === undefined ? 'nothing' : JSON.stringify(found)}, expected ${expected}`
}
