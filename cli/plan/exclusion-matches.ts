import type { RoleSnapshot } from '../../src/role/role.ts'
import { isExcluded } from '../../src/role/scope.ts'
import { countOf } from '../session/count-of.ts'

/** How many roles of the account each exclusion matches, tagged or not. */
export class ExclusionMatches {
  readonly #counts: Map<string, number>

  constructor(exclusions: readonly string[]) {
    this.#counts = new Map(exclusions.map((exclusion) => [exclusion, 0]))
  }

  /** Looks at one role more. */
  add(role: Pick<RoleSnapshot, 'path' | 'roleName'>): void {
    for (const [exclusion, count] of this.#counts) {
      if (isExcluded(role, exclusion)) this.#counts.set(exclusion, count + 1)
    }
  }

  /** In the order in which they are configured. */
  messages(): readonly ExclusionMessage[] {
    return [...this.#counts].map(([exclusion, count]) => {
      if (count === 0) return { message: `the exclusion ${exclusion} matches no role`, remedy: NO_MATCH }
      return { message: `the exclusion ${exclusion} matches ${countOf(count, 'role')}` }
    })
  }
}

export interface ExclusionMessage {
  readonly message: string
  /** What to do where it matches none. */
  readonly remedy?: string
}

const NO_MATCH =
  'correct it, unless you expect such a role: it must match path and name together, such as /team/NAME, and letter case counts'
