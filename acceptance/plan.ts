import { typed } from '../cli/session/commands.ts'
import type { Account } from './account.ts'
import { costOfAnHour } from './cost.ts'
import type { Options } from './options.ts'
import { RUN_TAG, type Run } from './run-names.ts'
import { SESSION_SECONDS } from './signed-response.ts'

/** What a run would make, and what becomes of it. */
export function planOf(run: Run, account: Account, trail: string, command: string): readonly string[] {
  const where = account.isLocal ? 'a local AWS' : `${account.region} (${account.partition})`
  return [
    `An acceptance run in the account ${account.account}, ${where}. It makes, all tagged ${RUN_TAG}=${run.id}:`,
    `  the SAML provider ${run.name}, whose key is in this process alone`,
    `  the SSM parameter ${run.parameter}`,
    `  the rule and the queue ${run.name}-outcomes`,
    `  the stack ${run.name}, deployed with the tag key ${run.tagKey} and the Sid ${run.sid}`,
    `  some 20 roles called ${run.name}-…, without any permission; whoever signs in through one gets ${SESSION_SECONDS / 60} minutes`,
    `Trail: ${trail}`,
    'It writes trust policies of no other roles, and changes nothing else. In the end it deletes all that it made.',
    ...(account.isLocal ? [] : [`It takes up to an hour, and costs about $${costOfAnHour()}.`]),
    `If it is killed, this deletes what it made: ${command}`,
  ]
}

/** What finds and deletes what runs have left. */
export function cleanCommand({ profile, account, region }: Pick<Options, 'profile' | 'account' | 'region'>): string {
  const place = region === undefined ? [] : ['--region', region]
  const asked = ['--profile', profile, '--account', account, ...place, '--clean']
  return `\`${typed('npm', 'run', 'acceptance', '--', ...asked)}\``
}
