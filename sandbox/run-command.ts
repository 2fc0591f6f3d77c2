import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startOwned } from './owned-process.ts'

/** Where a command runs, and until when at the latest. */
export interface CommandOptions {
  readonly cwd: string
  readonly env: NodeJS.ProcessEnv
  /** Ends it, and all that it started. */
  readonly signal?: AbortSignal
}

/**
 * Runs a command to its end, which comes with that of this process at the latest.
 *
 * @returns all that it said
 * @throws Error with all that it said where it fails; the reason of the signal where that ended it
 */
export async function runCommand(
  command: string,
  args: readonly string[],
  { cwd, env, signal }: CommandOptions,
): Promise<string> {
  signal?.throwIfAborted()
  const folder = mkdtempSync(join(env.TMPDIR ?? tmpdir(), 'command-'))
  const log = join(folder, 'log')
  const output = openSync(log, 'w')
  try {
    const process = startOwned(command, args, { cwd, output, env })
    signal?.addEventListener('abort', process.kill)
    const code = await process.ended
    signal?.removeEventListener('abort', process.kill)
    signal?.throwIfAborted()
    const said = readFileSync(log, 'utf8').trim()
    if (code !== 0) throw new Error(said)
    return said
  } finally {
    closeSync(output)
    rmSync(folder, { recursive: true, force: true })
  }
}
