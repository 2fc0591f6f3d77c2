import type { Progress } from './progress.ts'

const SIGNALS = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const

/** Lets the process exit on a signal: whatever it has started ends with it, however that comes about. */
export function stopOnSignals(progress: Progress): void {
  for (const [signal, exitCode] of Object.entries(SIGNALS)) {
    process.once(signal, () => {
      progress.print('', 'Stopping: every process ends, and nothing is left behind.')
      process.exit(exitCode)
    })
  }
}
