import { Command, Option } from '@commander-js/extra-typings'
import { InvalidInputError } from '../../src/errors.ts'
import { readStandardInput, readText } from '../read-text.ts'
import type { CommandContext } from '../session/command-context.ts'
import type { Session } from '../session/session.ts'
import { addSettingsOptions } from '../session/settings.ts'
import { formatStatement } from '../statement/format-statement.ts'
import { type CheckedRole, type CheckRules, checkRole } from './check-role.ts'
import { type CheckedFile, formatCheckedFile } from './format-check.ts'
import { annotation, formatAnnotations } from './format-github.ts'
import { readDeclarations } from './read-declarations.ts'
import { whereaboutsOf } from './whereabouts.ts'

/** `check`: what the system would change in roles that are not made yet. */
export function checkCommand(context: CommandContext) {
  const command = new Command('check')
    .summary('say what would be changed in the roles of a plan or template')
    .description(
      'Reads Terraform plans, CloudFormation templates and trust policies, says of each role with the tag whether the system would change its trust policy, and prints the statement to write there. Changes nothing.',
    )
    .argument(
      '<file...>',
      'what `terraform show -json` prints, a template, or a trust policy; - for the standard input',
    )
    .addOption(new Option('--json', 'print the roles as JSON').conflicts('format'))
    .addOption(
      new Option('--format <format>', 'text, or annotations for GitHub Actions')
        .choices(FORMATS)
        .default<Format>('text'),
    )
    .addHelpText('after', HELP)
    .action(async (files, { json, format }, command) => {
      const session = context.session(command)
      const { out, err } = session
      const checked: CheckedFile[] = []
      let failed = false
      const settled = await session.rulesForFile()
      for (const file of new Set(files)) {
        try {
          const found = await checkFile(session, file, settled)
          checked.push(found)
          if (json) continue
          out.printAll(format === 'github' ? formatAnnotations(found) : formatCheckedFile(found, out.paint))
        } catch (error) {
          if (!(error instanceof InvalidInputError)) throw error
          failed = true
          err.print(`${err.paint('red', 'Error:')} ${error.message}`)
          if (format === 'github') out.print(annotation('error', pathOf(file), undefined, error.message))
        }
      }
      const roles = checked.flatMap((file) => file.roles)
      if (json) out.printJson({ roles: roles.map(roleLine) })
      context.exitWith(failed ? 1 : exitCodeOf(roles))
    })
  return addSettingsOptions(command)
}

type Format = 'text' | 'github'
const FORMATS: readonly Format[] = ['text', 'github']

function pathOf(file: string): string | undefined {
  return file === '-' ? undefined : file
}

type Settled = Awaited<ReturnType<Session['rulesForFile']>>

async function checkFile({ terminal, err }: Session, file: string, settled: Settled): Promise<CheckedFile> {
  const { rules, parameterName, readQuota } = settled
  const path = pathOf(file)
  const label = path ?? 'the standard input'
  const text = path === undefined ? await readStandardInput(terminal) : await readText(path)
  const whereabouts = whereaboutsOf(rules.wanted)
  const { language, roles: declared, remarks } = readDeclarations(text, label, whereabouts)
  for (const remark of remarks) err.print(err.paint('dim', `${label}: ${remark}.`))
  const checkRules: CheckRules = { rules, whereabouts, readQuota }
  const roles: CheckedRole[] = []
  for (const role of declared) {
    const checked = await checkRole(role, checkRules)
    if (checked !== undefined) roles.push(checked)
  }
  const source = { parameterName, providers: rules.wanted.providers }
  // Terraform takes &{ for a variable: such an audience can only be told as JSON.
  const format = language === 'hcl' && rules.wanted.audiences.some((one) => one.includes('&{')) ? 'json' : language
  return { label, path, roles, statementText: (statement) => formatStatement(statement, format, source) }
}

function roleLine({ name, kind, reason, detail, notes, statement }: CheckedRole) {
  return { name, kind, reason, ...(detail !== undefined && { detail }), notes, statement }
}

/** What a role lacks is told first: with that written, what is blocked or not known remains. */
function exitCodeOf(roles: readonly CheckedRole[]): number {
  if (roles.some(({ kind }) => kind === 'planned')) return 2
  return roles.every(({ kind }) => kind === 'unchanged') ? 0 : 1
}

const HELP = `
With --no-stack and --provider-arn, AWS is not called at all.

Exit code: 0 if nothing is to be written; 2 if a statement is, or has to go; 1 on an error, if a file could not be read, or
if a role is blocked or unknown and nothing else is to be written.

Examples:
  terraform show -json plan.out | npx --no okta-role-trust check -
  npx --no okta-role-trust check cdk.out/*.template.json
  npx --no okta-role-trust check template.yml --format github --no-stack --provider-arn arn:aws:iam::111122223333:saml-provider/Okta`
