/** What one check found. */
export interface Finding {
  /** The name of the check. */
  readonly check: string
  readonly level: Level
  /** One sentence without the full stop. */
  readonly message: string
  /** What to do: a command in backquotes, or the place to look at. None where all is well. */
  readonly remedy?: string
}

/** A warning is what keeps nothing from working, or what could not be checked; a failure keeps something from it. */
export type Level = 'ok' | 'warning' | 'failure'

/** A check without its name, which whoever runs it knows. */
export type Verdict = Omit<Finding, 'check'>

export function ok(message: string): Verdict {
  return { level: 'ok', message }
}

export function warning(message: string, remedy: string): Verdict {
  return { level: 'warning', message, remedy }
}

export function failure(message: string, remedy: string): Verdict {
  return { level: 'failure', message, remedy }
}
