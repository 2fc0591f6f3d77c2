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
    return messagesOf(this.#counts)
  }
}

/** The same of several accounts: an exclusion of all of them need not match in each. */
export class ExclusionTotals {
  readonly #counts = new Map<string, number>()

  /** Adds those of one account more. */
  add(messages: readonly ExclusionMessage[]): void {
    for (const { exclusion, roles } of messages) {
      this.#counts.set(exclusion, (this.#counts.get(exclusion) ?? 0) + roles)
    }
  }

  messages(): readonly ExclusionMessage[] {
    return messagesOf(this.#counts)
  }
}

export interface ExclusionMessage {
  readonly exclusion: string
  /** How many it matches. */
  readonly roles: number
  readonly message: string
  /** What to do where it matches none. */
  readonly remedy?: string
}

function messagesOf(counts: ReadonlyMap<string, number>): readonly ExclusionMessage[] {
  return [...counts].map(([exclusion, roles]) => {
    if (roles === 0)
      return { exclusion, roles, message: `the exclusion ${exclusion} matches no role`, remedy: NO_MATCH }
    return { exclusion, roles, message: `the exclusion ${exclusion} matches ${countOf(roles, 'role')}` }
  })
}

const NO_MATCH =
  'correct it, unless you expect such a role: it must match path and name together, such as /team/NAME, and letter case counts'
