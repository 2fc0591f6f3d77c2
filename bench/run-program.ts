import { fork } from 'node:child_process'
import { ENVIRONMENT } from '../fake-aws/environment.ts'
import type { Setup } from './setup.ts'

/** What Lambda sets, with keys that open nothing. */
const RUNTIME = {
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'bench',
  AWS_SECRET_ACCESS_KEY: 'bench',
  POWERTOOLS_LOG_LEVEL: 'INFO',
  POWERTOOLS_SERVICE_NAME: 'okta-role-trust-dev',
  POWERTOOLS_METRICS_NAMESPACE: 'OktaRoleTrust',
  // A word for those who deploy, which would be printed where the running Node is older than Lambda's.
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
}

export interface ProgramOptions {
  readonly arguments?: readonly string[]
  /** Of Node itself. */
  readonly flags?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  /** Of a file that takes what it prints. */
  readonly stdout?: number
}

/**
 * Runs a bundled program in a process of its own, with the environment of a deployed function and none of this one's.
 * Its output goes nowhere, as a function's log costs only the writing.
 *
 * @returns the message that the program sends
 * @throws Error where it ends without one; what it wrote to stderr is printed
 */
export function runProgram(setup: Setup, path: string, options: ProgramOptions = {}): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const child = fork(path, options.arguments ?? [], {
      execPath: setup.node.path,
      execArgv: [...(options.flags ?? [])],
      env: { ...ENVIRONMENT, ...RUNTIME, ...options.environment },
      stdio: ['ignore', options.stdout ?? 'ignore', 'inherit', 'ipc'],
    })
    child.once('message', resolve)
    child.once('error', reject)
    child.once('exit', (code, signal) => reject(new Error(`${path} ended without a result (${signal ?? code})`)))
  })
}
