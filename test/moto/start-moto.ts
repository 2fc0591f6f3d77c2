import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { pythonTools } from '../../sandbox/python-tools.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Where moto answers. It forgets everything when it ends. */
    motoEndpoint: string
  }
}

/** For how long to wait until it listens, in milliseconds: a machine may be busy. */
const PATIENCE = 60_000

/** Starts moto, a second IAM, on a free port of 127.0.0.1, and ends it after the last test. */
export default async function startMoto({ provide }: TestProject): Promise<() => Promise<void>> {
  const tools = await pythonTools((progress) => process.stderr.write(`${progress}\n`))
  const server = spawn(join(tools, 'moto_server'), ['-H', '127.0.0.1', '-p', '0'])
  process.on('exit', () => server.kill())
  provide('motoEndpoint', await endpointOf(server))
  return async () => {
    const ended = once(server, 'exit')
    if (server.kill()) await ended
  }
}

/**
 * The address that the server says it listens on.
 *
 * @throws Error with all that it said, if it ends or stays silent instead
 */
function endpointOf(server: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = ''
    const fail = (how: string) => {
      clearTimeout(timer)
      server.kill()
      reject(new Error(`moto ${how}. Its output:\n${output}`))
    }
    const timer = setTimeout(() => fail(`did not start within ${PATIENCE / 1000} seconds`), PATIENCE)
    const listen = (text: Buffer) => {
      output += text
      const [, endpoint] = /Running on (http:\/\/127\.0\.0\.1:\d+)/.exec(output) ?? []
      if (endpoint === undefined) return
      clearTimeout(timer)
      resolve(endpoint)
    }
    server.stdout?.on('data', listen)
    server.stderr?.on('data', listen)
    server.once('error', (error) => fail(`cannot be run: ${error.message}`))
    server.once('close', (code, signal) => fail(`ended with ${signal ?? code} instead of listening`))
  })
}
