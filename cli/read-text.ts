import { readFile } from 'node:fs/promises'
import consumers from 'node:stream/consumers'
import { InvalidInputError } from '../src/errors.ts'
import type { Terminal } from './session/terminal.ts'

/** The text of a file that was named on the command line. */
export async function readText(file: string): Promise<string> {
  return decoded(await readBytes(file), file)
}

/** The text that comes in on the standard input. */
export async function readStandardInput({ stdin }: Pick<Terminal, 'stdin'>): Promise<string> {
  return decoded(new Uint8Array(await consumers.arrayBuffer(stdin)), 'standard input')
}

async function readBytes(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new InvalidInputError(`${file}: cannot be read; name a file that exists (${reason})`, { cause: error })
  }
}

/** UTF-8, or UTF-16 with a byte order mark, which is what Windows PowerShell writes. The mark is left out. */
function decoded(bytes: Uint8Array, label: string): string {
  const isMarked = (one: number, other: number) => bytes[0] === one && bytes[1] === other
  const encoding = isMarked(0xff, 0xfe) ? 'utf-16le' : isMarked(0xfe, 0xff) ? 'utf-16be' : 'utf-8'
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes)
  } catch (error) {
    throw new InvalidInputError(`${label}: found bytes that are not UTF-8, expected text`, { cause: error })
  }
}
