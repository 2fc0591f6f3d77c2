import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import timers from 'node:timers/promises'
import { lambdaNode } from './lambda-node.ts'
import { startOwned } from './owned-process.ts'
import { pythonTools } from './python-tools.ts'

export interface LocalAws {
  readonly endpoint: string
  /** The id of the group of all processes that run for it, the functions' included. */
  readonly processGroup: number
  /** Its own folder for whatever does not outlive it. */
  readonly folder: string
  /** Fulfilled when it has ended, by itself or not. */
  readonly ended: Promise<unknown>
  /** Ends every process and removes every file. Can be called again. */
  stop(): void
}

/** For how long to wait until it answers, in milliseconds: a machine may be busy. */
const PATIENCE = 60_000

/**
 * Starts ministack, a local AWS, on a free port of 127.0.0.1. It knows nothing of this machine's AWS configuration. It
 * runs the functions' zips on the version of Node that Lambda has, and asks IAM about each call of theirs.
 *
 * It ends with this process at the latest.
 *
 * @param say told what takes a while
 * @throws Error that says why it does not start
 */
export async function startLocalAws(say: (progress: string) => void): Promise<LocalAws> {
  const python = await pythonTools(say)
  const node = await lambdaNode(say)
  const port = await freePort()
  const folder = mkdtempSync(join(tmpdir(), 'okta-role-trust-sandbox-'))
  const log = join(folder, 'log')
  const output = openSync(log, 'w')
  const server = startOwned(join(python, 'ministack'), [], {
    cwd: folder,
    output,
    env: {
      PATH: [node, process.env.PATH].join(delimiter),
      HOME: folder,
      TMPDIR: folder,
      BIND_HOST: '127.0.0.1',
      GATEWAY_PORT: `${port}`,
      AUTH: 'true',
      CLOUDTRAIL_RECORDING: '1',
      // It would otherwise remove the containers of any other ministack on this machine.
      DOCKER_HOST: `unix://${join(folder, 'no-docker')}`,
    },
  })
  closeSync(output)
  const stop = () => {
    process.off('exit', stop)
    server.kill()
    rmSync(folder, { recursive: true, force: true, maxRetries: 10 })
  }
  process.on('exit', stop)

  const endpoint = `http://127.0.0.1:${port}`
  let hasEnded = false
  server.ended.then(() => {
    hasEnded = true
  })
  const deadline = Date.now() + PATIENCE
  while (!(await isHealthy(endpoint))) {
    if (hasEnded || Date.now() > deadline) {
      const words = readFileSync(log, 'utf8').trim().split('\n').slice(-20).join('\n')
      stop()
      throw new Error(`The local AWS did not start. Its last words:\n${words}`)
    }
    await timers.setTimeout(100)
  }
  return { endpoint, processGroup: server.group, folder, ended: server.ended, stop }
}

async function isHealthy(endpoint: string): Promise<boolean> {
  try {
    return (await fetch(`${endpoint}/_ministack/health`)).ok
  } catch {
    return false
  }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('The system gave no port')
  return address.port
}
