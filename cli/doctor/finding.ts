import { denialOf, errorMessageOf } from '../error-message.ts'

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

/** A warning: nothing is broken now, or it could not be checked. A failure: something does not work. */
export type Level = 'ok' | 'warning' | 'failure'

/** A finding without the name of its check, which whoever runs the check knows. */
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

export function named(check: string, verdicts: readonly Verdict[]): readonly Finding[] {
  return verdicts.map((verdict) => ({ check, ...verdict }))
}

/** What came of asking AWS. */
export type Answer<Value> = { readonly kind: 'read'; readonly value: Value } | Unread

/** No answer: the caller may not ask, or something went wrong. */
export type Unread =
  | {
      readonly kind: 'denied'
      readonly permission: string
      readonly remedy: string
      /** Which kind of policy denies it; none does where an allowance is missing. */
      readonly deniedBy?: string
    }
  | { readonly kind: 'fault'; readonly error: unknown }

/**
 * Asks AWS, and never throws.
 *
 * @param permission that the call takes, for where AWS does not name it
 */
export async function answerOf<Value>(permission: string, call: () => Promise<Value>): Promise<Answer<Value>> {
  try {
    return { kind: 'read', value: await call() }
  } catch (error) {
    const denial = denialOf(error)
    if (denial === undefined) return { kind: 'fault', error }
    const { action, remedy, deniedBy } = denial
    return { kind: 'denied', permission: action || permission, remedy, ...(deniedBy !== undefined && { deniedBy }) }
  }
}

/** What a check that got no answer says: never that all is well. A fault is a failure, since nobody decided on it. */
export function unchecked(what: string, unread: Unread): Verdict {
  switch (unread.kind) {
    case 'denied':
      return warning(
        `${what} could not be checked: the caller lacks the permission ${unread.permission}`,
        `${unread.remedy}, and run doctor again`,
      )
    case 'fault':
      return failure(`${what} could not be checked: ${errorMessageOf(unread.error)}`, 'run doctor again')
  }
}

/** What a check says of an answer. */
export function judge<Value>(
  what: string,
  answer: Answer<Value>,
  check: (value: Value) => Verdict | readonly Verdict[],
): readonly Verdict[] {
  if (answer.kind !== 'read') return [unchecked(what, answer)]
  return [check(answer.value)].flat()
}
