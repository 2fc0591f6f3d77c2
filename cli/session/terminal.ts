import { randomUUID } from 'node:crypto'
import { type Readable, Writable } from 'node:stream'
import { isColour, type Paint, paintFor } from './paint.ts'
import { safeText } from './safe-text.ts'

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

/** Takes whatever is written, and shows none of it. */
export const SILENT: Output = new Writable({ write: (_chunk, _encoding, done) => done() })

/** Writes lines to one of the two outputs, in its colours. */
export interface Voice {
  /** For {@link print} only: it marks the text, and `print` makes colours of the marks. */
  readonly paint: Paint
  /** Each is one line: what a terminal would interpret, line breaks too, is shown escaped. */
  print(...lines: readonly string[]): void
  /** The same, of as many lines as there are. */
  printAll(lines: readonly string[]): void
  /** A value as JSON, which stays the same JSON. */
  printJson(value: unknown): void
}

/** Surrounds painted text. It is random in each process, so that no text from outside can contain it. */
const MARK = randomUUID()

export function voiceOf(output: Output, environment: Terminal['environment']): Voice {
  const colour = paintFor(output, environment)
  const printAll = (lines: readonly string[]) => {
    output.write(lines.map((line) => `${shown(line, colour)}\n`).join(''))
  }
  return {
    paint: (name, text) => `${MARK}${name} ${text}${MARK}`,
    print: (...lines) => printAll(lines),
    printAll,
    printJson: (value) => printAll(JSON.stringify(value, null, 2).split('\n')),
  }
}

function shown(line: string, colour: Paint): string {
  return line
    .split(MARK)
    .map((part, index) => {
      const [, name, text = ''] = (index % 2 === 1 && /^(\w+) (.*)$/s.exec(part)) || []
      return isColour(name) ? colour(name, safeText(text)) : safeText(part)
    })
    .join('')
}
