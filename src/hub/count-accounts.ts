import type { AccountStack, AccountState } from './account-state.ts'

/** The accounts, and how many of them stand how; one with several stacks counts once, by each state of each. */
export interface AccountCounts {
  readonly accounts: number
  readonly silent: number
  readonly failing: number
  readonly blocked: number
  readonly overCap: number
  readonly deadLetters: number
}

export function countAccounts(stacks: readonly AccountStack[]): AccountCounts {
  const countOf = (...wanted: readonly AccountState[]) =>
    new Set(
      stacks
        .filter(({ states }) => wanted.length === 0 || wanted.some((state) => states.includes(state)))
        .map(({ entry }) => entry.account),
    ).size
  return {
    accounts: countOf(),
    silent: countOf('Silent'),
    failing: countOf('Failed'),
    blocked: countOf('Blocked'),
    overCap: countOf('Over cap'),
    deadLetters: countOf('Dead letters'),
  }
}
