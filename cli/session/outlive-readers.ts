import type { Writable } from 'node:stream'

/** A pipe that nobody reads any more, and a terminal that was closed. */
const GONE: readonly unknown[] = ['EPIPE', 'EIO']

/**
 * Lets a program go on when the reader of its output stops reading, as `head` does, or its terminal is closed: a run that
 * writes trust policies, or deletes what it made, must come to its end. What it prints from then on is dropped.
 */
export function outliveReaders(...outputs: readonly Writable[]): void {
  for (const output of outputs) {
    output.on('error', (error) => {
      if (!('code' in error && GONE.includes(error.code))) throw error
    })
  }
}
