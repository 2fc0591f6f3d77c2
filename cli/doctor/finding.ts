/** What one check found. */
export interface Finding {
  /** The name of the check. */
  readonly check: string
  readonly level: Level
  /** One sentence without the full stop. */
  readonly says: string
  /** What to do: a command in backquotes, or the place to look at. None where all is well. */
  readonly remedy?: string
}

/** A warning is what keeps nothing from working, or what could not be checked; a failure keeps something from it. */
export type Level = 'ok' | 'warning' | 'failure'

/** A check without its name, which whoever runs it knows. */
export type Verdict = Omit<Finding, 'check'>

export function ok(says: string): Verdict {
  return { level: 'ok', says }
}

export function warning(says: string, remedy: string): Verdict {
  return { level: 'warning', says, remedy }
}

export function failure(says: string, remedy: string): Verdict {
  return { level: 'failure', says, remedy }
}
