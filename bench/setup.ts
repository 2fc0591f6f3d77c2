import { execFile } from 'node:child_process'
import { basename, join } from 'node:path'
import { promisify } from 'node:util'
import { type BuildOptions, build } from 'esbuild'
import * as z from 'zod/mini'
import type { Node } from './find-node.ts'

const run = promisify(execFile)

const ROOT = join(import.meta.dirname, '..')

/** What the parts of the bench need. */
export interface Setup {
  readonly node: Node
  /** For files that are gone after the run. */
  readonly folder: string
  /** Megabytes of a function, as deployed. */
  readonly memorySize: number
  /** Tiny sizes and one round: shows that the bench works, and measures nothing. */
  readonly quick: boolean
  /**
   * Bundles a file of this repository with the options that the functions are packaged with.
   *
   * @param others of esbuild's options, instead
   * @returns the path of the bundle
   */
  bundle(entry: string, others?: BuildOptions): Promise<string>
}

const Service = z.object({
  provider: z.object({ memorySize: z.number() }),
  custom: z.object({
    esbuild: z.looseObject({ format: z.literal('esm'), exclude: z.array(z.string()) }),
  }),
})

/** Reads from serverless.yml how the functions are packaged, so that what is measured is what is deployed. */
export async function readSetup(node: Node, folder: string, quick: boolean): Promise<Setup> {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_')))
  const { stdout } = await run('npx', ['serverless', 'print', '--format', 'json'], { cwd: ROOT, env, maxBuffer: 1e7 })
  const { provider, custom } = Service.parse(JSON.parse(stdout))
  // What is left out here is the plugin's own, or changes nothing of the code. Nothing is lost unseen: esbuild refuses
  // options that it does not know.
  const { exclude, sourcemap: _, outputFileExtension: __, keepOutputDirectory: ___, ...options } = custom.esbuild
  let bundles = 0
  return {
    node,
    folder,
    quick,
    memorySize: provider.memorySize,
    async bundle(entry, others = {}) {
      bundles += 1
      const outfile = join(folder, `${bundles}-${basename(entry, '.ts')}.mjs`)
      const files = { absWorkingDir: ROOT, entryPoints: [entry], outfile }
      await build({ ...options, external: exclude, platform: 'node', ...files, ...others })
      return outfile
    },
  }
}
