import { denialOf } from './denial.ts'
import { readDocument, type TrustDocument } from './document.ts'
import type { JsonObject } from './json.ts'
import { type ManagedGrant, managedGrantOf } from './managed-statement.ts'
import { SIGN_IN, type WantedAccess } from './wanted-access.ts'

/** What says why a role cannot be written: a plan, or an outcome. */
interface Blocked {
  readonly detail: string
  readonly notes: readonly string[]
}

/**
 * Adds to what blocks a role who can still sign in because of that: each provider that a managed statement lets in
 * though it is no longer wanted (rule 4.10). A document that cannot be read says nothing of it. Pure; never throws.
 *
 * @param current the trust policy in force as plain JSON text, undefined where the role has none
 */
export function withStaleProviders<Block extends Blocked>(
  blocked: Block,
  current: string | undefined,
  wanted: WantedAccess,
): Block {
  const read = readDocument(current)
  if (read.kind !== 'document') return blocked
  const stale = read.document.statements.flatMap((statement) => staleProviders(statement, read.document, wanted))
  if (stale.length === 0) return blocked
  const listed = [...new Set(stale)].join(', ')
  return {
    ...blocked,
    detail: `${blocked.detail}; no longer wanted, and still able to sign in: ${listed}`,
    notes: [...blocked.notes, 'stale-provider'],
  }
}

/** The providers that a statement lets in though they are no longer wanted; none where it is not a managed one. */
export function staleProviders(
  statement: JsonObject,
  document: TrustDocument,
  { providers, audiences, sid }: WantedAccess,
): readonly string[] {
  const grant = managedGrantOf(statement, sid)
  if (grant === undefined) return []
  return signsIn(grant, document, audiences).filter((provider) => !providers.includes(provider))
}

/** The providers that a managed statement lets in, but for those that a Deny surely stops with every audience. */
function signsIn(
  grant: ManagedGrant,
  { root, statements }: TrustDocument,
  wanted: readonly string[],
): readonly string[] {
  if (!grant.actions.includes(SIGN_IN)) return []
  // Without a condition any audience will do: also one that no Deny names.
  const audiences = grant.audiences.length > 0 ? grant.audiences : [...wanted, '']
  return grant.providers.filter((provider) =>
    audiences.some((audience) => {
      const call = { providers: [provider], actions: [SIGN_IN], audiences: [audience] }
      return denialOf(statements, call, root.Version).certain === undefined
    }),
  )
}
