import timers from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import type { Sandbox } from './sandbox.ts'
import { QUEUE } from './stack-names.ts'

/** For how long events may take in all, in milliseconds; a failing one is tried again after 190 s. */
const PATIENCE = 120_000

/**
 * Tells of each change of the roles' trust policies, until all events have been dealt with.
 *
 * @throws Error where they are not within two minutes
 */
export async function watchRoles(
  sandbox: Sandbox,
  roleNames: readonly string[],
  tell: (roleName: string, before: unknown, after: unknown) => void,
): Promise<void> {
  const known = new Map<string, unknown>()
  const look = async () => {
    for (const roleName of roleNames) {
      const [before, after] = [known.get(roleName), await sandbox.trustPolicy(roleName)]
      known.set(roleName, after)
      if (before !== undefined && !isDeepStrictEqual(before, after)) tell(roleName, before, after)
    }
  }
  const deadline = Date.now() + PATIENCE
  while ((await sandbox.countMessages(QUEUE)) > 0) {
    await look()
    if (Date.now() > deadline)
      throw new Error('After two minutes, the queue still holds events. See the log of role-event')
    await timers.setTimeout(200)
  }
  await look()
}
