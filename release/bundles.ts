import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import { unzipSync, zipSync } from 'fflate'
import { parse } from 'yaml'
import * as z from 'zod/mini'

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

const Service = z.object({ custom: z.object({ esbuild: z.looseObject({ exclude: z.array(z.string()) }) }) })

/** Functions that are not in serverless.yml, bundled with the options of those that are. */
export async function bundle(names: readonly string[]): Promise<readonly Bundle[]> {
  const { custom } = z.parse(Service, parse(readFileSync('serverless.yml', 'utf8'), { logLevel: 'error' }))
  // What is left out is the plugin's own, or changes nothing of the code.
  const { exclude, sourcemap: _, outputFileExtension: __, keepOutputDirectory: ___, ...options } = custom.esbuild
  return Promise.all(
    names.map(async (name) => {
      const entryPoints = [`handlers/${name}.ts`]
      const built = await build({ ...options, external: exclude, platform: 'node', entryPoints, write: false })
      const [{ contents }] = z.parse(z.tuple([z.object({ contents: z.instanceof(Uint8Array) })]), built.outputFiles)
      return zipped(name, { [`handlers/${name}.mjs`]: contents })
    }),
  )
}

/** The packaged functions, zipped anew: osls's zips depend on the umask of whoever packages. */
export function bundlesOf(folder: string): readonly Bundle[] {
  const zips = readdirSync(folder).filter((file) => file.endsWith('.zip'))
  return zips.toSorted().map((file) => {
    return zipped(file.slice(0, -'.zip'.length), unzipSync(readFileSync(join(folder, file))))
  })
}

function zipped(name: string, code: Readonly<Record<string, Uint8Array>>): Bundle {
  const zip = zipSync({ ...code }, { level: 9, mtime, ...READABLE })
  return { name, key: `${createHash('sha256').update(zip).digest('hex')}.zip`, zip }
}
