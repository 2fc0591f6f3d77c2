import { ConfigurationError, InvalidInputError } from '../../src/errors.ts'
import { ROLE_NAME, type RoleSnapshot, roleKey } from '../../src/role/role.ts'
import type { Session } from './session.ts'

/** A role as a command names it, and as IAM shows it now: undefined where the account has none of that name. */
export interface NamedRole {
  readonly roleName: string
  readonly role: RoleSnapshot | undefined
}

/** The name in the name or ARN of a role, by its form alone; undefined where it is neither. */
export function roleNameOf(nameOrArn: string): string | undefined {
  const name = /^arn:[\w-]+:iam::\d{12}:role\/(?:[!-~]*\/)?([^/]+)$/.exec(nameOrArn)?.[1] ?? nameOrArn
  return ROLE_NAME.test(name) ? name : undefined
}

/** The account has the name, and not under that ARN. */
export function refuseOtherArn(account: string, found: string, asked: string): never {
  throw new ConfigurationError(`account ${account} has ${found}, not ${asked}: check the ARN and the profile`)
}

/**
 * Reads the role of that name or ARN.
 *
 * @param hint ends the messages about a name that is none
 * @throws InvalidInputError; ConfigurationError where the ARN is of another role
 */
export async function findRole(session: Session, nameOrArn: string, hint = ''): Promise<NamedRole> {
  const roleName = roleNameOf(nameOrArn)
  if (roleName === undefined) {
    throw new InvalidInputError(`found ${JSON.stringify(nameOrArn)}, expected the name or ARN of a role${hint}`)
  }
  const role = await (await session.roles()).readRole(roleName)
  const { account } = await session.caller()
  if (role !== undefined && nameOrArn.startsWith('arn:') && !isSameArn(role.arn, nameOrArn)) {
    refuseOtherArn(account, role.arn ?? `${role.roleName}, and ${arnText(role)}`, nameOrArn)
  }
  return { roleName: role?.roleName ?? roleName, role }
}

/** A role's ARN for a person to read. */
export function arnText({ arn }: Pick<RoleSnapshot, 'arn'>): string {
  return arn ?? 'IAM does not show its ARN yet'
}

/** The same, for a role that must be there. */
export async function readRole(session: Session, nameOrArn: string, hint = ''): Promise<RoleSnapshot> {
  const { roleName, role } = await findRole(session, nameOrArn, hint)
  if (role !== undefined) return role
  const { account } = await session.caller()
  throw new ConfigurationError(`account ${account} has no role ${roleName}: check the name and the profile${hint}`)
}

/** An ARN ends in the role's name, which is the same in any letters. */
export function isSameArn(one: string | null, other: string): boolean {
  return one !== null && roleKey(one) === roleKey(other)
}
