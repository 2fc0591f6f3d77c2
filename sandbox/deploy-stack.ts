import { closeSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ADMIN, REGION } from './clients.ts'
import type { LocalAws } from './local-aws.ts'
import { startOwned } from './owned-process.ts'

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
  const log = join(folder, 'deployment-log')
  const output = openSync(log, 'w')
  const deployment = startOwned('npx', ['--no', 'serverless', 'deploy', ...options], {
    cwd: project,
    output,
    env: { ...environmentOf(endpoint), TMPDIR: folder },
  })
  closeSync(output)
  if ((await deployment.ended) === 0) return
  throw new Error(`The stack could not be deployed:\n${readFileSync(log, 'utf8').trim()}`)
}

/** The environment in which the AWS CLI, the SDK and osls mean the local AWS, whatever else this machine knows of. */
export function environmentOf(endpoint: string): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_'))
  return {
    ...Object.fromEntries(own),
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: REGION,
    AWS_ACCESS_KEY_ID: ADMIN.accessKeyId,
    AWS_SECRET_ACCESS_KEY: ADMIN.secretAccessKey,
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  }
}
