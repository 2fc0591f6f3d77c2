import { closeSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { startOwned } from './owned-process.ts'

/**
 * Runs a command to its end; it ends with this process at the latest.
 *
 * @param folder for its log and its temporary files
 * @throws Error with all that it said where it fails
 */
export async function runOwned(
  command: string,
  args: readonly string[],
  { cwd, env, folder }: { readonly cwd: string; readonly env: NodeJS.ProcessEnv; readonly folder: string },
): Promise<void> {
  const log = join(folder, 'command-log')
  const output = openSync(log, 'w')
  const run = startOwned(command, args, { cwd, output, env: { ...env, TMPDIR: folder } })
  closeSync(output)
  if ((await run.ended) === 0) return
  throw new Error(`${[command, ...args].join(' ')} failed:\n${readFileSync(log, 'utf8').trim()}`)
}
