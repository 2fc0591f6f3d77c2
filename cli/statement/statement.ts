import { Command, Option } from '@commander-js/extra-typings'
import { managedStatement } from '../../src/trust-policy/managed-statement.ts'
import type { CommandContext } from '../session/command-context.ts'
import { addSettingsOptions } from '../session/settings.ts'
import { formatStatement, type StatementFormat } from './format-statement.ts'

const FORMATS: readonly StatementFormat[] = ['json', 'yaml', 'hcl']

/** `statement`: what to write where a role is defined, so that the system finds nothing to change in it. */
export function statementCommand(context: CommandContext) {
  const command = new Command('statement')
    .summary('print the statement to put into a trust policy, where a role is defined')
    .description(
      'Prints the statement by which a trust policy lets Okta in, to paste where the role is defined: then nothing is left to change, and nothing to undo. Changes nothing.',
    )
    .addOption(
      new Option('--format <format>', 'JSON, YAML for CloudFormation, or HCL for Terraform')
        .choices(FORMATS)
        .default<StatementFormat>('json'),
    )
    .addHelpText('after', HELP)
    .action(async ({ format }, command) => {
      const session = context.session(command)
      const { rules, parameterName } = await session.rulesForFile()
      const { wanted } = rules
      const source = { parameterName, providers: wanted.providers }
      session.out.printAll(formatStatement(managedStatement(wanted), format, source).split('\n'))
      if (format !== 'hcl') return
      const needs = `The SSM parameter ${parameterName} must be there, of type String or StringList, with ${wanted.providers.join(', ')}.`
      session.err.print(session.err.paint('dim', needs))
    })
  return addSettingsOptions(command)
}

const HELP = `
HCL takes the ARNs from the SSM parameter, YAML and JSON hold them. With --no-stack and --provider-arn, AWS is not called
at all.

Exit code: 0, or 1 on an error.

Examples:
  npx --no okta-role-trust statement
  npx --no okta-role-trust statement --format hcl > okta-sso.tf
  npx --no okta-role-trust statement --format yaml --no-stack --provider-arn arn:aws:iam::111122223333:saml-provider/Okta`
