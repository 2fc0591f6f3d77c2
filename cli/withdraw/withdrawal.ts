import type { Config } from '../../src/config/read-config.ts'
import type { Rules } from '../../src/role/decide-role.ts'
import type { RoleAccess } from '../../src/role/remediate-role.ts'
import type { RoleSnapshot } from '../../src/role/role.ts'
import { protectionOf } from '../../src/role/scope.ts'
import type { RoleReader } from '../../src/sweep/survey-roles.ts'
import { readDocument } from '../../src/trust-policy/document.ts'
import { hasManagedStatement } from '../../src/trust-policy/plan.ts'

/**
 * The rules by which all is taken back: those of a role that lost its tag where withdrawal is on (rule 4.9), with nothing
 * wanted any more. No parameter and no provider is needed for that.
 *
 * @param areNamed whether each role was named: an exclusion keeps off whoever goes through all roles, not a person who
 *   names one
 */
export function withdrawalRules(config: Config, areNamed: boolean): Rules {
  const wanted = { providers: [], audiences: [], actions: [], sid: config.sid }
  // A person writes by their own permissions, whatever the functions may.
  return { ...config, mode: 'enforce', onUntag: 'revoke', wanted, exclusions: areNamed ? [] : config.exclusions }
}

/**
 * IAM's roles, each shown as one that lost its tag: then one decision serves for all.
 *
 * @param onRole called with each role that is read
 */
export function asUntagged(
  iam: RoleAccess & RoleReader,
  onRole: (role: RoleSnapshot) => void = () => {},
): RoleAccess & RoleReader {
  const shown = (role: RoleSnapshot): RoleSnapshot => {
    onRole(role)
    return { ...role, tags: [] }
  }
  return {
    ...iam,
    async readRole(roleName) {
      const role = await iam.readRole(roleName)
      return role && shown(role)
    },
    async *scanRoles() {
      for await (const page of iam.scanRoles()) yield page.map((role) => ('kind' in role ? role : shown(role)))
    },
  }
}

/** Why a role that holds a managed statement, or may hold one, keeps it whatever is decided. */
export type Obstacle =
  /** `excluded`: only the configuration protects it; `reserved`: nobody can change it. */
  | { readonly kind: 'excluded' | 'reserved'; readonly detail: string }
  | { readonly kind: 'unreadable'; readonly detail: string }

/** Undefined where nothing is in the way, or there is nothing to take out. */
export function obstacleOf(role: RoleSnapshot, { exclusions, wanted }: Rules): Obstacle | undefined {
  const read = readDocument(role.document)
  if (read.kind === 'malformed') return { kind: 'unreadable', detail: read.detail }
  const detail = protectionOf(role, exclusions)
  if (detail === undefined || !hasManagedStatement(role.document, wanted.sid)) return undefined
  return { kind: protectionOf(role, []) === undefined ? 'excluded' : 'reserved', detail }
}
