import { type ExistingAccess, isRestricted } from './access.ts'
import type { ManagedGrant } from './managed-statement.ts'
import { type Access, type Call, callsOf, SIGN_IN } from './wanted-access.ts'

/**
 * What the managed statement must grant: the wanted access, but never beside an owner's restriction what was not
 * granted there before (rule 3.2). What a managed statement grants already may stay; taking it away is not asked for.
 *
 * One statement grants every action and audience to every provider in it. So it starts from what is granted now, and
 * takes in each wanted provider, audience and action with which it stays clear of every restriction.
 *
 * @param access what foreign statements say
 * @param grants of the managed statements that are there
 * @returns no providers where nothing may be granted
 */
export function dueGrant(wanted: Access, access: ExistingAccess, grants: readonly ManagedGrant[]): Access {
  // As nearly everywhere: nobody restricts anything, so that all of it is clear.
  if (access.restrictions.length === 0) return wanted
  const isFree = (call: Call) => !isRestricted(access.restrictions, call) || grants.some((grant) => gives(grant, call))
  const isClear = (part: Access) => callsOf(part).every(isFree)
  const start = startOf(wanted, grants)
  const providers = wanted.providers.filter((provider) => isClear({ ...start, providers: [provider] }))
  const audiences = wanted.audiences.filter((audience) => isClear({ ...start, providers, audiences: [audience] }))
  const actions = wanted.actions.filter((action) => isClear({ providers, audiences, actions: [action] }))
  return { providers, audiences, actions }
}

/**
 * What is still wanted of a managed statement: of the first that lets somebody in, else of the first that grants
 * anything, such as session tags for a sign-in that the owner gives. Where there is none, the bare sign-in.
 */
function startOf(wanted: Access, grants: readonly ManagedGrant[]): Access {
  const starts = grants
    .map((grant) => ({
      providers: wanted.providers.filter((provider) => grant.providers.includes(provider)),
      audiences: wanted.audiences.filter((audience) => holdsFor(grant, audience)),
      actions: wanted.actions.filter((action) => grant.actions.includes(action)),
    }))
    .filter((start) => callsOf(start).length > 0)
  const [first = { providers: [], audiences: wanted.audiences, actions: [SIGN_IN] }] = starts
  return starts.find(({ actions }) => actions.includes(SIGN_IN)) ?? first
}

function gives(grant: ManagedGrant, { provider, action, audience }: Call): boolean {
  return grant.providers.includes(provider) && grant.actions.includes(action) && holdsFor(grant, audience)
}

function holdsFor({ anyAudience, audiences }: ManagedGrant, audience: string): boolean {
  return anyAudience || audiences.includes(audience)
}
