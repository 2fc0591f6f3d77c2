import timers from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import type { StoryStage } from './story-stage.ts'
import { meansTheSame } from './trust-policies.ts'

/**
 * Tells of each change of the roles' trust policies, until all events have been dealt with.
 *
 * @param expected trust policies by then, by the names of the roles
 * @throws Error where they have not been in time
 */
export async function watchRoles(
  stage: StoryStage,
  expected: ReadonlyMap<string, object>,
  tell: (roleName: string, before: unknown, after: unknown) => void,
): Promise<void> {
  const { eventsComeAtOnce, patience, pause } = stage
  const known = new Map<string, unknown>()
  const look = async () => {
    for (const roleName of expected.keys()) {
      const [before, after] = [known.get(roleName), await stage.trustPolicy(roleName)]
      known.set(roleName, after)
      if (before !== undefined && !isDeepStrictEqual(before, after)) tell(roleName, before, after)
    }
  }
  const whatIsLeft = async () => {
    if ((await stage.countMessages(stage.names.queue)) > 0) return 'the queue still holds events'
    if (eventsComeAtOnce) return undefined
    const others = [...expected].filter(([roleName, policy]) => !meansTheSame(known.get(roleName), policy))
    if (others.length === 0) return undefined
    return `these roles do not have the trust policy that they should have: ${others.map(([name]) => name).join(', ')}`
  }
  const deadline = Date.now() + patience
  await look()
  for (let left = await whatIsLeft(); left !== undefined; left = await whatIsLeft()) {
    await look()
    if (Date.now() > deadline)
      throw new Error(`After ${Math.round(patience / 60_000)} minutes, ${left}. See the log of role-event`)
    await timers.setTimeout(pause)
  }
  await look()
}
