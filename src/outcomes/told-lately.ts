import { createHash } from 'node:crypto'
import { isFlapping } from '../events/flapping.ts'
import type { RoleResult } from '../role/outcome.ts'
import { roleKey } from '../role/role.ts'

/** How long a due change that was told of is not told again, in milliseconds. */
const TOLD_FOR = 60 * 60_000

/**
 * Remembers which due changes were told of. In report mode a role stays due, and each event about it would tell the same
 * once more.
 *
 * @param now milliseconds since the epoch
 * @returns whether the very same change was told of within the last hour, and nothing else became of the role since; if
 *   not, it counts as told from now on
 */
export function toldLately(now: () => number): (result: RoleResult) => boolean {
  const told = new Map<string, { readonly digest: string; readonly time: number }>()
  return (result) => {
    const [key, time] = [roleKey(result.roleName), now()]
    for (const [other, earlier] of told) if (time - earlier.time >= TOLD_FOR) told.delete(other)
    if (result.kind !== 'planned' || !('after' in result) || isFlapping(result)) {
      told.delete(key)
      return false
    }
    const digest = createHash('sha256').update(result.after).digest('base64')
    if (told.get(key)?.digest === digest) return true
    told.set(key, { digest, time })
    return false
  }
}
