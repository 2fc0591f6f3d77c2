import { OWN_ROLES_PATH } from '../role/scope.ts'

/** This system as it is deployed: what distinguishes its own calls from those of others. */
export interface Installation {
  /** The prefix of all names in the stack. */
  readonly stackName: string
  /** undefined where it is not known: `invoke local` does not give it. */
  readonly account: string | undefined
}

/** The functions that write trust policies. Their roles have the same names (infra/roles.yml). */
const WRITING_FUNCTIONS = ['role-event', 'scheduled-sweep', 'backfill']

const OWN_PATH_ARN = new RegExp(`^arn:[\\w-]+:iam::(\\d{12}):role${OWN_ROLES_PATH}([^/]+)$`)

/**
 * Whether it is a role under which this very stack writes trust policies: of this account and by the exact name. Others
 * under the same path belong to other stages, or to somebody who made one there.
 */
export function isOwnRole(arn: string | undefined, here: Installation): boolean {
  const name = nameBelowOwnPath(arn, here)
  return writerNames(here.stackName).some((writer) => name === writer)
}

/** The names of the functions of a stack that write trust policies, and of their roles. */
export function writerNames(stackName: string): readonly string[] {
  return WRITING_FUNCTIONS.map((writer) => `${stackName}-${writer}`)
}

/** Whether some stack of this account writes trust policies under it, as far as its name says: anybody can give it one. */
export function isWriterRole(arn: string | undefined, here: Installation): boolean {
  return isWriterName(nameBelowOwnPath(arn, here))
}

/** Whether a function of that name, or its role, may be one of some stack that writes trust policies. */
export function isWriterName(name: string | undefined): boolean {
  return WRITING_FUNCTIONS.some((writer) => name?.endsWith(`-${writer}`))
}

function nameBelowOwnPath(arn: string | undefined, { account }: Installation): string | undefined {
  const [, owner, name] = OWN_PATH_ARN.exec(arn ?? '') ?? []
  return account === undefined || owner === account ? name : undefined
}

/** These roles where the stack is deployed. */
export function ownRoleArns({
  stackName,
  partition,
  account,
}: {
  readonly stackName: string
  readonly partition: string
  readonly account: string
}): readonly { readonly name: string; readonly arn: string }[] {
  return writerNames(stackName).map((name) => ({
    name,
    arn: `arn:${partition}:iam::${account}:role${OWN_ROLES_PATH}${name}`,
  }))
}
