import { Command, Option } from '@commander-js/extra-typings'
import { version } from '../../package.json'
import { addAccountsOptions, readAccountsRequest } from '../accounts/accounts-options.ts'
import { refuseOptions } from '../accounts/refuse-options.ts'
import type { CommandContext } from '../session/command-context.ts'
import { ownCommand } from '../session/commands.ts'
import { addSettingsOptions } from '../session/settings.ts'
import { formatPlan } from './format-plan.ts'
import { countUnknown, makePlan, printExclusions } from './make-plan.ts'
import { planAccounts } from './plan-accounts.ts'
import { pathPrefixOption, roleOption } from './role-selection.ts'
import { savePlan } from './saved-plan.ts'

/** `plan`: what would change, and nothing is written. */
export function planCommand(context: CommandContext) {
  const command = new Command('plan')
    .summary('show what would change, and change nothing')
    .description(
      'Reads the roles and shows what would change in their trust policies, what cannot be changed and why, and what is left alone. Changes nothing.',
    )
    .addOption(roleOption)
    .addOption(pathPrefixOption)
    .option('--summary', 'print one line per role')
    .addOption(new Option('--json', 'print the report as JSON').conflicts('summary'))
    .option('--out <file>', 'save the plan, for `apply <file>`')
    .addHelpText('after', HELP)
    .action(async ({ role: roles, pathPrefix, summary, json, out }, command) => {
      const session = context.session(command)
      const accounts = readAccountsRequest(command)
      if (accounts !== undefined) {
        refuseOptions(command, ACROSS_ACCOUNTS)
        return context.exitWith(await planAccounts(session, accounts, { pathPrefix, json }))
      }
      const plan = await makePlan(session, { roles, pathPrefix })
      const { report } = plan
      printExclusions(session, plan.exclusions)
      if (json) session.out.printJson({ version, ...report })
      else session.out.printAll(formatPlan(report, session.out.paint, summary))
      if (out !== undefined) {
        await savePlan(out, plan, await session.caller())
        const apply = ownCommand(session.scope, 'apply', out, ...(await session.settingsOptions()))
        session.err.print(`Saved. To make these changes and no others, run \`${apply}\``)
      }
      if (countUnknown(report) > 0) return context.exitWith(1)
      context.exitWith(report.counts.planned > 0 ? 2 : 0)
    })
  return addSettingsOptions(addAccountsOptions(command))
}

/** What makes no sense for several accounts, and what does instead. */
const ACROSS_ACCOUNTS = {
  role: 'a role is one of a single account; name it there, with --profile, or give --path-prefix',
  summary: 'an account has one line already',
  out: 'a saved plan is of a single account; save it there, with --profile',
}

const HELP = `
Exit code: 0 if nothing is due, 2 if changes are due, 1 on an error, or if a role could not be read, or an account not be
reached.

Examples:
  npx --no okta-role-trust plan
  npx --no okta-role-trust plan --summary
  npx --no okta-role-trust plan --profile prod --role data-analyst --role ml-engineer
  npx --no okta-role-trust plan --path-prefix /analytics/ --out plan.json
  npx --no okta-role-trust plan --org --except 111122223333
  npx --no okta-role-trust plan --no-stack --provider-arn arn:aws:iam::111122223333:saml-provider/Okta`
