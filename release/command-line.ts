import { execFileSync } from 'node:child_process'
import { chmodSync, copyFileSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import * as z from 'zod/mini'

const Manifest = z.object({ bin: z.record(z.string(), z.string()), files: z.array(z.string()) })

/**
 * Packs the command line for npm into the folder, as `npm pack` and `npm publish` do here: one file that needs nothing
 * installed. npm gives the files of a package fixed times, but not fixed modes.
 */
export function packCommandLine(folder: string): void {
  execFileSync(process.execPath, ['cli/bundle.mjs'], { stdio: ['ignore', 'inherit', 'inherit'] })
  const { bin, files } = z.parse(Manifest, JSON.parse(readFileSync('package.json', 'utf8')))
  const staging = resolve('dist/command-line')
  rmSync(staging, { recursive: true, force: true })
  for (const file of [...files, 'package.json', 'README.md', 'LICENSE']) {
    mkdirSync(dirname(join(staging, file)), { recursive: true })
    copyFileSync(file, join(staging, file))
    chmodSync(join(staging, file), Object.values(bin).includes(file) ? 0o755 : 0o644)
  }
  execFileSync('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', resolve(folder)], { cwd: staging })
  rmSync(staging, { recursive: true })
}
