import { ADMIN, REGION } from './clients.ts'
import type { LocalAws } from './local-aws.ts'
import { runCommand } from './run-command.ts'

/**
 * Deploys the stack as docs/deploying.md says.
 *
 * @param project the folder with the project, and the settings of its stages
 * @throws Error with all that it said where it fails
 */
export async function deployStack(
  { endpoint, folder }: Pick<LocalAws, 'endpoint' | 'folder'>,
  project: string,
  ...options: readonly string[]
): Promise<void> {
  await deployTo({ ...environmentOf(endpoint), TMPDIR: folder }, undefined, project, ...options)
}

/** The same to whichever AWS the environment means; ends with the signal. */
export async function deployTo(
  env: NodeJS.ProcessEnv,
  signal: AbortSignal | undefined,
  project: string,
  ...options: readonly string[]
): Promise<void> {
  try {
    await runCommand('npx', ['--no', 'serverless', 'deploy', ...options], {
      cwd: project,
      env,
      ...(signal && { signal }),
    })
  } catch (error) {
    signal?.throwIfAborted()
    throw new Error(`The stack could not be deployed:\n${error instanceof Error ? error.message : error}`)
  }
}

/** The environment in which the AWS CLI, the SDK and osls mean the local AWS, whatever else this machine knows of. */
export function environmentOf(endpoint: string): NodeJS.ProcessEnv {
  return {
    ...environmentWithoutAws(),
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: REGION,
    AWS_ACCESS_KEY_ID: ADMIN.accessKeyId,
    AWS_SECRET_ACCESS_KEY: ADMIN.secretAccessKey,
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  }
}

/** The environment of this process without what it knows of AWS. */
export function environmentWithoutAws(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_')))
}
