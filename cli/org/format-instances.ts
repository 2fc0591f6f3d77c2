import type { StackInstance } from '../../src/aws/stack-sets.ts'
import type { Colour, Paint } from '../session/paint.ts'
import { countAccounts } from './count-accounts.ts'

/** How an instance fares: `current`, `failed`, `outdated`, `suspended`, or what CloudFormation says instead. */
export function stateOf({ status, detailedStatus }: StackInstance): string {
  if (detailedStatus === 'SKIPPED_SUSPENDED_ACCOUNT') return 'suspended'
  if (detailedStatus === 'FAILED' && status !== 'CURRENT') return 'failed'
  return status.toLowerCase() || 'unknown'
}

/** A suspended account is closed: nothing runs there, and nothing can be deployed. */
export function isInOrder(instance: StackInstance): boolean {
  return ['current', 'suspended'].includes(stateOf(instance))
}

/** Worst first. */
const ORDER = ['inoperable', 'failed', 'unknown', 'outdated', 'suspended', 'current']

/** One line an account, worst first, and what there is of each in the end. */
export function formatInstances(instances: readonly StackInstance[], paint: Paint): readonly string[] {
  const rank = (instance: StackInstance) => ORDER.indexOf(stateOf(instance))
  const sorted = instances.toSorted(
    (one, other) => rank(one) - rank(other) || one.account.localeCompare(other.account, 'en'),
  )
  const lines = sorted.map((instance) => {
    const { account, organizationalUnit, reason } = instance
    const state = stateOf(instance)
    const shownReason = reason === '' || state === 'current' ? '' : `  ${reason}`
    return `  ${paint(colourOf(state), state.padEnd(10))}  ${account}  ${organizationalUnit}${shownReason}`.trimEnd()
  })
  return [...lines, `  ${countAccounts(instances.map(stateOf), ORDER)}`]
}

function colourOf(state: string): Colour {
  if (state === 'current') return 'green'
  return state === 'outdated' || state === 'suspended' ? 'yellow' : 'red'
}
