import type { Writable } from 'node:stream'

/**
 * Lets a program go on when the reader of its output stops reading, as `head` does: a run that writes trust policies
 * must come to its end. What it prints from then on is dropped.
 */
export function outliveReaders(...outputs: readonly Writable[]): void {
  for (const output of outputs) {
    output.on('error', (error) => {
      if (!('code' in error && error.code === 'EPIPE')) throw error
    })
  }
}
