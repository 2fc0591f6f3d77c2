import { readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import timers from 'node:timers/promises'
import type { Account, AccountClients } from './account.ts'
import { findLeftovers } from './leftovers.ts'
import { runOf } from './run-names.ts'

/** What is left once all that was to go has been deleted. */
export interface Cleaned {
  readonly deleted: readonly string[]
  /** What is still there, and why. */
  readonly left: readonly string[]
}

/** Lists show for a while what is gone, and not yet what was made a moment before a run was killed; in milliseconds. */
const PATIENCE = { real: 3 * 60 * 1000, local: 10_000 }
const PAUSE = { real: 10_000, local: 500 }

/**
 * Deletes what runs have left: that which has a run's name and its tag, and nothing else.
 *
 * @param runIds of these runs alone
 * @param tell told what is deleted
 */
export async function deleteLeftovers(
  clients: AccountClients,
  account: Account,
  runIds: ReadonlySet<string>,
  tell: (line: string) => void,
): Promise<Cleaned> {
  const deleted = new Set<string>()
  const failed = new Map<string, string>()
  const find = async () => (await findLeftovers(clients, account)).filter(({ runId }) => runIds.has(runId))
  const place = account.isLocal ? 'local' : 'real'
  let deadline = Date.now() + PATIENCE[place]
  // One look that finds nothing may have come too early.
  for (let looks = 0; looks < 2 && Date.now() < deadline; ) {
    const due = (await find()).filter(({ isTagged }) => isTagged)
    looks = due.length === 0 ? looks + 1 : 0
    for (const { what, remove } of due) {
      const isNew = !deleted.has(what)
      if (isNew) tell(`  deleting ${what}`)
      deleted.add(what)
      try {
        await remove()
        failed.delete(what)
        // A stack takes minutes to go; only then do the others begin to.
        if (isNew) deadline = Date.now() + PATIENCE[place]
      } catch (error) {
        failed.set(what, error instanceof Error ? error.message : String(error))
      }
    }
    await timers.setTimeout(PAUSE[place])
  }
  for (const id of runIds) deleteCopies(id)
  const left = (await find()).map(
    ({ what, isTagged }) => `${what}: ${isTagged ? (failed.get(what) ?? 'still there') : NOT_OURS}`,
  )
  return { deleted: [...deleted].filter((what) => !failed.has(what)), left }
}

/** Why something with the name of a run is left alone. */
export const NOT_OURS = 'it lacks the tag of that run, so it counts as not made by it, and is left alone'

/** The copies of this folder on this machine that a killed run has left. */
function deleteCopies(id: string): void {
  const prefix = `${runOf(id).name}-`
  for (const name of readdirSync(tmpdir())) {
    if (name.startsWith(prefix)) rmSync(join(tmpdir(), name), { recursive: true, force: true, maxRetries: 10 })
  }
}
