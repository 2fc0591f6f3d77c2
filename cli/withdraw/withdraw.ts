import { Command } from '@commander-js/extra-typings'
import { lineOf, type RoleLine } from '../../src/sweep/report.ts'
import { type ChangeResult, isMade } from '../plan/apply-changes.ts'
import { changeRoles } from '../plan/change-roles.ts'
import { pathPrefixOption, roleOption } from '../plan/role-selection.ts'
import { plannedChange } from '../plan/saved-plan.ts'
import { askYesOrNo, refuseUnasked } from '../session/ask.ts'
import type { CommandContext } from '../session/command-context.ts'
import { ownCommand } from '../session/commands.ts'
import { countOf } from '../session/count-of.ts'
import type { Session } from '../session/session.ts'
import { addSettingsOptions } from '../session/settings.ts'
import { refuseEnforcing, refuseMisspeltStage } from './refuse-withdrawal.ts'
import { formatWithdrawal, planOf, type WithdrawalLine, withdrawalJson } from './withdrawal-plan.ts'

/** `withdraw`: takes the managed statements out of all roles, before the stack is removed or afterwards. */
export function withdrawCommand(context: CommandContext) {
  const command = new Command('withdraw')
    .summary("take this system's statements out of all roles, to remove it")
    .description(
      'Takes the statements that this system wrote out of the trust policy of every role that holds one, tagged or not, and nothing else: shows what would change, asks, and changes it. Nobody signs in by them any more. The stack must only report (setting `mode`), or be gone; the parameter and the provider are not needed.',
    )
    .addOption(roleOption)
    .addOption(pathPrefixOption)
    .option('--yes', 'do not ask')
    .option('--json', 'print what becomes of the roles as JSON; without --yes nothing is changed')
    .addHelpText('after', HELP)
    .action(async ({ role: roles, pathPrefix, yes, json }, command) => {
      const session = context.session(command)
      const { terminal, err, scope } = session
      if (!yes && !json) refuseUnasked(terminal, 'withdraw', ownCommand(scope, 'withdraw', '--json'))
      await refuseEnforcing(session)
      await refuseMisspeltStage(session)
      const plan = await planOf(session, { roles, pathPrefix })
      const { rules, iam, changes, lines } = plan
      const isDry = json === true && !yes
      // Stdout is for the JSON alone.
      const voice = json ? err : session.out
      if (!isDry) voice.printAll(formatWithdrawal(plan, voice.paint))
      await tellOfExcluded(session, plan.excluded)
      if (isDry) session.out.printJson(withdrawalJson(plan, lines, true))
      if (changes.length > 0 && !yes && (isDry || !(await isWanted(session, changes.length)))) {
        err.print('Nothing was changed.')
        return context.exitWith(1)
      }
      // A question can wait long for its answer, and a stack be deployed meanwhile.
      if (changes.length > 0) await refuseEnforcing(session)
      const results = await changeRoles(session, changes.map(plannedChange), async () => rules, iam, voice)
      const outcomes = lines.map((line) => outcomeOf(line, results))
      if (json && yes) session.out.printJson(withdrawalJson(plan, outcomes, false))
      context.exitWith(plan.isComplete && results.every(isMade) ? 0 : 1)
    })
  return addSettingsOptions(command, ['exclusions', 'sid'])
}

function outcomeOf(line: RoleLine, results: readonly ChangeResult[]): WithdrawalLine {
  const result = results.find(({ roleName }) => roleName === line.roleName)
  if (result === undefined) return line
  return 'arn' in result ? lineOf(result) : { ...result, arn: line.arn }
}

/** What the operator has forbidden is left alone, and how to do it all the same is said. */
async function tellOfExcluded(session: Session, names: readonly string[]): Promise<void> {
  if (names.length === 0) return
  const options = names.flatMap((name) => ['--role', name])
  const withdraw = ownCommand(session.scope, 'withdraw', ...options, ...(await session.settingsOptions()))
  const { err } = session
  const [number, verb] = [countOf(names.length, 'excluded role'), names.length === 1 ? 'keeps' : 'keep']
  err.print(
    err.paint('yellow', `Warning: ${number} ${verb} the statement. To take it out there too, run \`${withdraw}\``),
  )
}

async function isWanted({ terminal, caller }: Session, due: number): Promise<boolean> {
  const { account } = await caller()
  const question = `Take the statement out of the trust policies of ${countOf(due, 'role')} in account ${account}?`
  return askYesOrNo(terminal, question)
}

const HELP = `
Roles that the setting exclusions matches are named and left alone, unless --role names them.

Exit code: 0 if no role that was looked at holds such a statement any more; 1 on an error, if the answer is no, or if a
role keeps one: it is named with the reason. A role that would be left without a statement keeps it: IAM takes no such
trust policy. Ctrl-C stops after the writes in progress, and lists what was not started.

Examples:
  npx --no okta-role-trust withdraw
  npx --no okta-role-trust withdraw --role data-analyst
  npx --no okta-role-trust withdraw --json --yes > withdrawn.json
  npx --no okta-role-trust withdraw --no-stack`
