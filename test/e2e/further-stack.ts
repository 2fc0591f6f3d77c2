import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { SetQueueAttributesCommand } from '@aws-sdk/client-sqs'
import { PutParameterCommand } from '@aws-sdk/client-ssm'
import { expect } from 'vitest'
import { clientsOf } from '../../sandbox/clients.ts'
import { deployStack, environmentOf } from '../../sandbox/deploy-stack.ts'
import { invoke, restart } from '../../sandbox/functions.ts'
import { allowPlainHttp, allowWhatIsNotEvaluated } from '../../sandbox/local-permissions.ts'
import { QUICK } from '../../sandbox/quick-queue.ts'
import type { FunctionId } from '../../sandbox/stack-names.ts'
import { copyRule } from '../../sandbox/trail.ts'
import { settingsText } from '../../src/config/settings-file.ts'
import { SOON, sandbox } from './account.ts'

const ROOT = join(import.meta.dirname, '../..')

/** Another stack beside the sandbox's own. */
export interface FurtherStack {
  readonly name: string
  invoke(id: FunctionId, payload: unknown): Promise<unknown>
  /** Starts a function anew, with these variables in its environment. */
  restart(id: FunctionId, variables: Readonly<Record<string, string>>): Promise<void>
  /** Waits until every message on its queue has been dealt with, and sees that none of them was given up. */
  allDone(): Promise<void>
  remove(): Promise<void>
}

/**
 * Deploys another stack, as the sandbox's own was, by docs/deploying.md.
 *
 * @param parameters beside the defaults, written into the file of the stage; the SSM parameter that they name is made, and
 *   holds the provider
 */
export async function deployFurther(
  stage: string,
  provider: string,
  parameters: Readonly<Record<string, string>> & { readonly parameterName: string },
  ...options: readonly string[]
): Promise<FurtherStack> {
  const { endpoint } = sandbox.key
  const name = `okta-role-trust-${stage}`
  const folder = mkdtempSync(join(tmpdir(), 'further-'))
  await sandbox.ssm.send(
    new PutParameterCommand({ Name: parameters.parameterName, Type: 'String', Value: provider, Overwrite: true }),
  )
  const file = join(ROOT, `settings/${stage}.yml`)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, settingsText(parameters))
  await deployStack({ endpoint, folder }, ROOT, '--stage', stage, ...options)
  await allowWhatIsNotEvaluated(sandbox.iam)
  const [queue, deadLetters] = [`${name}-role-events`, `${name}-dead-letters`]
  // Changes the client: one that is used once, for that.
  for (const each of [queue, deadLetters]) await allowPlainHttp(clientsOf(endpoint).sqs, each)
  for (const rule of [`${name}-role-events`, `${name}-parameter-changes`]) await copyRule(sandbox.events, rule)
  await sandbox.sqs.send(new SetQueueAttributesCommand({ QueueUrl: await sandbox.queueUrl(queue), Attributes: QUICK }))
  return {
    name,
    invoke: (id, payload) => invoke(sandbox.lambda, id, payload, name),
    restart: (id, variables) => restart(sandbox.lambda, id, { variables }, name),
    async allDone() {
      await expect.poll(() => sandbox.countMessages(queue), SOON).toBe(0)
      expect(await sandbox.countMessages(deadLetters)).toBe(0)
    },
    async remove() {
      const env = { ...environmentOf(endpoint), TMPDIR: folder }
      const cwd = join(import.meta.dirname, '../..')
      await promisify(execFile)('npx', ['--no', 'serverless', 'remove', '--stage', stage], { cwd, env })
      rmSync(folder, { recursive: true })
      rmSync(file)
      if (readdirSync(dirname(file)).length === 0) rmdirSync(dirname(file))
    },
  }
}
