import { accountEntry } from '../../src/aws/assume-role.ts'
import type { Caller } from '../../src/aws/caller.ts'
import { ConfigurationError, formatError } from '../../src/errors.ts'
import { OWN_ROLES_PATH } from '../../src/role/scope.ts'
import { denialOf, errorMessageOf, isOfCredentials } from '../error-message.ts'
import type { Session } from '../session/session.ts'
import type { Account } from './account.ts'
import type { AccountsRequest } from './accounts-options.ts'

/** The caller has no credentials (any longer): no other account will fare better. */
export class NoCredentialsError extends ConfigurationError {}

/**
 * Opens a session in an account.
 *
 * @param deadline no call of it outlasts that
 * @param onWarning told of what the session would print as a warning
 * @throws ConfigurationError that says why the role cannot be assumed, and what to do
 */
export type OpenAccount = (
  account: Account,
  deadline: AbortSignal,
  onWarning: (warning: string) => void,
) => Promise<Session>

/**
 * Opens the caller's own account by the credentials that it has, and each other by a role of that account.
 *
 * @param caller whose credentials assume the roles
 */
export function accountOpener(
  session: Session,
  caller: Caller,
  { roleName = readerRoleName(session), concurrency }: Pick<AccountsRequest, 'roleName' | 'concurrency'>,
): OpenAccount {
  const entry = accountEntry(caller, concurrency)
  const sessionName = `okta-role-trust-${caller.arn.slice(caller.arn.lastIndexOf('/') + 1)}`
    .replace(/[^\w+=,.@-]/g, '-')
    .slice(0, LONGEST_SESSION_NAME)
  return async ({ accountId }, deadline, onWarning) => {
    if (accountId === caller.account) return session.as(entry.own(deadline), session.scope.profile, onWarning)
    const entered = await entry.assume(accountId, roleName, sessionName, deadline).catch((error: unknown) => {
      if (isOfCredentials(error)) throw new NoCredentialsError(errorMessageOf(error, session.scope))
      throw notAssumed(error, roleName, roleName === readerRoleName(session))
    })
    // A command that a message tells people to type is for this account, and the caller's profile is for another.
    return session.as(entered, `PROFILE_OF_${accountId}`, onWarning)
  }
}

/** STS API reference, AssumeRole: RoleSessionName. */
const LONGEST_SESSION_NAME = 64

/** Of the role that the stack has with the setting `readerPrincipal`, with its path and without the first slash. */
function readerRoleName({ stackName }: Pick<Session, 'stackName'>): string {
  return `${OWN_ROLES_PATH.slice(1)}${stackName}-reader`
}

/** STS answers alike where there is no such role, where it does not trust the caller, and where the caller may not assume it. */
function notAssumed(error: unknown, roleName: string, isReader: boolean): unknown {
  const because = `(${formatError(error)})`
  if (error instanceof Error && error.name === 'RegionDisabledException') {
    return new ConfigurationError(
      `STS is switched off in this region for the account: switch it on in the account settings of IAM there ${because}`,
    )
  }
  const denial = denialOf(error)
  if (denial === undefined) return error
  if (denial.deniedBy !== undefined) {
    return new ConfigurationError(`the role ${roleName} cannot be assumed: ${denial.remedy} ${because}`)
  }
  const toDo = isReader
    ? 'deploy the stack there with a readerPrincipal that you are, or name another role with --role-name'
    : 'there must be such a role, and its trust policy must let you in'
  return new ConfigurationError(
    `the role ${roleName} cannot be assumed: ${toDo}; and sts:AssumeRole on it must be allowed to you ${because}`,
  )
}
