import { iamClient } from '../../src/aws/clients.ts'
import { listRoles } from '../../src/aws/list-roles.ts'
import { ConfigurationError } from '../../src/errors.ts'
import { OWN_ROLES_PATH } from '../../src/role/scope.ts'
import { denialOf } from '../error-message.ts'
import { redeploy } from '../session/deployment.ts'
import type { Session } from '../session/session.ts'

/**
 * A stack that enforces would put each statement back as soon as it sees the write.
 *
 * @throws ConfigurationError with the command that lets the stack only report; also where nobody can say whether there is a
 *   stack
 */
export async function refuseWhileEnforced(session: Session): Promise<void> {
  const environment = await deployedEnvironment(session)
  // A stack that is older than the setting enforces.
  if (environment === undefined || environment.MODE === 'report') return
  const tags = await session.deployedTags().catch(() => undefined)
  const { region } = await session.caller()
  const deploy = redeploy(session.scope, region, environment, tags, { mode: 'report' })
  throw new ConfigurationError(
    `the stack ${session.stackName} enforces the trust policies, and would put back what is taken out, so nothing was changed: let it only report first, with ${deploy}`,
  )
}

async function deployedEnvironment(session: Session) {
  try {
    return await session.deployed()
  } catch (error) {
    const denial = denialOf(error)
    if (denial === undefined) throw error
    const permission = denial.action || 'lambda:GetFunctionConfiguration'
    throw new ConfigurationError(
      `nothing was changed, because nobody can say whether the stack ${session.stackName} is deployed and would put back what is taken out: the caller lacks the permission ${permission}: ${denial.remedy}`,
      { cause: error },
    )
  }
}

/**
 * After the stack was removed the defaults and the options hold. But where there is no stack of that name and one of another,
 * the name may be misspelt: then its settings would not hold, and it may enforce.
 */
export async function refuseMisspeltStage(session: Session): Promise<void> {
  const { isFallback } = await session.settings()
  if (!isFallback) return
  const { target, region } = await session.caller()
  const [role] = await listRoles(iamClient(target), OWN_ROLES_PATH)
  if (role === undefined) return
  throw new ConfigurationError(
    `there is no stack ${session.stackName} in ${region} to take the settings from, but another one has the role ${role.roleName}, and nothing was changed: give the --stage of the one to withdraw, or --no-stack to withdraw with the defaults and the options`,
  )
}
