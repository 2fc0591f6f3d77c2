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

/** How often to look again: what was made a moment before a run was killed may show only later. */
const ROUNDS = 3

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
  const deleted: string[] = []
  const failed = new Map<string, string>()
  const find = async () => (await findLeftovers(clients, account)).filter(({ runId }) => runIds.has(runId))
  for (let round = 0; round < ROUNDS; round += 1) {
    const due = (await find()).filter(({ isTagged }) => isTagged)
    if (due.length === 0 && round > 0) break
    for (const { what, remove } of due) {
      tell(`  deleting ${what}`)
      try {
        await remove()
        failed.delete(what)
        deleted.push(what)
      } catch (error) {
        failed.set(what, error instanceof Error ? error.message : String(error))
      }
    }
    await timers.setTimeout(account.isLocal ? 100 : 10_000)
  }
  for (const id of runIds) deleteCopies(id)
  const left = (await find()).map(
    ({ what, isTagged }) => `${what}: ${isTagged ? (failed.get(what) ?? 'still there') : NOT_OURS}`,
  )
  return { deleted: [...new Set(deleted)], left }
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
