import { lossOf, type TrustDocument } from './document.ts'
import { isJsonObject, type JsonObject, writePolicyJson } from './json.ts'
import { shapeProblem } from './shape.ts'
import { policySize } from './size.ts'
import { danglingPrincipals } from './statement.ts'

/** A new trust policy as compact JSON, of characters that IAM takes, or why it cannot be written. */
export type Composition =
  | { readonly kind: 'composed'; readonly document: string }
  | {
      readonly kind: 'blocked'
      readonly reason: 'malformed' | 'dangling-principal' | 'quota'
      /** Names the place and what is wrong with it, in words. */
      readonly detail: string
    }

interface Draft {
  /** The document as it stands. */
  readonly document: TrustDocument
  /** Those of its statements that are ours. */
  readonly managed: { has(statement: JsonObject): boolean }
  /** The statements that it should have. */
  readonly statements: readonly JsonObject[]
  /** Characters that IAM allows, white space not counted. */
  readonly quota: number
}

/** Writes the new document, unless IAM would refuse it or something foreign would be lost (rules 4.6 to 4.8). */
export function composeDocument({ document, managed, statements, quota }: Draft): Composition {
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
  const version = root.Version === undefined && document.statements.length === 0 ? { Version: '2012-10-17' } : {}
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
  return { kind: 'composed', document: text }
}

function blocked(reason: Extract<Composition, { kind: 'blocked' }>['reason'], detail: string): Composition {
  return { kind: 'blocked', reason, detail }
}
