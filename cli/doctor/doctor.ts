import { Command } from '@commander-js/extra-typings'
import * as z from 'zod/mini'
import { readInput } from '../../src/input.ts'
import { addAccountsOptions, readAccountsRequest } from '../accounts/accounts-options.ts'
import { refuseOptions } from '../accounts/refuse-options.ts'
import type { CommandContext } from '../session/command-context.ts'
import { addSettingsOptions } from '../session/settings.ts'
import { diagnose } from './diagnose.ts'
import { doctorAccounts } from './doctor-accounts.ts'
import { countFindings, formatFindings, totalsOf } from './format-findings.ts'

/** The option of another file that this command reads itself. */
const Options = z.looseObject({ stack: z.boolean() })

/** `doctor`: whether everything is in place for the system to work, and what to do where it is not. */
export function doctorCommand(context: CommandContext) {
  const command = new Command('doctor')
    .summary('check that everything is in place, and say what to do where it is not')
    .description(
      'Checks what the system needs: the region, the trail, the parameter, the SAML providers, the settings, every part of the deployed stack, and that Okta reaches the roles. Changes nothing.',
    )
    .option('--json', 'print the findings as JSON')
    .addHelpText('after', HELP)
    .action(async ({ json }, command) => {
      const session = context.session(command, 'correct')
      const { stack } = readInput(Options, command.optsWithGlobals(), 'options')
      const accounts = readAccountsRequest(command)
      if (accounts !== undefined) {
        refuseOptions(command, {})
        return context.exitWith(await doctorAccounts(session, accounts, { stack, json }))
      }
      const found = await diagnose(session, stack)
      const { out } = session
      const counts = countFindings(found.checks)
      if (json) out.printJson(found)
      else out.print(...formatFindings(found.checks, out.paint), `  ${totalsOf(counts)}`)
      context.exitWith(counts.failure > 0 ? 1 : 0)
    })
  return addSettingsOptions(addAccountsOptions(command))
}

const HELP = `
Each check is ok, a warning (nothing is broken now, or it could not be checked) or a failure, with what to do.

Exit code: 0 no failure, 1 a failure or an error, or an account that could not be reached.

Examples:
  npx --no okta-role-trust doctor
  npx --no okta-role-trust doctor --profile prod --stage prod
  npx --no okta-role-trust doctor --json
  npx --no okta-role-trust doctor --org
  npx --no okta-role-trust doctor --no-stack --parameter-name /sso/saml-provider-arn`
