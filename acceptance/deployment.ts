import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SetQueueAttributesCommand } from '@aws-sdk/client-sqs'
import { copyProject, keepSettings } from '../sandbox/copy-project.ts'
import { deployTo } from '../sandbox/deploy-stack.ts'
import { allowPlainHttp, allowWhatIsNotEvaluated } from '../sandbox/local-permissions.ts'
import { QUICK } from '../sandbox/quick-queue.ts'
import { runCommand } from '../sandbox/run-command.ts'
import { stackNames } from '../sandbox/stack-names.ts'
import { copyRule } from '../sandbox/trail.ts'
import { type Account, type AccountClients, accountClients } from './account.ts'
import { RUN_TAG, type Run } from './run-names.ts'

const ROOT = join(import.meta.dirname, '..')

/** The stack of a run, as docs/deploying.md deploys it, from a copy of this folder: nobody's settings are touched. */
export interface Deployment {
  deploy(...options: readonly string[]): Promise<void>
  /** A command of `okta-role-trust` for that stack; what it says. */
  okta(...words: readonly string[]): Promise<string>
  /** Removes the copy. */
  close(): void
}

export function openDeployment(run: Run, account: Account, signal: AbortSignal): Deployment {
  const folder = mkdtempSync(join(tmpdir(), `${run.name}-`))
  const project = copyProject(join(folder, 'project'))
  keepSettings(project, run.stage, {
    parameterName: run.parameter,
    tagKey: run.tagKey,
    sid: run.sid,
    tags: `${RUN_TAG}=${run.id}`,
    // The run starts each sweep itself.
    schedule: 'rate(1 day)',
  })
  const environment = async () => ({ ...(await environmentOf(account)), TMPDIR: folder })
  return {
    deploy: async (...options) => {
      await deployTo(await environment(), signal, project, '--stage', run.stage, ...options)
      if (account.isLocal) await adaptToLocalAws(accountClients(account), account, run)
    },
    okta: async (...words) => {
      const args = ['--import', 'tsx', join(ROOT, 'cli/main.ts'), ...words, '--stage', run.stage]
      return runCommand(process.execPath, args, { cwd: project, env: await environment(), signal })
    },
    close: () => rmSync(folder, { recursive: true, force: true, maxRetries: 10 }),
  }
}

const OF_OTHER_CREDENTIALS = [
  'AWS_PROFILE',
  'AWS_DEFAULT_PROFILE',
  'AWS_DEFAULT_REGION',
  'AWS_SESSION_TOKEN',
  'AWS_CREDENTIAL_EXPIRATION',
  'AWS_CREDENTIAL_SCOPE',
  'AWS_ACCOUNT_ID',
]

/** The environment in which osls and this system mean the account that was looked at, by the same credentials. */
async function environmentOf({ region, target }: Account): Promise<NodeJS.ProcessEnv> {
  const { credentials } = target
  const { accessKeyId, secretAccessKey, sessionToken } =
    (typeof credentials === 'function' ? await credentials() : credentials) ?? {}
  const others = Object.entries(process.env).filter(([name]) => !OF_OTHER_CREDENTIALS.includes(name))
  return {
    ...Object.fromEntries(others),
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    ...(sessionToken !== undefined && { AWS_SESSION_TOKEN: sessionToken }),
  }
}

/** What the local AWS cannot tell or does not do (sandbox/local-permissions.ts, sandbox/trail.ts). */
async function adaptToLocalAws({ iam, events, sqs }: AccountClients, account: Account, run: Run): Promise<void> {
  const { queue, deadLetterQueue, rule, parameterRule } = stackNames(run.name)
  await allowWhatIsNotEvaluated(iam)
  // Changes the client: one that is used once, for that.
  for (const each of [queue, deadLetterQueue]) await allowPlainHttp(accountClients(account).sqs, each)
  for (const each of [rule, parameterRule]) await copyRule(events, each, run.tags)
  const QueueUrl = `${process.env.AWS_ENDPOINT_URL}/${account.account}/${queue}`
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: QUICK }))
}
