import type { ExistingAccess } from './access.ts'
import type { ManagedGrant } from './managed-statement.ts'
import type { WantedAccess } from './wanted-access.ts'

/**
 * What the managed statement must grant: the wanted access, but never beside an owner's restriction what was not granted
 * there before (rule 3.2). What a managed statement grants already may stay; taking it away is not asked for.
 *
 * @param access what foreign statements say
 * @param grants of the managed statements that are there
 * @returns no providers where nothing may be granted
 */
export function dueGrant(wanted: WantedAccess, access: ExistingAccess, grants: readonly ManagedGrant[]): WantedAccess {
  const isRestricted = (provider: string) => access.restricted.includes(provider)
  const actions = wanted.actions.filter(
    (action) => !access.restrictedActions.includes(action) || grants.some((grant) => grant.actions.includes(action)),
  )
  const free = { ...wanted, actions, providers: wanted.providers.filter((provider) => !isRestricted(provider)) }

  const restricted = wanted.providers.filter(isRestricted)
  const held = grants.filter((grant) => restricted.some((provider) => grant.providers.includes(provider)))
  const capped = {
    providers: wanted.providers.filter(
      (provider) => !isRestricted(provider) || held.some((grant) => grant.providers.includes(provider)),
    ),
    actions: actions.filter((action) => held.some((grant) => grant.actions.includes(action))),
    // Without a condition a statement holds for every audience.
    audiences: wanted.audiences.filter((audience) =>
      held.some((grant) => grant.audiences.length === 0 || grant.audiences.includes(audience)),
    ),
  }
  return capped.actions.length > 0 && capped.audiences.length > 0 ? capped : free
}
