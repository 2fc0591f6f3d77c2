import type { RoleSnapshot } from '../../src/role/role.ts'
import { failure, ok, type Verdict, warning } from './finding.ts'
import type { StackRemedies } from './stack-remedies.ts'

/** Names that are told; the number of the others follows. */
const LONGEST_LIST = 10

/**
 * Whether Okta's group mapping reaches the roles in scope. By default it makes `arn:aws:iam::ACCOUNT:role/NAME` of a
 * group's name, which has no path, and its filter takes names of letters, digits, `_` and `-` only (Okta, "AWS Account
 * Federation": Role Value Pattern, Group Filter).
 */
export function checkReach(inScope: readonly Pick<RoleSnapshot, 'path' | 'roleName'>[]): Verdict {
  const beyond = inScope.filter(({ path, roleName }) => path !== '/' || !/^[\w-]+$/.test(roleName))
  const number = inScope.length === 1 ? '1 role' : `${inScope.length} roles`
  if (beyond.length === 0) return ok(`${number} in scope, all within reach of Okta's group mapping`)
  const names = beyond.slice(0, LONGEST_LIST).map(({ path, roleName }) => `${path}${roleName}`)
  const more = beyond.length > LONGEST_LIST ? `, and ${beyond.length - LONGEST_LIST} more` : ''
  return warning(
    `Okta's group mapping does not reach ${beyond.length} of ${number} in scope by default: ${names.join(', ')}${more}`,
    'nothing without group mapping; with it, give the role the path / and a name of letters, digits, _ and -, or widen Group Filter and Role Value Pattern in the sign-on settings of the Okta app',
  )
}

/** Roles that IAM's answer does not tell enough of, by name: whether they are in scope is not known. */
export function checkUnreadable(names: readonly string[], { aws }: StackRemedies): readonly Verdict[] {
  const [name] = names
  if (name === undefined) return []
  const number = names.length === 1 ? '1 role' : `${names.length} roles`
  return [
    failure(
      `${number} could not be read, such as ${name}`,
      `${aws('iam get-role', '--role-name', name)} shows what IAM answers`,
    ),
  ]
}
