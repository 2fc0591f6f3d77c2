import { Command, InvalidArgumentError } from '@commander-js/extra-typings'
import { patientCloudTrailClient } from '../../src/aws/clients.ts'
import { eventHistory } from '../../src/aws/cloudtrail.ts'
import { isSamePolicy } from '../../src/trust-policy/same-policy.ts'
import { askYesOrNo, refuseUnasked } from '../session/ask.ts'
import type { CommandContext } from '../session/command-context.ts'
import { ownCommand } from '../session/commands.ts'
import { arnText, readRole } from '../session/named-role.ts'
import { jsonOf } from '../session/parse-json.ts'
import { addSettingsOptions } from '../session/settings.ts'
import { trustPolicyDiff } from '../trust-policy-diff.ts'
import { reactionTo, restorableDocument, writeInPlaceOf } from './restore-trust-policy.ts'

/**
 * `restore`: puts a trust policy back as it was after an event. It is the only command that writes a document which the
 * engine did not plan: whoever runs it decides what the role trusts.
 */
export function restoreCommand(context: CommandContext) {
  const command = new Command('restore')
    .summary("put a role's trust policy back as it was after an event")
    .description(
      'Puts the trust policy of a role back as it was after an event of `history`: shows what would change, asks, and writes. It is the only command that writes a document which the engine did not plan.',
    )
    .argument('<role>', 'a role, by name or ARN')
    .requiredOption('--to <event-id>', 'the event after which the trust policy was as it should be', readEventId)
    .option('--yes', 'do not ask')
    .addHelpText('after', HELP)
    .action(async (nameOrArn, { to, yes }, command) => {
      const session = context.session(command)
      const { terminal, out, err } = session
      if (!yes) refuseUnasked(terminal, 'restore', ownCommand(session.scope, 'history', nameOrArn))
      const rules = await session.rules()
      const { target, account } = await session.caller()
      const role = await readRole(session, nameOrArn)
      const { roleName, document: before } = role
      const iam = await session.roles()
      const history = eventHistory(patientCloudTrailClient(target))
      const after = await restorableDocument(role, to, history, iam.readQuota, session.scope)
      if (isSamePolicy(before, after)) {
        return out.print(`The trust policy of ${roleName} is as it was after event ${to}: there is nothing to restore.`)
      }
      out.print(
        `Role ${roleName} (${arnText(role)}), back to its trust policy after event ${to}:`,
        ...trustPolicyDiff(jsonOf(before), jsonOf(after), out.paint),
      )
      const { mode } = (await session.settings()).config
      const reaction = await reactionTo(after, role, { ...rules, mode }, iam.readQuota, session.scope)
      if (reaction !== undefined) err.print(err.paint('yellow', `Warning: ${reaction}.`))
      if (!yes && !(await askYesOrNo(terminal, `Restore the trust policy of ${roleName} in account ${account}?`))) {
        err.print('Nothing was changed.')
        return context.exitWith(1)
      }
      await writeInPlaceOf(role, after, iam)
      out.print(`  ${out.paint('green', 'restored')}   ${roleName}`, `             before that: ${oneLine(before)}`)
    })
  return addSettingsOptions(command)
}

function readEventId(id: string): string {
  if (/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(id)) return id.toLowerCase()
  throw new InvalidArgumentError('expected the id of an event, as `history` shows it.')
}

/** All that was in force, so that it can be put back where CloudTrail shows no event that wrote it. */
function oneLine(document: string): string {
  return JSON.stringify(jsonOf(document))
}

const HELP = `
What IAM would refuse is not tried: a trust policy that names a deleted user or role, or that is too long. Roles that IAM
lets nobody change, and those of this system, are refused. If the role has changed by the time you answer, nothing is
written.

Exit code: 0 if the trust policy after that event is in force, 1 on an error, or if the answer is no.

Examples:
  npx --no okta-role-trust history data-analyst
  npx --no okta-role-trust restore data-analyst --to 0f6c3e9a-d582-4b17-ae40-95c1b7d8f263`
