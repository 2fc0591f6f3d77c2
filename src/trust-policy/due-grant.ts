import { type ExistingAccess, isRestricted } from './access.ts'
import type { ManagedGrant } from './managed-statement.ts'
import { type Call, callsOf, SIGN_IN, type WantedAccess } from './wanted-access.ts'

/**
 * What the managed statement must grant: the wanted access, but never beside an owner's restriction what was not granted
 * there before (rule 3.2). What a managed statement grants already may stay; taking it away is not asked for.
 *
 * One statement grants every action and audience to every provider in it. So it starts from what is granted now, and
 * takes in each wanted provider, audience and action with which it stays clear of every restriction.
 *
 * @param access what foreign statements say
 * @param grants of the managed statements that are there
 * @returns no providers where nothing may be granted
 */
export function dueGrant(wanted: WantedAccess, access: ExistingAccess, grants: readonly ManagedGrant[]): WantedAccess {
  // As nearly everywhere: nobody restricts anything, so that all of it is clear.
  if (access.restrictions.length === 0) return wanted
  const isFree = (call: Call) => !isRestricted(access.restrictions, call) || grants.some((grant) => gives(grant, call))
  const isClear = (part: WantedAccess) => callsOf(part).every(isFree)
  const start = startOf(wanted, grants)
  const providers = wanted.providers.filter((provider) => isClear({ ...start, providers: [provider] }))
  const audiences = wanted.audiences.filter((audience) => isClear({ ...start, providers, audiences: [audience] }))
  const actions = wanted.actions.filter((action) => isClear({ providers, audiences, actions: [action] }))
  return { providers, audiences, actions }
}

/** What is still wanted of the first managed statement that lets somebody in; else the bare sign-in. */
function startOf(wanted: WantedAccess, grants: readonly ManagedGrant[]): WantedAccess {
  const start = grants
    .map((grant) => ({
      providers: wanted.providers.filter((provider) => grant.providers.includes(provider)),
      // Without a condition a statement holds for every audience.
      audiences: wanted.audiences.filter(
        (audience) => grant.audiences.length === 0 || grant.audiences.includes(audience),
      ),
      actions: wanted.actions.filter((action) => grant.actions.includes(action)),
    }))
    .find(({ providers, audiences, actions }) => providers.length && audiences.length && actions.includes(SIGN_IN))
  return start ?? { providers: [], audiences: wanted.audiences, actions: [SIGN_IN] }
}

function gives(grant: ManagedGrant, { provider, action, audience }: Call): boolean {
  return (
    grant.providers.includes(provider) &&
    grant.actions.includes(action) &&
    (grant.audiences.length === 0 || grant.audiences.includes(audience))
  )
}
