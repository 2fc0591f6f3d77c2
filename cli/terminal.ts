import type { Readable, Writable } from 'node:stream'
import { type Paint, paintFor } from './paint.ts'

/** The process as a command sees it. A test hands in one of its own. */
export interface Terminal {
  readonly stdin: Readable & { readonly isTTY?: boolean }
  readonly stdout: Output
  readonly stderr: Output
  readonly environment: Readonly<Record<string, string | undefined>>
  /**
   * From now on Ctrl-C, or a polite request to end, calls the listener instead of ending the process. A second one ends
   * it.
   *
   * @returns takes that back
   */
  onInterrupt(listener: () => void): () => void
}

export type Output = Writable & { readonly isTTY?: boolean }

/** Writes lines to one of the two outputs, in its colours. */
export interface Voice {
  readonly paint: Paint
  say(...lines: readonly string[]): void
}

export function voiceOf(output: Output, environment: Terminal['environment']): Voice {
  return {
    paint: paintFor(output, environment),
    say: (...lines) => {
      for (const line of lines) output.write(`${escaped(line)}\n`)
    },
  }
}

/**
 * Characters by which a terminal would show something else than what is there: more control characters than those that
 * JSON escapes, and marks that turn the direction of writing. A trust policy may hold them, and a person decides by
 * what the terminal shows. Escaped so, JSON stays the same JSON.
 */
function escaped(line: string): string {
  return line.replace(
    /[\u0080-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
