import { Command } from '@commander-js/extra-typings'
import { pathPrefixOption, roleOption } from './extent-options.ts'
import { isComplete, makePlan, tellExclusions } from './make-plan.ts'
import type { Run } from './run.ts'
import { savePlan } from './saved-plan.ts'
import { addSettingsOptions } from './settings.ts'
import { tellPlan } from './tell-plan.ts'

/** `plan`: what would change, and nothing is written. */
export function planCommand(run: Run) {
  const command = new Command('plan')
    .summary('show what would change, and change nothing')
    .description(
      'Reads the roles and shows what would change in their trust policies, what cannot be changed and why, and what is left alone. Changes nothing.',
    )
    .addOption(roleOption)
    .addOption(pathPrefixOption)
    .option('--json', 'print the report as JSON')
    .option('--out <file>', 'save the plan, for `apply <file>`')
    .addHelpText('after', HELP)
    .action(async ({ role, pathPrefix, json, out }, command) => {
      const session = run.session(command)
      const plan = await makePlan(session, { roleNames: role, pathPrefix })
      const { report } = plan
      tellExclusions(session, plan.exclusions)
      if (out !== undefined) await savePlan(out, plan, await session.caller())
      session.out.say(...(json ? [JSON.stringify(report, null, 2)] : tellPlan(report, session.out.paint)))
      if (out !== undefined)
        session.err.say(`Saved: to change what it says and nothing else, okta-role-trust apply ${out}`)
      if (!isComplete(report)) return run.exitWith(1)
      run.exitWith(report.counts.planned > 0 ? 2 : 0)
    })
  return addSettingsOptions(command)
}

const HELP = `
Exit code: 0 nothing is due, 2 changes are due, 1 an error, or a role that could not be read.

Examples:
  okta-role-trust plan
  okta-role-trust plan --profile prod --role data-analyst --role ml-engineer
  okta-role-trust plan --path-prefix /analytics/ --out plan.json
  okta-role-trust plan --no-stack --provider-arn arn:aws:iam::111122223333:saml-provider/Okta`
