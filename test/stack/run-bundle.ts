import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { createAccount } from '../../fake-aws/account.ts'
import { ENVIRONMENT } from '../../fake-aws/environment.ts'
import { accessDenied } from '../../fake-aws/errors.ts'
import { serveAccount } from '../../fake-aws/server.ts'

const run = promisify(execFile)

/** Loads the handler as Lambda does, and says how the invocation ended. */
const RUNNER = `
const { handler } = await import(process.argv[1])
const ended = handler(JSON.parse(process.argv[2]), { getRemainingTimeInMillis: () => 900_000 })
console.log(await ended.catch(({ message }) => message))
`

/**
 * Runs a bundled function in a process of its own, against an account that lets nobody read parameters.
 *
 * @param folder where the bundle may be put
 * @returns what the function printed, what it asked, and with which keys
 */
export async function runBundle(
  bundle: Uint8Array,
  folder: string,
  event: unknown,
  credentials: Readonly<Record<string, string>>,
) {
  const account = createAccount()
  account.failNext('GetParameter', accessDenied('ssm:GetParameter'))
  const { url, accessKeys, close } = await serveAccount(account)
  try {
    const file = join(folder, 'bundle.mjs')
    writeFileSync(file, bundle)
    const env = { ...ENVIRONMENT, ...credentials, AWS_REGION: 'us-east-1', AWS_ENDPOINT_URL: url }
    const { stdout } = await run(
      process.execPath,
      ['--input-type=module', '--eval', RUNNER, file, JSON.stringify(event)],
      { env },
    )
    return { stdout, calls: account.calls.map(({ name }) => name), accessKeys }
  } finally {
    close()
  }
}
