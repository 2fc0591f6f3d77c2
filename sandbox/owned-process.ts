import { spawn } from 'node:child_process'

/** A process, and all that it starts. */
export interface OwnedProcess {
  /** The id of their process group, which is that of the first process too. */
  readonly group: number
  /** Fulfilled when the first process has ended, with its exit code: null where a signal ended it. */
  readonly ended: Promise<number | null>
  /** Ends all of them at once. Can be called again. */
  kill(): void
}

/**
 * Becomes the command, with a watch beside it in the same process group: when the pipe to this process closes, for
 * whatever reason, the watch kills the group. So nothing stays behind even where this process is killed.
 */
const WATCHED = 'exec 3<&0; (cat; kill -s KILL 0) <&3 >/dev/null 2>&1 & exec "$0" "$@" </dev/null 3<&-'

/**
 * Starts a command as the leader of a process group, which ends with this process at the latest.
 *
 * @param output file descriptor for all that it prints
 */
export function startOwned(
  command: string,
  args: readonly string[],
  options: { readonly cwd: string; readonly env: NodeJS.ProcessEnv; readonly output: number },
): OwnedProcess {
  const { cwd, env, output } = options
  const child = spawn('sh', ['-c', WATCHED, command, ...args], {
    detached: true,
    cwd,
    env,
    stdio: ['pipe', output, output],
  })
  const group = child.pid
  if (group === undefined) throw new Error(`${command} could not be started: there is no sh`)
  let isOurs = true
  const kill = () => {
    if (isOurs) killGroup(group)
  }
  const ended = new Promise<number | null>((resolve) => {
    child.once('exit', (code) => {
      // The watch still holds the group. Afterwards its id may become somebody else's.
      kill()
      isOurs = false
      resolve(code)
    })
  })
  return { group, ended, kill }
}

/** Where whoever adopts orphans reaps them at once, an earlier kill has left nobody in the group. */
function killGroup(group: number): void {
  try {
    process.kill(-group, 'SIGKILL')
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}
