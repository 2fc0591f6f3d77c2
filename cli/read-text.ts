import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { InvalidInputError } from '../src/errors.ts'
import { terraformCommand } from './session/commands.ts'
import type { Terminal } from './session/terminal.ts'

/** What is larger holds no trust policy, and no plan of Terraform that anybody reviews. */
const MOST_BYTES = 50_000_000

/**
 * The text of a file that was named on the command line.
 *
 * @param most bytes to read
 * @throws InvalidInputError that names the file
 */
export async function readText(file: string, most = MOST_BYTES): Promise<string> {
  try {
    const found = await stat(file)
    if (found.isDirectory()) throw new InvalidInputError(`${file}: found a folder, expected a file`)
    if (found.size > most) throw tooLarge(file, most)
    return decoded(await bytesOf(createReadStream(file), file, most), file)
  } catch (error) {
    if (error instanceof InvalidInputError) throw error
    const reason = error instanceof Error ? error.message : String(error)
    throw new InvalidInputError(`${file}: cannot be read; name a file that exists (${reason})`, { cause: error })
  }
}

/** The text that comes in on the standard input, of no more bytes. */
export async function readStandardInput({ stdin }: Pick<Terminal, 'stdin'>): Promise<string> {
  return decoded(await bytesOf(stdin, 'standard input', MOST_BYTES), 'standard input')
}

/** A pipe does not tell its size beforehand. */
async function bytesOf(stream: Readable, label: string, most: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of stream) {
    const bytes = Buffer.from(chunk)
    size += bytes.length
    if (size > most) throw tooLarge(label, most)
    chunks.push(bytes)
  }
  return Buffer.concat(chunks)
}

function tooLarge(label: string, most: number): InvalidInputError {
  return new InvalidInputError(`${label}: found more than ${most / 1e6} MB, expected less`)
}

/** UTF-8, or UTF-16 with a byte order mark, which is what Windows PowerShell writes. The mark is left out. */
function decoded(bytes: Uint8Array, label: string): string {
  if (ZIP.every((byte, index) => bytes[index] === byte)) {
    const show = terraformCommand('show', '-json', label)
    throw new InvalidInputError(
      `${label}: found a zip archive, as \`terraform plan -out\` writes it, expected text; \`${show}\` prints such a plan as text`,
    )
  }
  const isMarked = (one: number, other: number) => bytes[0] === one && bytes[1] === other
  const encoding = isMarked(0xff, 0xfe) ? 'utf-16le' : isMarked(0xfe, 0xff) ? 'utf-16be' : 'utf-8'
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes)
  } catch (error) {
    throw new InvalidInputError(`${label}: found bytes that are not UTF-8, expected text`, { cause: error })
  }
}

/** "PK", and what follows it in a file of at least one part. */
const ZIP = [0x50, 0x4b, 0x03, 0x04]
