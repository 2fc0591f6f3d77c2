import { Command } from '@commander-js/extra-typings'
import { askYesOrNo, refuseUnasked } from '../session/ask.ts'
import type { CommandContext } from '../session/command-context.ts'
import { ownCommand } from '../session/commands.ts'
import { countOf } from '../session/count-of.ts'
import { followOperation, orGoOn } from './follow-operation.ts'
import { formatInstances } from './format-instances.ts'
import { settingsOfSet } from './org-settings.ts'
import { openOrganization, readEngine, readSet } from './organization-session.ts'

/** `org remove`: the functions out of every account. */
export function removeCommand(context: CommandContext) {
  return new Command('remove')
    .summary('remove the functions from every account')
    .description(
      'Deletes the stacks with the functions in every account, and then their StackSet. Asks first. The statements in the roles, the SAML providers and the SSM parameters stay: people go on signing in.',
    )
    .option('--yes', 'do not ask')
    .addHelpText('after', HELP)
    .action(async ({ yes = false }, command) => {
      const session = context.session(command)
      const { terminal, out, err, scope } = session
      if (!yes) refuseUnasked(terminal, 'org remove')
      const organization = await openOrganization(session)
      const { engine: name, identity, sets, caller } = organization
      const set = await readEngine(organization)
      if (set === undefined) {
        out.print(
          `  there is no StackSet ${name} in ${caller.region} of the account ${caller.account}: nothing to remove`,
        )
        return
      }
      const instances = await sets.listInstances(name)
      const keeps = await readSet(organization, identity)
      const again = ownCommand(scope, 'org', 'remove', ...(yes ? ['--yes'] : []))
      err.print(
        err.paint(
          'yellow',
          `Warning: the statements that it wrote stay in the roles, and nobody renews them. To take them out first, ${settingsOfSet(set).mode === 'report' ? '' : `run \`${ownCommand(scope, 'org', 'pause')}\`, then `}run \`${ownCommand(scope, 'withdraw')}\` in each account.`,
        ),
      )
      const question = `Delete the stacks of ${name} in ${countOf(instances.length, 'account')}, and the StackSet?`
      if (!yes && !(await askYesOrNo(terminal, question))) {
        err.print('Nothing was changed.')
        return context.exitWith(1)
      }
      const units = [...new Set([...set.organizationalUnits, ...instances.map((one) => one.organizationalUnit)])]
      const targets = units.filter((unit) => unit !== '')
      const exitCode = await orGoOn(session, again, async () => {
        // Also without an instance: what was told to deploy to a unit would deploy to the next account that joins it.
        if (targets.length > 0) {
          const id = await sets.deleteInstances(name, targets)
          await followOperation(session, sets, name, id, 'removing')
        }
        const left = await sets.listInstances(name)
        if (left.length > 0) {
          out.printAll(formatInstances(left, out.paint))
          err.print(
            `${countOf(left.length, 'account')} still ${left.length === 1 ? 'has' : 'have'} a stack, and the StackSet stays. To go on, run \`${again}\`; where that does not help, docs/organization.md, "What can go wrong".`,
          )
          return 1
        }
        await sets.deleteSet(name)
        out.print(`  removed from ${countOf(instances.length, 'account')}, with the StackSet ${name}`)
        const provider =
          keeps === undefined
            ? 'the SAML providers and SSM parameters'
            : `the StackSet ${identity} with the SAML providers and SSM parameters`
        out.print(`  these stay: the statements in the roles, ${provider}, and the bucket with the code`)
        return 0
      })
      context.exitWith(exitCode)
    })
}

const HELP = `
It can be repeated, and \`org deploy\` deploys anew what it removed.

Exit code: 0 if no account has a stack any more; 1 on an error, if the answer is no, or if an account keeps its stack: it is
named with the reason. Ctrl-C stops after the accounts in progress; the same command goes on.

Example:
  npx --no okta-role-trust org remove`
