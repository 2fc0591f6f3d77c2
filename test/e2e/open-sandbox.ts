import { existsSync } from 'node:fs'
import { SetQueueAttributesCommand } from '@aws-sdk/client-sqs'
import type { TestProject } from 'vitest/node'
import { openSandbox, type SandboxKey } from '../../sandbox/open-sandbox.ts'
import { QUICK } from '../../sandbox/quick-queue.ts'
import { enterSandbox } from '../../sandbox/sandbox.ts'
import { QUEUE } from '../../sandbox/stack-names.ts'
import { runningIn } from '../processes.ts'

declare module 'vitest' {
  interface ProvidedContext {
    sandbox: SandboxKey
  }
}

/** Opens one sandbox for all tests, and sees that nothing is left of it in the end. */
export default async function setup(project: TestProject) {
  for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))
  const opened = await openSandbox((step) => process.stdout.write(`${step}\n`))
  const { sqs, queueUrl } = enterSandbox(opened.key)
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl: await queueUrl(QUEUE), Attributes: QUICK }))
  project.provide('sandbox', opened.key)

  return async () => {
    opened.stop()
    await opened.ended
    const left = await runningIn(opened.processGroup)
    if (left.length > 0 || existsSync(opened.folder))
      throw new Error(`The sandbox left behind: ${left} ${opened.folder}`)
  }
}
