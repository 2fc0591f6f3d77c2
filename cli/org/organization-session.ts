import type { Caller } from '../../src/aws/caller.ts'
import { type Organization, ownOrganization } from '../../src/aws/own-organization.ts'
import { type StackSet, type StackSets, stackSets } from '../../src/aws/stack-sets.ts'
import { ConfigurationError, formatError } from '../../src/errors.ts'
import { denialOf } from '../error-message.ts'
import { awsCommand, ownCommand, type Scope } from '../session/commands.ts'
import type { Session } from '../session/session.ts'

/** The organization that the caller's account belongs to, and its StackSets of this stage. */
export interface OrganizationSession {
  readonly caller: Caller
  readonly organization: Organization
  readonly sets: StackSets
  /** Name of the StackSet with the functions. */
  readonly engine: string
  /** Name of that with the SAML provider and the parameter. */
  readonly identity: string
  hasUnit(id: string): Promise<boolean>
}

/** @throws ConfigurationError where the account has no StackSets of an organization */
export async function openOrganization(session: Session): Promise<OrganizationSession> {
  const caller = await session.caller()
  const { account, partition, target, region } = caller
  if (partition === 'aws-cn') {
    throw new ConfigurationError(
      'AWS has no service-managed StackSets in China: deploy to each account by itself (docs/deploying.md, "Without Node")',
    )
  }
  const reader = ownOrganization(target)
  const organization = await asking('organizations:DescribeOrganization', reader.read)
  if (organization === undefined) {
    throw new ConfigurationError(
      `the account ${account} is in no organization: sign in to the account that deploys to yours, or deploy to this one alone (docs/deploying.md)`,
    )
  }
  const callAs = account === organization.managementAccount ? 'SELF' : 'DELEGATED_ADMIN'
  return {
    caller,
    organization,
    sets: explained(stackSets({ ...target, region }, callAs), account, session.scope),
    engine: session.stackName,
    identity: `${session.stackName}-identity`,
    hasUnit: (id) => {
      const permission = id.startsWith('r-') ? 'organizations:ListRoots' : 'organizations:DescribeOrganizationalUnit'
      return asking(permission, () =>
        reader.hasUnit(id).catch((error: unknown) => {
          // What a policy denies, Organizations names. A member that administers nothing it refuses without a word more.
          if (callAs === 'SELF' || denialOf(error)?.action !== '') throw error
          throw new ConfigurationError(
            `the account ${account} may not look into the organization, and nothing was changed: sign in to the account that deploys to it, a delegated administrator of StackSets (docs/organization.md, "Deploying to the organization"); if this is it, have ${permission} allowed (${formatError(error)})`,
            { cause: error },
          )
        }),
      )
    },
  }
}

/** The StackSet of a name that this command line may look after; undefined where there is none. */
export async function readSet({ sets }: OrganizationSession, name: string): Promise<StackSet | undefined> {
  const found = await sets.describe(name)
  if (found !== undefined && found.permissionModel !== 'SERVICE_MANAGED') {
    throw new ConfigurationError(
      `the StackSet ${name} is ${found.permissionModel}, and nothing was changed: this command looks after SERVICE_MANAGED ones; take another --stage, or remove that one first`,
    )
  }
  if (found !== undefined && !/\bDescription"?:\s*"?okta-role-trust\b/.test(found.template)) {
    throw new ConfigurationError(
      `the StackSet ${name} was made from another template than one of okta-role-trust, so that it is somebody else's, and nothing was changed: give another --stage`,
    )
  }
  return found
}

/** The StackSet with the functions; undefined where there is none. */
export async function readEngine(organization: OrganizationSession): Promise<StackSet | undefined> {
  const { engine: name } = organization
  const found = await readSet(organization, name)
  if (found !== undefined && found.parameters.Prefix !== name) {
    throw new ConfigurationError(
      `the StackSet ${name} has the Prefix ${found.parameters.Prefix}, so that it is of another stage or of somebody else, and nothing was changed: give the --stage that follows okta-role-trust- there, or another one`,
    )
  }
  return found
}

/** @throws ConfigurationError where there is no StackSet to do something with */
export function noSet(name: string, { caller }: OrganizationSession): ConfigurationError {
  return new ConfigurationError(
    `there is no StackSet ${name} in ${caller.region} of the account ${caller.account}: give its --stage, or sign in to the account that it was deployed from`,
  )
}

/**
 * What AWS says. Not every service names what it denied.
 *
 * @throws also an error that names the permission where AWS does not
 */
export async function asking<Value>(permission: string, ask: () => Promise<Value>): Promise<Value> {
  try {
    return await ask()
  } catch (error) {
    const denial = denialOf(error)
    if (denial === undefined || denial.action !== '' || !(error instanceof Error)) throw error
    const message = `not authorized to perform: ${permission} (AWS says only: ${error.message})`
    throw Object.assign(new Error(message, { cause: error }), { name: error.name })
  }
}

/** By the methods of `StackSets`. */
const PERMISSIONS: Readonly<Record<keyof StackSets, string>> = {
  describe: 'cloudformation:DescribeStackSet',
  create: 'cloudformation:CreateStackSet',
  update: 'cloudformation:UpdateStackSet',
  createInstances: 'cloudformation:CreateStackInstances',
  deleteInstances: 'cloudformation:DeleteStackInstances',
  deleteSet: 'cloudformation:DeleteStackSet',
  listInstances: 'cloudformation:ListStackInstances',
  readOperation: 'cloudformation:DescribeStackSetOperation',
  stopOperation: 'cloudformation:StopStackSetOperation',
  readOutput: 'cloudformation:DescribeStacks',
}

/** The same, with what to do about the errors that CloudFormation explains badly. */
function explained(sets: StackSets, account: string, scope: Scope): StackSets {
  const call = async <Value>(method: keyof StackSets, ask: () => Promise<Value>): Promise<Value> => {
    try {
      return await asking(PERMISSIONS[method], ask)
    } catch (error) {
      const remedy = error instanceof Error ? remedyOf(error, account, scope) : undefined
      if (remedy === undefined || !(error instanceof Error)) throw error
      throw new ConfigurationError(`${remedy} (${error.message})`, { cause: error })
    }
  }
  return {
    describe: (name) => call('describe', () => sets.describe(name)),
    create: (...given) => call('create', () => sets.create(...given)),
    update: (...given) => call('update', () => sets.update(...given)),
    createInstances: (...given) => call('createInstances', () => sets.createInstances(...given)),
    deleteInstances: (...given) => call('deleteInstances', () => sets.deleteInstances(...given)),
    deleteSet: (name) => call('deleteSet', () => sets.deleteSet(name)),
    listInstances: (name) => call('listInstances', () => sets.listInstances(name)),
    readOperation: (...given) => call('readOperation', () => sets.readOperation(...given)),
    stopOperation: (...given) => call('stopOperation', () => sets.stopOperation(...given)),
    readOutput: (...given) => call('readOutput', () => sets.readOutput(...given)),
  }
}

function remedyOf({ name, message }: Error, account: string, scope: Scope): string | undefined {
  const principal = 'member.org.stacksets.cloudformation.amazonaws.com'
  if (/delegated admin/i.test(message)) {
    const register = awsCommand(
      { profile: undefined },
      'organizations register-delegated-administrator',
      ...['--service-principal', principal, '--account-id', account],
    )
    return `the account ${account} may not deploy to the organization: in the management account, type \`${register}\``
  }
  if (/organizations access|trusted access/i.test(message)) {
    const activate = awsCommand({ profile: undefined }, 'cloudformation activate-organizations-access')
    return `StackSets may not deploy to the organization yet: in the management account, type \`${activate}\``
  }
  if (name === 'OperationInProgressException') {
    return 'another operation of this StackSet is running: wait until it has finished, and run the command again'
  }
  if (name === 'StackSetNotEmptyException') {
    return `the StackSet still has stacks in accounts: \`${ownCommand(scope, 'org', 'status')}\` names them`
  }
  if (name === 'StackInstanceNotFoundException') {
    return 'none of the accounts that were named has a stack of it yet: give their organizational units by --ou first'
  }
  if (/^LimitExceeded/.test(name)) {
    return 'a quota of StackSets is used up: raise it in Service Quotas, or remove StackSets that nobody needs'
  }
  return undefined
}
