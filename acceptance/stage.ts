import { DisableRuleCommand, EnableRuleCommand } from '@aws-sdk/client-eventbridge'
import { accountReader } from '../sandbox/account-reader.ts'
import { invoke } from '../sandbox/functions.ts'
import { stackNames } from '../sandbox/stack-names.ts'
import type { StoryStage } from '../sandbox/story-stage.ts'
import { deliver, recordCalls } from '../sandbox/trail.ts'
import { type Account, type AccountClients, accountClients, awaitYoungRoles } from './account.ts'
import { type Run, runIdOf } from './run-names.ts'
import { ownRecipient } from './sign-in.ts'

/** For how long events may take, in milliseconds: CloudTrail delivers most within 5 minutes, and promises nothing. */
const PATIENCE = { real: 20 * 60 * 1000, local: 2 * 60 * 1000 }

/** The account as a stage of the stories, once the stack of the run is deployed. */
export function stageOf(
  clients: AccountClients,
  account: Account,
  run: Run,
  provider: string,
  signal: AbortSignal,
): StoryStage {
  const { iam, events, lambda, sqs } = clients
  const names = stackNames(run.name)
  const reader = accountReader(iam, sqs)
  const { isLocal } = account
  return {
    cast: {
      provider,
      tagKey: run.tagKey,
      sid: run.sid,
      audience: ownRecipient(account),
      rolePrefix: `${run.name}-`,
      tags: run.tags,
    },
    names,
    iam,
    events,
    iamOfPerson(tell) {
      const iam = awaitYoungRoles(accountClients(account).iam)
      const name = account.arn.split('/').at(-1) ?? ''
      const caller = {
        userName: name,
        userId: 'AIDA',
        arn: account.arn,
        accountId: account.account,
        accessKeyId: 'AKIA',
      }
      recordCalls(iam, caller, async (event) => {
        signal.throwIfAborted()
        await tell(event)
      })
      return iam
    },
    // On AWS, CloudTrail does.
    deliver: async (event) => (isLocal ? deliver(events, event) : undefined),
    async withoutEvents(work) {
      await events.send(new DisableRuleCommand({ Name: names.rule }))
      try {
        return await work()
      } finally {
        await events.send(new EnableRuleCommand({ Name: names.rule }))
      }
    },
    async invoke(id, payload) {
      signal.throwIfAborted()
      return invoke(lambda, id, payload, run.name)
    },
    async trustPolicy(roleName) {
      signal.throwIfAborted()
      return reader.trustPolicy(roleName)
    },
    async allTrustPolicies() {
      const policies = await reader.allTrustPolicies()
      return new Map([...policies].filter(([roleName]) => runIdOf(roleName) === run.id))
    },
    countMessages: reader.countMessages,
    eventsComeAtOnce: isLocal,
    patience: isLocal ? PATIENCE.local : PATIENCE.real,
    pause: isLocal ? 200 : 3_000,
  }
}
