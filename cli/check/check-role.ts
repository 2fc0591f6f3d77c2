import { isDeepStrictEqual } from 'node:util'
import { decideRole, type Rules } from '../../src/role/decide-role.ts'
import type { ChangeOutcome, Outcome } from '../../src/role/outcome.ts'
import type { Quota } from '../../src/role/quota.ts'
import { isTagged, mayBeExcluded, protectionOf } from '../../src/role/scope.ts'
import { readDocument } from '../../src/trust-policy/document.ts'
import type { JsonObject } from '../../src/trust-policy/json.ts'
import { managedGrantOf } from '../../src/trust-policy/managed-statement.ts'
import { type DeclaredIdentity, type DeclaredRole, Untold, type Whereabouts } from './declared-role.ts'

/** What the system would do about a role that a file declares, once it is there. */
export interface CheckedRole {
  readonly name: string
  readonly line: number | undefined
  /** `unknown`: the file does not tell enough, and nobody may take the role for right. */
  readonly kind: 'unchanged' | 'planned' | 'blocked' | 'unknown'
  /** A reason of rule 5.3, or why it is not known, in words; null where the trust policy is as it should be. */
  readonly reason: string | null
  /** More to the reason, in words. */
  readonly detail?: string
  readonly notes: Outcome['notes']
  /** What its trust policy lacks; null where that is nothing. */
  readonly statement: JsonObject | null
  /** Statements of this system that have to go, as `Statement[0] "OktaSso"`, with the providers that are no longer wanted. */
  readonly goes: readonly { readonly place: string; readonly staleProviders: readonly string[] }[]
}

/** What decides beside the role. */
export interface CheckRules {
  readonly rules: Rules
  readonly whereabouts: Whereabouts
  readQuota(): Promise<Quota>
}

/**
 * Decides about a declared role as the functions would (rules 2 to 4), as far as the file tells.
 *
 * @returns undefined for a role that surely has no tag, which the system leaves alone
 */
export async function checkRole(role: DeclaredRole, checkRules: CheckRules): Promise<CheckedRole | undefined> {
  const { rules, whereabouts } = checkRules
  const tagged = taggedOf(role, rules.tag)
  if (tagged === false) return undefined
  const told = { name: role.name, line: role.line, notes: [], statement: null, goes: [] }
  const unknown = (reason: string): CheckedRole => ({ ...told, kind: 'unknown', reason })
  if (role.account !== undefined && role.account !== whereabouts.account) {
    return unknown(
      `it is in account ${role.account}, and the settings are for ${whereabouts.account}: check it with those`,
    )
  }
  const protection = role.identity && protectionIn(role.identity, rules.exclusions)
  if (typeof protection === 'string') return { ...told, kind: 'unchanged', reason: 'protected', detail: protection }
  if (tagged instanceof Untold) return unknown(`whether it has the tag: ${tagged.reason}`)
  if (role.documents instanceof Untold) return unknown(role.documents.reason)
  const decided: CheckedRole[] = []
  for (const document of role.documents) decided.push({ ...told, ...(await decideDocument(document, checkRules)) })
  const [outcome, ...others] = decided
  if (outcome === undefined) return unknown('it has no trust policy')
  if (!others.every((other) => isSameOutcome(outcome, other))) return unknown("it depends on the stack's region")
  // What is right needs nothing, protected or not.
  return protection === undefined || outcome.kind === 'unchanged' ? outcome : unknown(protection.reason)
}

function isSameOutcome(one: CheckedRole, other: CheckedRole): boolean {
  const told = ({ kind, reason, notes, statement, goes }: CheckedRole) => [kind, reason, notes, statement, goes]
  return isDeepStrictEqual(told(one), told(other))
}

type Decided = Pick<CheckedRole, 'kind' | 'reason' | 'notes'> & Partial<CheckedRole>

async function decideDocument(document: string, { rules, readQuota }: CheckRules): Promise<Decided> {
  const role = { roleName: '', arn: null, path: '/', tags: [rules.tag], document }
  const { outcome } = await decideRole(role, { ...rules, exclusions: [] }, readQuota)
  const { notes } = outcome
  switch (outcome.kind) {
    case 'unchanged':
      return { kind: 'unchanged', reason: null, notes }
    case 'blocked':
      return { kind: 'blocked', reason: outcome.reason, detail: outcome.detail, notes }
    case 'skipped':
      throw new TypeError(`This is a bug: a tagged role without exclusions is skipped as ${outcome.reason}`)
    default:
      return { kind: 'planned', reason: outcome.reason, notes, ...changeOf(outcome, rules) }
  }
}

/** The managed statement of the new document that the old one lacks, and those of the old one that go for it. */
function changeOf({ before, after }: ChangeOutcome, { wanted }: Rules): Pick<CheckedRole, 'statement' | 'goes'> {
  const managedIn = (document: string | undefined) => {
    const read = readDocument(document)
    return (read.kind === 'document' ? read.document.statements : []).flatMap((statement, index) => {
      const grant = managedGrantOf(statement, wanted.sid)
      return grant === undefined
        ? []
        : [{ statement, grant, place: `Statement[${index}] ${JSON.stringify(grant.sid)}` }]
    })
  }
  const [olds, news] = [managedIn(before), managedIn(after).map(({ statement }) => statement)]
  const isKept = (statement: JsonObject) => news.some((one) => isDeepStrictEqual(one, statement))
  const gone = olds.filter(({ statement }) => !isKept(statement))
  return {
    statement: news.find((one) => !olds.some(({ statement }) => isDeepStrictEqual(one, statement))) ?? null,
    goes: gone.map(({ place, grant }) => ({
      place,
      staleProviders: grant.providers.filter((provider) => !wanted.providers.includes(provider)),
    })),
  }
}

/** Whether a role carries the tag, as far as is told. */
function taggedOf({ tags }: DeclaredRole, tag: Rules['tag']): boolean | Untold {
  if (tags === undefined) return true
  const isKey = (key: string) => isTagged([{ key, value: tag.value }], tag)
  const isValue = (value: string) => isTagged([{ key: tag.key, value }], tag)
  let perhaps = tags.told.some(({ key }) => typeof key === 'string' && isKey(key)) ? undefined : tags.rest
  for (const { key, value } of tags.told) {
    const [byKey, byValue] = [
      key instanceof Untold ? key : isKey(key),
      value instanceof Untold ? value : isValue(value),
    ]
    if (byKey === true && byValue === true) return true
    if (byKey === false || byValue === false) continue
    perhaps = [byKey, byValue].find((one) => one instanceof Untold) ?? perhaps
  }
  return perhaps ?? false
}

/** Why a role must not be touched (rule 2.2), or undefined; not told where a part of its path or name decides. */
function protectionIn({ path, nameStart, isWholeName }: DeclaredIdentity, exclusions: readonly string[]) {
  if (path instanceof Untold) return path
  const certain = protectionOf(
    { path, roleName: nameStart },
    isWholeName ? exclusions : exclusions.filter((one) => one.endsWith('*')),
  )
  if (certain !== undefined || isWholeName) return certain
  const perhaps = exclusions.find((exclusion) => mayBeExcluded({ path, roleName: nameStart }, exclusion))
  return perhaps === undefined
    ? undefined
    : new Untold(`its name is known only once it is made, and the exclusion ${perhaps} may match it`)
}
