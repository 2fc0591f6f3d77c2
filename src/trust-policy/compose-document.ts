import type { Note } from './access.ts'
import { lossOf, type TrustDocument } from './document.ts'
import { isJsonObject, type JsonObject, writePolicyJson } from './json.ts'
import { shapeProblem } from './shape.ts'
import { policySize } from './size.ts'
import { danglingPrincipals } from './statement.ts'

/** Why a trust policy is due to be written. */
export type ChangeReason = 'no-statements' | 'access-missing' | 'managed-statement-differs' | 'withdrawal'

/** Why a trust policy that is not as wanted cannot be written by this system (rules 3.4, 4.7, 4.8). */
export type BlockReason = 'explicit-deny' | 'quota' | 'malformed' | 'dangling-principal'

/** What to do about one trust policy. */
export type Plan =
  | { readonly kind: 'unchanged'; readonly notes: readonly Note[] }
  /** `document` is the whole new trust policy as compact JSON, of characters that IAM takes. */
  | {
      readonly kind: 'change'
      readonly reason: ChangeReason
      readonly document: string
      readonly notes: readonly Note[]
    }
  /** `detail` names the place and what is wrong with it, in words. */
  | { readonly kind: 'blocked'; readonly reason: BlockReason; readonly detail: string; readonly notes: readonly Note[] }

interface Draft {
  /** The document as it stands. */
  readonly document: TrustDocument
  /** Those of its statements that are ours. */
  readonly managed: { has(statement: JsonObject): boolean }
  /** The statements that it should have. */
  readonly statements: readonly JsonObject[]
  readonly reason: ChangeReason
  readonly quota: number
  readonly notes: readonly Note[]
}

/** The change, or why IAM would refuse it or something foreign would be lost, in words (rules 4.6 to 4.8). */
export function planWrite({ document, managed, statements, reason, quota, notes }: Draft): Plan {
  const blocked = (why: BlockReason, detail: string): Plan => ({ kind: 'blocked', reason: why, detail, notes })
  const { root } = document
  const loss = lossOf(document)
  if (loss !== undefined) return blocked('malformed', loss)
  if (statements.length === 0) {
    const remedy = 'give the role another statement or delete it'
    return blocked(
      'malformed',
      `Statement: nothing would be left, and IAM refuses a trust policy without statements; ${remedy}`,
    )
  }
  const problem = shapeProblem(root, document.statements, (statement) => !managed.has(statement))
  if (problem !== undefined) return blocked('malformed', problem)
  const dangling = danglingPrincipals(statements)
  if (dangling.length > 0) {
    const ids = dangling.join(', ')
    return blocked(
      'dangling-principal',
      `principals of deleted users or roles: ${ids}; IAM refuses every change until they are removed`,
    )
  }
  const version = root.Version === undefined && reason === 'no-statements' ? { Version: '2012-10-17' } : {}
  const [only] = isJsonObject(root.Statement) && statements.length === 1 ? statements : []
  const text = writePolicyJson({ ...version, ...root, Statement: only ?? statements })
  // White space is not worth a search where the whole text is short enough.
  const size = text.length > quota ? policySize(text) : text.length
  if (size > quota) {
    return blocked(
      'quota',
      `the trust policy would have ${size} characters without white space, and the quota is ${quota}`,
    )
  }
  return { kind: 'change', reason, document: text, notes }
}
