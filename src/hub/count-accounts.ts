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
  const countOf = (state: AccountState) => accountsIn(stacks.filter(({ states }) => states.includes(state))).length
  return {
    accounts: accountsIn(stacks).length,
    silent: countOf('Silent'),
    failing: countOf('Failed'),
    blocked: countOf('Blocked'),
    overCap: countOf('Over cap'),
    deadLetters: countOf('Dead letters'),
  }
}

/** The ids of the accounts that the stacks are in, each once. */
export function accountsIn(stacks: readonly AccountStack[]): readonly string[] {
  return [...new Set(stacks.map(({ entry }) => entry.account))]
}
