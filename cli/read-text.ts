import { readFile } from 'node:fs/promises'
import { describeError, InvalidInputError } from '../src/errors.ts'

/** The text of a file that was named on the command line. */
export async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    throw new InvalidInputError(`${file}: cannot be read; name a file that is there (${describeError(error)})`, {
      cause: error,
    })
  }
}
