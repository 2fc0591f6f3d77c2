import { type Entry, timeOf } from './account-table.ts'
import { GONE_AFTER, SILENT_AFTER } from './silence.ts'
import { readKept, type Sweep } from './sweep.ts'

/** How a stack of an account stands. */
export type AccountState = 'Silent' | 'Failed' | 'Blocked' | 'Over cap' | 'Dead letters' | 'Due' | 'Orphaned' | 'Right'

/** In the order in which they ask for attention. */
export const ACCOUNT_STATES: readonly AccountState[] = [
  'Silent',
  'Failed',
  'Blocked',
  'Over cap',
  'Dead letters',
  'Due',
  'Orphaned',
  'Right',
]

/** What is known of one stack of one account. */
export interface AccountStack {
  readonly entry: Entry
  /** Of its last heartbeat, in milliseconds since the epoch. */
  readonly time: number
  /** Undefined where what is kept cannot be read. */
  readonly sweep: Sweep | undefined
  /** All that hold, the worst first; `Right` alone where no other does. */
  readonly states: readonly AccountState[]
}

/** @param now in milliseconds since the epoch */
export function accountStackOf(entry: Entry, now: number): AccountStack {
  const time = timeOf(entry)
  const sweep = readKept(entry.sweep)
  const states = statesOf(sweep, now - time)
  return { entry, time, sweep, states: states.length === 0 ? ['Right'] : states }
}

/** Whether it has been silent for so long that the account is taken to have left. */
export function isGone({ time }: AccountStack, now: number): boolean {
  return now - time > GONE_AFTER
}

function statesOf(sweep: Sweep | undefined, age: number): readonly AccountState[] {
  const silent: readonly AccountState[] = age > SILENT_AFTER ? ['Silent'] : []
  if (sweep === undefined || sweep.kind === 'failed') return [...silent, 'Failed']
  const { counts, due, heldBack, orphaned, deadLetters } = sweep
  const found: readonly (readonly [state: AccountState, roles: number])[] = [
    ['Failed', counts.failed],
    ['Blocked', counts.blocked],
    ['Over cap', heldBack],
    ['Dead letters', deadLetters ?? 0],
    ['Due', due + counts.deferred],
    ['Orphaned', orphaned],
  ]
  return [...silent, ...found.filter(([, roles]) => roles > 0).map(([state]) => state)]
}
