import { execFileSync } from 'node:child_process'
import { chmodSync, copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import * as z from 'zod/mini'

const Manifest = z.looseObject({
  name: z.string(),
  version: z.string(),
  description: z.string(),
  license: z.string(),
  type: z.string(),
  engines: z.record(z.string(), z.string()),
  bin: z.record(z.string(), z.string()),
  files: z.array(z.string()),
})

/**
 * Packs the command line for npm into the folder: one file that needs nothing installed, so the package has neither
 * dependencies nor scripts. npm gives the files of a package fixed times, but not fixed modes.
 */
export function packCommandLine(folder: string): void {
  execFileSync(process.execPath, ['cli/bundle.mjs'], { stdio: ['ignore', 'inherit', 'inherit'] })
  const { name, version, description, license, type, engines, bin, files } = z.parse(
    Manifest,
    JSON.parse(readFileSync('package.json', 'utf8')),
  )
  const staging = resolve('dist/command-line')
  rmSync(staging, { recursive: true, force: true })
  for (const file of [...files, 'README.md', 'LICENSE']) {
    mkdirSync(dirname(join(staging, file)), { recursive: true })
    copyFileSync(file, join(staging, file))
    chmodSync(join(staging, file), 0o644)
  }
  const manifest = { name, version, description, license, type, engines, bin, files }
  writeFileSync(join(staging, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`)
  chmodSync(join(staging, 'package.json'), 0o644)
  execFileSync('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', resolve(folder)], { cwd: staging })
  rmSync(staging, { recursive: true })
}
