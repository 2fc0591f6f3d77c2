import { existingAccess, type Note } from './access.ts'
import { type Composition, composeDocument } from './compose-document.ts'
import { denialOf } from './denial.ts'
import { readDocument } from './document.ts'
import { dueGrant } from './due-grant.ts'
import type { JsonObject } from './json.ts'
import {
  freeSid,
  type Grant,
  isSameGrant,
  type ManagedGrant,
  managedGrantOf,
  managedStatement,
} from './managed-statement.ts'
import { withStaleProviders } from './stale-provider.ts'
import type { WantedAccess } from './wanted-access.ts'

/** Why a trust policy is due to be written. */
export type ChangeReason = 'no-statements' | 'access-missing' | 'managed-statement-differs' | 'withdrawal'

/** Why a trust policy that is not as wanted cannot be written by this system (rules 3.4, 4.7, 4.8). */
export type BlockReason = 'explicit-deny' | Extract<Composition, { kind: 'blocked' }>['reason']

/** What to do about one trust policy. */
export type Plan = { readonly notes: readonly Note[] } & (
  | { readonly kind: 'unchanged' }
  /** `document` is the whole new trust policy as compact JSON, of characters that IAM takes. */
  | { readonly kind: 'change'; readonly reason: ChangeReason; readonly document: string }
  /** `detail` names the place and what is wrong with it, in words. */
  | { readonly kind: 'blocked'; readonly reason: BlockReason; readonly detail: string }
)

/**
 * Decides what a trust policy needs so that it gives the wanted access, and nothing beyond it. Pure; never throws.
 *
 * In this order, the first that applies:
 * 1. it cannot be read → `blocked: malformed` (4.8)
 * 2. a Deny surely stops Okta → `blocked: explicit-deny` (3.4)
 * 3. it has managed statements → one stays, and says what is wanted now; the others go (4.3)
 * 4. foreign statements give the access → `unchanged` (4.4)
 * 5. else the managed statement is appended (4.4, 4.5)
 * A due write must be one that IAM takes and that loses nothing; a document that is right already needs no check (4.7,
 * 4.8). What is blocked says who can still sign in though nobody wants it any more (4.10).
 *
 * @param current the trust policy as plain JSON text, undefined where the role has none
 * @param wanted the access that the role should give
 * @param quota characters that IAM allows, white space not counted
 */
export function planTrust(current: string | undefined, wanted: WantedAccess, quota: number): Plan {
  const plan = planWanted(current, wanted, quota)
  return plan.kind === 'blocked' ? withStaleProviders(plan, current, wanted) : plan
}

function planWanted(current: string | undefined, wanted: WantedAccess, quota: number): Plan {
  const read = readDocument(current)
  if (read.kind === 'malformed') return { kind: 'blocked', reason: 'malformed', detail: read.detail, notes: [] }
  const { document } = read
  const denial = denialOf(document.statements, wanted, document.root.Version)
  if (denial.certain !== undefined) {
    return { kind: 'blocked', reason: 'explicit-deny', detail: denial.certain, notes: denial.notes }
  }
  const { managed, foreign } = divide(document.statements, wanted.sid)
  const access = existingAccess(foreign, wanted, document.root.Version)
  const notes = [...denial.notes, ...access.notes]
  if (managed.size === 0 && access.complete) return { kind: 'unchanged', notes }

  const grants = [...managed.values()]
  const grant: Grant = { ...dueGrant(wanted, access, grants), sid: freeSid(foreign, wanted.sid) }
  const [first, ...others] = grants
  if (first !== undefined && others.length === 0 && isSameGrant(first, grant)) return { kind: 'unchanged', notes }

  const replacement = grant.providers.length === 0 ? [] : [managedStatement(grant)]
  const statements = withManaged(document.statements, managed, replacement)
  const composed = composeDocument({ document, managed, statements, quota })
  return planOf(composed, reasonOf(document.statements, managed), notes)
}

/**
 * Decides how to take the wanted access back from a role that lost its tag: managed statements go, foreign ones stay
 * (rule 4.9). Pure; never throws. Parameters as for {@link planTrust}.
 *
 * @param sid as of the wanted access
 */
export function planWithdrawal(current: string | undefined, sid: string, quota: number): Plan {
  const read = readDocument(current)
  if (read.kind === 'malformed') return { kind: 'blocked', reason: 'malformed', detail: read.detail, notes: [] }
  const { managed, foreign } = divide(read.document.statements, sid)
  if (managed.size === 0) return { kind: 'unchanged', notes: [] }
  return planOf(composeDocument({ document: read.document, managed, statements: foreign, quota }), 'withdrawal', [])
}

function planOf(composed: Composition, reason: ChangeReason, notes: readonly Note[]): Plan {
  return composed.kind === 'composed'
    ? { kind: 'change', reason, document: composed.document, notes }
    : { ...composed, notes }
}

/** Whether a trust policy holds a statement of this Sid that this system wrote. False for a document that cannot be read. */
export function hasManagedStatement(current: string | undefined, sid: string): boolean {
  return managedGrants(current, sid).length > 0
}

/** Whether two trust policies hold the same managed statements of this Sid, in meaning. */
export function hasSameManaged(one: string | undefined, other: string | undefined, sid: string): boolean {
  const [grants, others] = [managedGrants(one, sid), managedGrants(other, sid)]
  const isAmongOthers = (grant: ManagedGrant) =>
    others.some((other) => grant.anyAudience === other.anyAudience && isSameGrant(grant, other))
  return grants.length === others.length && grants.every(isAmongOthers)
}

function managedGrants(current: string | undefined, sid: string): readonly ManagedGrant[] {
  const read = readDocument(current)
  return read.kind === 'document' ? [...divide(read.document.statements, sid).managed.values()] : []
}

interface Divided {
  readonly managed: ReadonlyMap<JsonObject, ManagedGrant>
  readonly foreign: readonly JsonObject[]
}

function divide(statements: readonly JsonObject[], sid: string): Divided {
  const managed = new Map<JsonObject, ManagedGrant>()
  for (const statement of statements) {
    const grant = managedGrantOf(statement, sid)
    if (grant !== undefined) managed.set(statement, grant)
  }
  return { managed, foreign: statements.filter((statement) => !managed.has(statement)) }
}

/** The statements with the replacement at the place of the first managed one, or last where there is none. */
function withManaged(
  statements: readonly JsonObject[],
  managed: Divided['managed'],
  replacement: readonly JsonObject[],
): readonly JsonObject[] {
  const place = statements.findIndex((statement) => managed.has(statement))
  if (place < 0) return [...statements, ...replacement]
  const behind = statements.slice(place).filter((statement) => !managed.has(statement))
  return [...statements.slice(0, place), ...replacement, ...behind]
}

function reasonOf(statements: readonly JsonObject[], managed: Divided['managed']): ChangeReason {
  if (statements.length === 0) return 'no-statements'
  return managed.size === 0 ? 'access-missing' : 'managed-statement-differs'
}
