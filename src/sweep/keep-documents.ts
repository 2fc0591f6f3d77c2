import type { RoleResult } from '../role/outcome.ts'

/**
 * A run over many roles keeps what became of each for its report, but not all the trust policies: those of 20,000 roles
 * would take more memory than a function has.
 *
 * @param characters that all the trust policies that are kept may have together
 * @returns a function that returns a result as it is while there is room for its trust policies, and else without them
 */
export function documentKeeper(characters: number): (result: RoleResult) => RoleResult {
  let room = characters
  return (result) => {
    const size = charactersOf(result)
    if (size > room) return withoutDocuments(result)
    room -= size
    return result
  }
}

/** A result without the trust policies that it is about, which says so. */
export function withoutDocuments(result: RoleResult): RoleResult {
  // Written out: V8 gives an object that the rest of another was copied into twice the memory.
  if ('after' in result) {
    const { kind, roleName, arn, reason, detail, notes } = result
    return { kind, roleName, arn, reason, ...(detail !== undefined && { detail }), notes, documentsOmitted: true }
  }
  if ('before' in result) {
    const { kind, roleName, arn, reason, detail, notes } = result
    return { kind, roleName, arn, reason, detail, notes, documentsOmitted: true }
  }
  return result
}

function charactersOf(result: RoleResult): number {
  const before = 'before' in result ? (result.before ?? '') : ''
  const after = 'after' in result ? result.after : ''
  return before.length + after.length
}
