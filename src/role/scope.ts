import type { Config } from '../config/read-config.ts'
import { matchesWildcard } from '../trust-policy/wildcard.ts'
import type { RoleSnapshot } from './role.ts'

/** The IAM path of this system's own function roles (infra/roles.yml): it must never open itself. */
export const OWN_ROLES_PATH = '/okta-role-trust/'

/**
 * Paths whose roles IAM does not let anybody modify: service-linked roles, and those of IAM Identity Center
 * (IAM User Guide, "Create a service-linked role"; IAM Identity Center User Guide, "Permission sets").
 */
const RESERVED_PATHS = ['/aws-service-role/', '/aws-reserved/']

/**
 * Whether a role carries the tag. IAM's tag keys are case-insensitive; the value is folded too, by decision (rule 2.1).
 * Only the letters A to Z are: a key with a letter that merely looks like one of them is no key that a policy guards.
 */
export function isTagged(tags: RoleSnapshot['tags'], wanted: Config['tag']): boolean {
  return tags.some(({ key, value }) => isSameText(key, wanted.key) && isSameText(value, wanted.value))
}

/**
 * Why a role must not be touched, whatever its tag, or undefined (rule 2.2).
 *
 * @param exclusions globs over path + name, such as `/break-glass/*` or `*Admin*`; letter case counts
 */
export function protectionOf(
  { path, roleName }: Pick<RoleSnapshot, 'path' | 'roleName'>,
  exclusions: readonly string[],
): string | undefined {
  if (path.startsWith(OWN_ROLES_PATH)) return `roles under ${OWN_ROLES_PATH} belong to this system`
  const reserved = RESERVED_PATHS.find((prefix) => path.startsWith(prefix))
  if (reserved !== undefined) return `IAM does not let anybody change roles under ${reserved}`
  const exclusion = exclusions.find((glob) => isExcluded({ path, roleName }, glob))
  return exclusion === undefined ? undefined : `the configured exclusion ${exclusion} matches ${path}${roleName}`
}

/** Whether an exclusion matches a role. */
export function isExcluded({ path, roleName }: Pick<RoleSnapshot, 'path' | 'roleName'>, exclusion: string): boolean {
  return matchesWildcard(exclusion, path + roleName)
}

/** Whether an exclusion matches any role of that path whose name begins so. */
export function mayBeExcluded(
  { path, roleName: start }: Pick<RoleSnapshot, 'path' | 'roleName'>,
  exclusion: string,
): boolean {
  // A part of it matches what is there, and no slash is left for the rest of a name.
  return Array.from(exclusion, (_, index) => index + 1).some(
    (end) => !exclusion.slice(end).includes('/') && matchesWildcard(exclusion.slice(0, end), path + start),
  )
}

function isSameText(one: string, other: string): boolean {
  return inSmallLetters(one) === inSmallLetters(other)
}

/** toLowerCase would fold other alphabets into this one as well, such as the Kelvin sign (U+212A) into k. */
function inSmallLetters(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase())
}
