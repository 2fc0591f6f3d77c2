import { isDeepStrictEqual } from 'node:util'
import type { Access } from './wanted-access.ts'

/**
 * What is wrong with a change of a trust policy, seen by code that shares no logic with the planner (rule 5.2): each
 * foreign statement must stand deep-equal and in order, everything beside the statements must be as it was, and at most
 * one statement may be new, granting no more than the wanted access. An empty list means safe to write.
 *
 * @param before the document in force as plain JSON text, undefined where there is none
 * @param after the document about to be written
 * @param sid that of the wanted access: what a withdrawal may take out, too
 * @param wanted what may be granted; undefined for a withdrawal, which may grant nothing
 */
export function changeViolations(
  before: string | undefined,
  after: string,
  sid: string,
  wanted: Access | undefined,
): readonly string[] {
  const was = read(before?.trim() ? before : '{}')
  const becomes = read(after)
  if (was === undefined || becomes === undefined) return ['one of the two documents is not a JSON object']
  if (becomes.statements.length === 0) return ['the new document has no statement']
  const isForeign = (statement: unknown) => grantOf(statement, sid) === undefined
  const { removed: lost, added: foreign } = compare(
    was.statements.filter(isForeign),
    becomes.statements.filter(isForeign),
  )
  const ours = becomes.statements.filter((statement) => !isForeign(statement) && !includes(was.statements, statement))
  const added = [...foreign, ...ours]
  const beyond = added.filter((statement) => !isWithin(statement, sid, wanted))
  // A document without statements gets the Version of the template (rule 4.5).
  const version = was.statements.length === 0 ? { Version: '2012-10-17' } : {}
  const same = isDeepStrictEqual(becomes.others, { ...version, ...was.others })
  return [
    ...lost.map((statement) => `a foreign statement would be lost or moved: ${JSON.stringify(statement)}`),
    ...beyond.map((statement) => `a new statement grants more than is wanted: ${JSON.stringify(statement)}`),
    ...(added.length > 1 ? [`${added.length} statements would be new, and one is the most`] : []),
    ...(same ? [] : ['a key beside the statements would change']),
  ]
}

type Keys = Readonly<Record<string, unknown>>

interface Parts {
  readonly statements: readonly unknown[]
  readonly others: Keys
}

function read(document: string): Parts | undefined {
  let root: unknown
  try {
    root = JSON.parse(document)
  } catch {
    return undefined
  }
  if (!isKeys(root)) return undefined
  const { Statement: statement = [], ...others } = root
  return { statements: Array.isArray(statement) ? statement : [statement], others }
}

function includes(statements: readonly unknown[], one: unknown): boolean {
  return statements.some((statement) => isDeepStrictEqual(statement, one))
}

/** Walks both lists in step: what is passed over in the old one is removed, what is not found there is added. */
function compare(old: readonly unknown[], fresh: readonly unknown[]) {
  const removed: unknown[] = []
  const added: unknown[] = []
  let position = 0
  for (const statement of fresh) {
    const found = old.findIndex((other, index) => index >= position && isDeepStrictEqual(other, statement))
    if (found < 0) {
      added.push(statement)
    } else {
      removed.push(...old.slice(position, found))
      position = found + 1
    }
  }
  return { removed: [...removed, ...old.slice(position)], added }
}

/**
 * What a statement of exactly the shape of rule 4.2 grants; undefined for any other. Only such a statement may come or
 * go. No audiences are those of a statement without a condition, or with an empty list in it.
 */
function grantOf(statement: unknown, ownSid: string): Access | undefined {
  if (!isKeys(statement)) return undefined
  const { Sid: sid, Effect: effect, Principal: principal, Action: action, Condition: condition, ...rest } = statement
  if (Object.keys(rest).length > 0 || effect !== 'Allow') return undefined
  if (typeof sid !== 'string' || sid.replace(/\d*$/, '') !== ownSid) return undefined
  const providers = listOf(onlyValue(principal, /^Federated$/), OUR_PROVIDER)
  const actions = listOf(action, /^sts:(AssumeRoleWithSAML|TagSession|SetSourceIdentity)$/i)
  const audiences = audiencesOf(condition)
  if (!providers?.length || !actions?.length || audiences === undefined) return undefined
  return { providers, actions, audiences }
}

const OUR_PROVIDER = /^arn:(aws|aws-[a-z-]+):iam::\d{12}:saml-provider\/[\w.-]{1,128}$/

function audiencesOf(condition: unknown): readonly string[] | undefined {
  if (condition === undefined || ['{}', '{"StringEquals":{}}'].includes(JSON.stringify(condition))) return []
  return listOf(onlyValue(onlyValue(condition, /^StringEquals$/), /^SAML:aud$/i), /^/)
}

function isWithin(statement: unknown, sid: string, wanted: Access | undefined): boolean {
  const grant = grantOf(statement, sid)
  if (grant === undefined || wanted === undefined) return false
  return (
    grant.audiences.length > 0 &&
    grant.providers.every((provider) => wanted.providers.includes(provider)) &&
    grant.actions.every((action) => wanted.actions.includes(action)) &&
    grant.audiences.every((audience) => wanted.audiences.includes(audience))
  )
}

/** The value under the one key of an object, if that key matches. */
function onlyValue(value: unknown, key: RegExp): unknown {
  if (!isKeys(value)) return undefined
  const [entry, ...others] = Object.entries(value)
  return entry !== undefined && others.length === 0 && key.test(entry[0]) ? entry[1] : undefined
}

/** One string or several, if each matches; undefined otherwise. */
function listOf(value: unknown, pattern: RegExp): readonly string[] | undefined {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value]
  const matching = list.filter((item) => typeof item === 'string').filter((item) => pattern.test(item))
  return matching.length === list.length ? matching : undefined
}

function isKeys(value: unknown): value is Keys {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
