import { once } from 'node:events'
import { safeText } from '../session/safe-text.ts'
import type { Output } from '../session/terminal.ts'

/** An object with a long list in it, written while the list grows: none of it stays in memory. */
export interface JsonAnswer {
  /** Writes the next item, and waits where the reader is slower. */
  add(item: unknown): Promise<void>
  /** @param rest what follows the list */
  end(rest: Readonly<Record<string, unknown>>): Promise<void>
}

/** @param key of the list, which comes first */
export function jsonAnswer(output: Output, key: string): JsonAnswer {
  let isFirst = true
  let written = Promise.resolve()
  const write = (text: string) => {
    written = written.then(() => writeAll(output, text))
    return written
  }
  const opening = () => {
    const text = isFirst ? `{\n  ${JSON.stringify(key)}: [` : ','
    isFirst = false
    return text
  }
  return {
    add: (item) => write(`${opening()}\n${indented(item, 4)}`),
    end: (rest) => {
      const isEmpty = isFirst
      const others = Object.entries(rest).map(
        ([name, value]) => `,\n  ${JSON.stringify(name)}: ${indented(value, 2).trimStart()}`,
      )
      return write(`${isEmpty ? opening() : '\n  '}]${others.join('')}\n}\n`)
    },
  }
}

function indented(value: unknown, spaces: number): string {
  return JSON.stringify(value, null, 2)
    .split('\n')
    .map((line) => `${' '.repeat(spaces)}${safeText(line)}`)
    .join('\n')
}

/** A reader that has gone takes nothing more, and never will. */
async function writeAll(output: Output, text: string): Promise<void> {
  if (output.destroyed || output.write(text) || output.destroyed) return
  await once(output, 'drain').catch(() => {})
}
