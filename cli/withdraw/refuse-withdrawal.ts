import { iamClient } from '../../src/aws/clients.ts'
import { functionReader } from '../../src/aws/deployed-functions.ts'
import { listRoles } from '../../src/aws/list-roles.ts'
import { writerNames } from '../../src/cloudtrail/own-roles.ts'
import { ConfigurationError } from '../../src/errors.ts'
import { OWN_ROLES_PATH } from '../../src/role/scope.ts'
import { denialOf } from '../error-message.ts'
import { ownCommand } from '../session/commands.ts'
import { isEnforcing, writersOfOthers } from '../session/deployed-stacks.ts'
import { redeploy } from '../session/deployment.ts'
import type { Session } from '../session/session.ts'
import { stackName } from '../stack-settings.ts'

/**
 * A stack that enforces would put each statement back as soon as it sees the write. So would another one of the same Sid, and
 * it would lose its own: whose statement is whose cannot be told.
 *
 * @throws ConfigurationError with the command that lets the stack only report; also where nobody can say whether there is one
 */
export async function refuseEnforcing(session: Session): Promise<void> {
  await refuseOwn(session)
  await refuseSharedSid(session)
}

async function refuseOwn(session: Session): Promise<void> {
  const { target } = await session.caller()
  const { readEnvironment } = functionReader(target)
  // Somebody may have edited one of them by hand.
  const own = await known('lambda:GetFunctionConfiguration', `the stack ${session.stackName} is deployed`, () =>
    Promise.all(writerNames(session.stackName).map(readEnvironment)),
  )
  const environment = own.find((one) => one !== undefined && isEnforcing(one))
  if (environment === undefined) return
  const tags = await session.deployedTags().catch(() => undefined)
  const { region } = await session.caller()
  const deploy = redeploy(session.scope, region, environment, tags, { mode: 'report' })
  throw new ConfigurationError(
    `the stack ${session.stackName} enforces the trust policies, and would put back what is taken out, so nothing was changed: let it only report first, with ${deploy}`,
  )
}

async function refuseSharedSid(session: Session): Promise<void> {
  const { target } = await session.caller()
  const { sid } = (await session.settings()).config
  const others = await known('lambda:ListFunctions', `another stack with the Sid ${sid} is deployed`, () =>
    writersOfOthers(target, session.stackName),
  )
  const other = others.find((one) => one.sid === sid && isEnforcing(one.environment))
  if (other === undefined) return
  const prefix = stackName('')
  const stage = other.stackName.slice(prefix.length)
  // The packaged template may have been deployed under any name, by other means.
  const remedy = other.stackName.startsWith(prefix)
    ? `run \`${ownCommand({ ...session.scope, stage }, 'withdraw')}\`, which says how to let it only report, and withdraws once it does`
    : 'let it only report first (mode: report)'
  throw new ConfigurationError(
    `the stack ${other.stackName} has the Sid ${sid} too, and enforces: nobody can tell its statements from others, so that it would lose them, and it would put all back. Nothing was changed: ${remedy}`,
  )
}

/** What AWS says, where the caller may ask. */
async function known<Value>(permission: string, what: string, ask: () => Promise<Value>): Promise<Value> {
  try {
    return await ask()
  } catch (error) {
    const denial = denialOf(error)
    if (denial === undefined) throw error
    throw new ConfigurationError(
      `nothing was changed, because nobody can say whether ${what} and would put back what is taken out: the caller lacks the permission ${denial.action || permission}: ${denial.remedy} (${error instanceof Error ? error.message : error})`,
      { cause: error },
    )
  }
}

/**
 * After the stack was removed the file of settings or the defaults hold, and the options. But where there is no stack of
 * that name and one of another, the name may be misspelt: then its settings would not hold, and it may enforce.
 */
export async function refuseMisspeltStage(session: Session): Promise<void> {
  const { isFallback } = await session.settings()
  if (!isFallback) return
  const { target, region } = await session.caller()
  const [role] = await listRoles(iamClient(target), OWN_ROLES_PATH)
  if (role === undefined) return
  throw new ConfigurationError(
    `there is no stack ${session.stackName} in ${region} to take the settings from, but another one has the role ${role.roleName}, and nothing was changed: give the --stage of the one to withdraw, or --no-stack to withdraw with the settings that the line above names`,
  )
}
