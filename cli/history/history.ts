import { Command } from '@commander-js/extra-typings'
import { patientCloudTrailClient } from '../../src/aws/clients.ts'
import { eventHistory } from '../../src/aws/cloudtrail.ts'
import { loadRoleHistory } from '../../src/cloudtrail/role-history.ts'
import { ConfigurationError } from '../../src/errors.ts'
import type { CommandContext } from '../session/command-context.ts'
import { findRole } from '../session/named-role.ts'
import { startProgress } from '../session/progress.ts'
import { formatHistory, historyJson } from './format-history.ts'

/** How far CloudTrail's event history reaches back, in milliseconds (CloudTrail User Guide). */
const REACH = 90 * 24 * 60 * 60_000

/** `history`: what happened to a role's trust policy. */
export function historyCommand(context: CommandContext) {
  return new Command('history')
    .summary("show who changed a role's trust policy, when, and how")
    .description(
      'Shows what happened to the trust policy of a role in the last 90 days: when, by whom, and what changed, as CloudTrail recorded it. Changes nothing.',
    )
    .argument('<role>', 'a role, by name or ARN, even if it was deleted')
    .option('--json', 'print it as JSON')
    .addHelpText('after', HELP)
    .action(async (nameOrArn, { json }, command) => {
      const session = context.session(command)
      const { roleName } = await findRole(session, nameOrArn)
      const { target, account, region } = await session.caller()
      const since = Date.now() - REACH
      const progress = startProgress(session.terminal, 'reading CloudTrail, page')
      const found = await loadRoleHistory(eventHistory(patientCloudTrailClient(target)), roleName, since, () =>
        progress.advance(),
      ).finally(() => progress.end())
      // Read last: a change during the lookups would else seem undone.
      const role = await (await session.roles()).readRole(roleName)
      if (role === undefined && found.changes.length === 0) {
        throw new ConfigurationError(
          `account ${account} has no role ${roleName}, and CloudTrail shows none in ${region}: check the name and the profile`,
        )
      }
      const here = { stackName: session.stackName, account }
      const history = { ...found, roleName, role, since, region, here }
      if (json) session.out.printJson(historyJson(history))
      else session.out.printAll(formatHistory(history, session.out.paint))
    })
}

const HELP = `
Calls that failed are left out. CloudTrail shows a call up to 15 minutes late: if the trust policy in force is not the one
of the last call, that stands last, as "now". An event id is what \`restore --to\` takes.

Exit code: 0, or 1 on an error.

Examples:
  npx --no okta-role-trust history data-analyst
  npx --no okta-role-trust history data-analyst --json | jq '.changes[] | {time, actor}'`
