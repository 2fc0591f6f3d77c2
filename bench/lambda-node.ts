import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

export interface Node {
  readonly path: string
  readonly version: string
}

/** Of the major version that the functions run on. */
const VERSION = '24.21.0'
const PREFIX = join(import.meta.dirname, '../.sandbox/node-24')

export const RUNNING_NODE: Node = { path: process.execPath, version: process.versions.node }

/**
 * The Node that Lambda runs the functions on: the running one where it is of that major version, else one from npm, kept
 * out of the project's own node_modules. Where there is none for this machine, the running one.
 *
 * @param say told what takes a while, and of a Node that is not Lambda's
 */
export async function lambdaNode(say: (progress: string) => void): Promise<Node> {
  if (RUNNING_NODE.version.split('.')[0] === VERSION.split('.')[0]) return RUNNING_NODE
  const name = `node-${process.platform}-${process.arch}`
  const path = join(PREFIX, 'node_modules', name, 'bin/node')
  try {
    if (!existsSync(path)) {
      say(`Installing Node ${VERSION} into .sandbox/node-24 (once, about 40 MB)`)
      await run('npm', ['install', '--prefix', PREFIX, '--no-save', '--no-audit', '--no-fund', `${name}@${VERSION}`])
    }
    return { path, version: (await run(path, ['--version'])).stdout.trim().slice(1) }
  } catch (error) {
    const [reason] = error instanceof Error ? error.message.split('\n') : [String(error)]
    say(`Node ${VERSION} is not to be had here (${reason}); measuring on Node ${RUNNING_NODE.version} instead`)
    return RUNNING_NODE
  }
}
