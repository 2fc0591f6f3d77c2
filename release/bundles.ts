import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { unzipSync, zipSync } from 'fflate'

export interface Bundle {
  /** Of the function, as in serverless.yml. */
  readonly name: string
  /** Its SHA-256 is Lambda's CodeSha256 of the function, in hexadecimal instead of Base64. */
  readonly key: string
  readonly zip: Uint8Array
}

/** Zips hold local times: this one is the first that they can, in every time zone. */
const mtime = new Date(1980, 0, 1)
/** A file on Unix that everybody may read: Lambda runs the code as a user of its own. */
const READABLE = { os: 3, attrs: 0o100644 * 2 ** 16 }

/** The packaged functions, zipped anew: osls's zips depend on the umask of whoever packages. */
export function bundlesOf(folder: string): readonly Bundle[] {
  const zips = readdirSync(folder).filter((file) => file.endsWith('.zip'))
  return zips.toSorted().map((file) => {
    const code = unzipSync(readFileSync(join(folder, file)))
    const zip = zipSync(code, { level: 9, mtime, ...READABLE })
    return { name: file.slice(0, -'.zip'.length), key: `${createHash('sha256').update(zip).digest('hex')}.zip`, zip }
  })
}
