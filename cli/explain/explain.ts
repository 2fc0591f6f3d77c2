import { Command } from '@commander-js/extra-typings'
import { decideRole, outcomeOf } from '../../src/role/decide-role.ts'
import { planWithinQuota } from '../../src/role/quota.ts'
import { planTrust } from '../../src/trust-policy/plan.ts'
import { readStandardInput, readText } from '../read-text.ts'
import type { CommandContext } from '../session/command-context.ts'
import { arnText, readRole } from '../session/named-role.ts'
import type { Session } from '../session/session.ts'
import { addSettingsOptions } from '../session/settings.ts'
import { type Explained, explanationLine } from './explained.ts'
import { formatExplained } from './format-explanation.ts'
import { readGivenDocument } from './given-document.ts'

/** `explain`: why a trust policy does or does not let Okta in, and what would be done about it. */
export function explainCommand(context: CommandContext) {
  const command = new Command('explain')
    .summary('say why a trust policy does or does not let Okta in')
    .description(
      'Explains, statement by statement, how a trust policy affects sign-in through Okta, and what would be done about it. Changes nothing.',
    )
    .argument('<role-or-file>', 'a role, by name or ARN; a file with a trust policy; or - for the standard input')
    .option('--json', 'print the same as JSON')
    .addHelpText('after', HELP)
    .action(async (target, { json }, command) => {
      const session = context.session(command)
      const explained = isFile(target) ? await explainFile(session, target) : await explainRole(session, target)
      if (!json) return session.out.printAll(formatExplained(explained, session.out.paint))
      session.out.printJson(explanationLine(explained))
      context.exitWith(exitCodeOf(explained.outcome))
    })
  return addSettingsOptions(command)
}

/** A role's name holds no slash, and is seldom one of a JSON file; an ARN holds both a colon and a slash. */
function isFile(target: string): boolean {
  return target === '-' || (!target.startsWith('arn:') && (/[/\\]/.test(target) || /\.json$/i.test(target)))
}

async function explainFile(session: Session, file: string): Promise<Explained> {
  const [text, source] =
    file === '-' ? [await readStandardInput(session.terminal), 'the standard input'] : [await readText(file), file]
  const { document, roleName = '' } = readGivenDocument(text, source)
  const { rules, readQuota } = await session.rulesForFile()
  const plan = await planWithinQuota((quota) => planTrust(document, rules.wanted, quota), readQuota)
  return {
    title: `The trust policy ${roleName ? `of the role ${roleName} ` : ''}in ${source}`,
    condition: ', if a tagged role had it',
    document,
    wanted: rules.wanted,
    outcome: outcomeOf({ roleName, arn: null, document }, plan),
    withTag: undefined,
  }
}

async function explainRole(session: Session, nameOrArn: string): Promise<Explained> {
  const rules = await session.rules()
  const role = await readRole(session, nameOrArn, `; a file needs a slash in its name, such as ./${nameOrArn}`)
  const { readQuota } = await session.roles()
  const { outcome } = await decideRole(role, rules, readQuota)
  const isUntagged = outcome.kind === 'skipped' && outcome.reason === 'untagged'
  return {
    title: `Role ${role.roleName} (${arnText(role)})`,
    condition: '',
    document: role.document,
    wanted: rules.wanted,
    outcome,
    withTag: isUntagged ? (await decideRole({ ...role, tags: [rules.tag] }, rules, readQuota)).outcome : undefined,
  }
}

function exitCodeOf({ kind }: Explained['outcome']): number {
  if (kind === 'planned') return 2
  return kind === 'blocked' ? 1 : 0
}

const HELP = `
An argument that contains a slash or ends in .json is a file, unless it is an ARN; any other is a role. With a file,
--no-stack and --provider-arn, AWS is not called at all.

Exit code: 0, or 1 on an error; with --json also 1 if the trust policy is blocked, and 2 if a change is due.

Examples:
  npx --no okta-role-trust explain data-analyst
  npx --no okta-role-trust explain ./trust-policy.json --no-stack --provider-arn arn:aws:iam::111122223333:saml-provider/Okta
  aws iam get-role --role-name data-analyst --output json | npx --no okta-role-trust explain -
  npx --no okta-role-trust explain data-analyst --json`
