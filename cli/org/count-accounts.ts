import { countOf } from '../session/count-of.ts'

/**
 * How many accounts there are, and how many of each kind: `3 accounts: 1 failed, 2 ok`.
 *
 * @param kinds one for each account
 * @param order of the kinds
 */
export function countAccounts(kinds: readonly string[], order: readonly string[]): string {
  const counts = order.flatMap((kind) => {
    const count = kinds.filter((one) => one === kind).length
    return count === 0 ? [] : [`${count} ${kind}`]
  })
  return `${countOf(kinds.length, 'account')}${counts.length === 0 ? '' : `: ${counts.join(', ')}`}`
}
