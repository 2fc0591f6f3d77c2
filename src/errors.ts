/** Something that whoever deployed or invoked must put right: nothing is written until then. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError'
}

/** An input (event, message, payload) that is not what it should be. The message says what was found and expected. */
export class InvalidInputError extends Error {
  override readonly name = 'InvalidInputError'
  /** What is wrong, each by itself. */
  readonly problems: readonly string[]

  constructor(problem: string | readonly string[], options?: ErrorOptions) {
    const problems = [problem].flat()
    super(problems.join('; '), options)
    this.problems = problems
  }
}

/** IAM does not show yet what a recent event says; the same event must be tried again later (rule 5.5). */
export class NotVisibleYetError extends Error {
  override readonly name = 'NotVisibleYetError'
}

/** The planned document failed the independent check before the write (rule 5.2): our bug, and nothing is written. */
export class UnsafeChangeError extends Error {
  override readonly name = 'UnsafeChangeError'
}

/** The role, or what it must trust, changes as fast as it is read (rule 5.1): nothing was written. */
export class RoleKeepsChangingError extends Error {
  override readonly name = 'RoleKeepsChangingError'
}

/** The invocation must end, and had no time left for this. A later one finds what was not done. */
export class OutOfTimeError extends Error {
  override readonly name = 'OutOfTimeError'
}

/** An answer of AWS lacks a part that its API promises. */
export class MalformedResponseError extends Error {
  override readonly name = 'MalformedResponseError'
}

/** What was thrown, as one line for a report or a log. */
export function formatError(error: unknown): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
  return text.replace(/\s*\n\s*/g, ' ')
}
