import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'package-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

test('the package holds what the command line runs with, and nothing else', () => {
  const [packed] = JSON.parse(
    execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--dry-run'], { encoding: 'utf8' }),
  )
  expect(packed.files.map(({ path }: { path: string }) => path).toSorted()).toEqual([
    'LICENSE',
    'README.md',
    'dist/okta-role-trust.mjs',
    'package.json',
    'serverless.yml',
  ])
}, 60_000)

test('the package can be published by everybody who holds the name, and needs nothing installed with it', () => {
  const manifest = JSON.parse(readFileSync('package.json', 'utf8'))
  expect(manifest).toMatchObject({
    license: 'Apache-2.0',
    engines: { node: '>=20.19' },
    publishConfig: { access: 'public', provenance: true },
  })
  // What is bundled stands under devDependencies: npm would install anything else beside the bundle.
  for (const field of ['private', 'dependencies', 'optionalDependencies', 'peerDependencies', 'bundleDependencies']) {
    expect(manifest).not.toHaveProperty(field)
  }
  // Installing it runs nothing. npm warns of `prepare` too, where it installs from a file.
  for (const script of ['preinstall', 'install', 'postinstall', 'prepare'])
    expect(manifest.scripts).not.toHaveProperty(script)
})

test('without development dependencies bundling succeeds, and says that the command line is not built', () => {
  copyFileSync('cli/bundle.mjs', join(folder, 'bundle.mjs'))
  const output = execFileSync(process.execPath, ['bundle.mjs'], { cwd: folder, encoding: 'utf8' })
  expect(output).toBe(
    'The command line is not built: esbuild is missing, as after an installation without development dependencies.\n',
  )
})

test('each dependency with a script to install it is named, so that npm neither runs one unasked nor asks', () => {
  const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8'))
  const { allowScripts } = JSON.parse(readFileSync('package.json', 'utf8'))
  const withScripts = Object.entries<{ hasInstallScript?: boolean; os?: unknown }>(packages)
    .filter(([path, { hasInstallScript }]) => hasInstallScript && path !== '')
    .map(([path]) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length))
  expect(Object.keys(allowScripts).toSorted()).toEqual([...new Set(withScripts)].toSorted())
})
