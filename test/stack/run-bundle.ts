import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { ENVIRONMENT } from '../../fake-aws/environment.ts'

const run = promisify(execFile)

/** Loads the handler as Lambda does, and says how the invocation ended. */
const RUNNER = `
const { handler } = await import(process.argv[1])
const ended = handler(JSON.parse(process.argv[2]), { getRemainingTimeInMillis: () => 900_000 })
console.log(await ended.catch(({ message }) => message))
`

/**
 * Runs a bundled function in a process of its own, against an AWS that refuses every call.
 *
 * @param folder where the bundle may be put
 * @returns what the function printed, and how the calls were signed
 */
export async function runBundle(
  bundle: Uint8Array,
  folder: string,
  event: unknown,
  credentials: Readonly<Record<string, string>>,
) {
  const signatures: (string | undefined)[] = []
  const server = createServer((request, response) => {
    signatures.push(request.headers.authorization)
    response.writeHead(400).end('{"__type":"AccessDeniedException","message":"this AWS refuses every call"}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  try {
    const address = server.address()
    const endpoint = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
    const file = join(folder, 'bundle.mjs')
    writeFileSync(file, bundle)
    const env = { ...ENVIRONMENT, ...credentials, AWS_REGION: 'us-east-1', AWS_ENDPOINT_URL: endpoint }
    const { stdout } = await run(
      process.execPath,
      ['--input-type=module', '--eval', RUNNER, file, JSON.stringify(event)],
      { env },
    )
    return { stdout, signatures }
  } finally {
    server.close()
  }
}
