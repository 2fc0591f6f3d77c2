import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { OKTA } from '../../functions.ts'
import { type RunOptions, runCli, temporaryFolder } from '../command-line.ts'

/** Decides without AWS. */
export const OFFLINE = ['--no-stack', '--provider-arn', OKTA]

/** A file of that name, which is gone after the test. */
export function fileOf(name: string, content: string | Uint8Array | object): string {
  const file = join(temporaryFolder(), name)
  writeFileSync(file, typeof content === 'string' || content instanceof Uint8Array ? content : JSON.stringify(content))
  return file
}

/** What `check --json` says of the roles of a text, without AWS. */
export async function checkedRoles(content: string | object, options: readonly string[] = [], run: RunOptions = {}) {
  const input = typeof content === 'string' ? content : JSON.stringify(content)
  const { stdout, stderr, exitCode } = await runCli(['check', '-', '--json', ...OFFLINE, ...options], { ...run, input })
  const { roles = [] } = stdout === '' ? {} : JSON.parse(stdout)
  return { roles, stderr, exitCode }
}
