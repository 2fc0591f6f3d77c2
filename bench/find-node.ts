import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { lambdaNode } from '../sandbox/lambda-node.ts'

const run = promisify(execFile)

export interface Node {
  readonly path: string
  readonly version: string
}

export const RUNNING_NODE: Node = { path: process.execPath, version: process.versions.node }

/**
 * The Node that Lambda runs the functions on. Where there is none for this machine, the running one.
 *
 * @param print told what takes a while, and of a Node that is not Lambda's
 */
export async function findNode(print: (progress: string) => void): Promise<Node> {
  try {
    const path = join(await lambdaNode(print), 'node')
    return { path, version: (await run(path, ['--version'])).stdout.trim().slice(1) }
  } catch (error) {
    const [reason] = error instanceof Error ? error.message.split('\n') : [String(error)]
    print(`Lambda's Node is not to be had here (${reason}); measuring on Node ${RUNNING_NODE.version} instead`)
    return RUNNING_NODE
  }
}
