import { SingleBar } from 'cli-progress'
import type { Terminal } from './terminal.ts'

/** How far a command has come, on stderr, and only where that is a terminal. */
export interface Progress {
  advance(steps?: number): void
  /** Takes the bar away while something else is written. */
  aside(write: () => void): void
  end(): void
}

/**
 * @param label what is counted, such as "reading roles"
 * @param total steps, or undefined where it is not known
 */
export function startProgress({ stderr }: Terminal, label: string, total?: number): Progress {
  const bar = new SingleBar({
    format: total === undefined ? `${label} {value}` : `${label} {bar} {value}/{total}`,
    stream: stderr,
    clearOnComplete: true,
    // What is switched off here would stay off where the process is killed.
    hideCursor: false,
    linewrap: true,
  })
  // The bar knows no open end.
  const most = total ?? Number.MAX_SAFE_INTEGER
  let done = 0
  bar.start(most, done)
  return {
    advance: (steps = 1) => {
      done += steps
      bar.update(done)
    },
    aside: (write) => {
      bar.stop()
      write()
      bar.start(most, done)
    },
    end: () => bar.stop(),
  }
}
