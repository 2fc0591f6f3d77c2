import { denialOf, errorMessageOf } from '../error-message.ts'
import { failure, type Verdict, warning } from './finding.ts'

/** What became of a question to AWS. */
export type Answer<Value> = { readonly kind: 'read'; readonly value: Value } | Unread

/** No answer: the caller may not ask, or something went wrong. */
export type Unread =
  | { readonly kind: 'denied'; readonly permission: string; readonly remedy: string }
  | { readonly kind: 'fault'; readonly error: unknown }

/**
 * Asks, and never throws.
 *
 * @param permission that the call takes, for where AWS does not name it
 */
export async function answerOf<Value>(permission: string, call: () => Promise<Value>): Promise<Answer<Value>> {
  try {
    return { kind: 'read', value: await call() }
  } catch (error) {
    const denial = denialOf(error)
    if (denial === undefined) return { kind: 'fault', error }
    return { kind: 'denied', permission: denial.action || permission, remedy: denial.remedy }
  }
}

/** What a check says that got no answer: never that all is well. A fault is a failure, since nobody decided on it. */
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
