/** The newest that is known of one stack of one account. */
export interface Entry {
  readonly account: string
  readonly stack: string
  /** When it was told, as {@link toldText} writes it. */
  readonly told: string
  /** The sweep, as src/hub/sweep.ts keeps it. */
  readonly sweep: string
}

/**
 * When an event was told, as text that sorts as the events do: their time and, of two in one second, their id.
 *
 * @param time in milliseconds since the epoch
 */
export function toldText(time: number, id: string): string {
  return `${new Date(time).toISOString()} ${id}`
}

/** Of the entry's event, in milliseconds since the epoch. */
export function timeOf({ told }: Entry): number {
  return Date.parse(told.split(' ')[0] ?? '')
}

/** What the hub remembers: an entry for each stack of each account. */
export interface AccountTable {
  /**
   * Puts the entry in the place of an older one.
   *
   * @returns `kept` where one is there that is not older, and `unknown` where there is none; nothing is written then
   */
  replaceOlder(entry: Entry): Promise<'replaced' | 'kept' | 'unknown'>
  countStacks(account: string): Promise<number>
  /** Puts an entry where there is none, and says whether it did. */
  add(entry: Entry): Promise<boolean>
  readAll(): Promise<readonly Entry[]>
  /** Takes the entry out unless a newer one has come, and says whether it did. */
  remove(entry: Entry): Promise<boolean>
}
