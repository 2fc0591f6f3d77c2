import { Command } from '@commander-js/extra-typings'
import type { StackInstance } from '../../src/aws/stack-sets.ts'
import type { Looked } from '../accounts/account.ts'
import { roleNameOption } from '../accounts/accounts-options.ts'
import { NoAccountsError } from '../accounts/choose-accounts.ts'
import { lookAcross } from '../accounts/look-across.ts'
import { errorMessageOf } from '../error-message.ts'
import type { CommandContext } from '../session/command-context.ts'
import { ownCommand } from '../session/commands.ts'
import { type AccountStatus, readAccountStatus } from './account-status.ts'
import { formatStatus, isFine, type StatusLine, statusTotals } from './format-status.ts'
import { settingsOfSet } from './org-settings.ts'
import { noSet, openOrganization, readEngine } from './organization-session.ts'
import { codeHashes, readRelease, versionOf } from './release-files.ts'

/** How many accounts are asked at once: four calls each. */
const CONCURRENCY = 16

/** `org status`: how each account fares. */
export function statusCommand(context: CommandContext) {
  return new Command('status')
    .summary('show how each account fares')
    .description(
      'Shows for each account of the organizational units whether its stack is current, and by a reader role in each account what runs there: version, mode, settings that were changed there, and the last sweep with its counts. Changes nothing.',
    )
    .option('--verify', "compare the functions' code with that of the release")
    .option('--release <folder>', 'folder with the files of that release', 'dist/release')
    .addOption(roleNameOption())
    .option('--json', 'print the status as JSON')
    .addHelpText('after', HELP)
    .action(async ({ verify, release: folder, roleName, json }, command) => {
      const session = context.session(command)
      const hashes = verify ? codeHashes(readRelease(folder).engine) : undefined
      const organization = await openOrganization(session)
      const { engine: name, sets } = organization
      const set = await readEngine(organization)
      if (set === undefined) throw noSet(name, organization)
      const instances = await sets.listInstances(name)
      const settings = settingsOfSet(set)
      const looked: Looked<AccountStatus>[] = []
      let isListed = true
      const units = [...new Set([...set.organizationalUnits, ...instances.map((one) => one.organizationalUnit)])]
      const parentIds = units.filter((unit) => unit !== '')
      if (parentIds.length > 0) {
        await lookAcross(
          session,
          {
            where: { kind: 'units', parentIds },
            except: [],
            roleName,
            concurrency: CONCURRENCY,
          },
          {
            look: (member) => readAccountStatus(member, settings, hashes),
            // No StackSet of this kind deploys to the management account.
            onLooked: async (one) => {
              if (one.accountId !== organization.organization.managementAccount) looked.push(one)
            },
          },
        ).catch((error: unknown) => {
          // What CloudFormation says of the accounts can be shown all the same.
          if (error instanceof NoAccountsError) return
          isListed = false
          session.err.print(
            session.err.paint('yellow', `Warning: no account was looked at: ${errorMessageOf(error, session.scope)}`),
          )
        })
      }
      const lines = joined(instances, looked)
      const version = versionOf(set.template)
      if (json) {
        session.out.printJson({ stackSet: name, version, settings, accounts: lines, totals: statusTotals(lines) })
      } else {
        session.out.printAll([`${name}${version === undefined ? '' : `, version ${version}`}:`])
        session.out.printAll(formatStatus(lines, version, session.out.paint))
      }
      if (lines.length === 0) {
        const deploy = ownCommand(session.scope, 'org', 'deploy', '--ou', 'OU_ID')
        session.err.print(`No account has it: \`${deploy}\` deploys to the accounts of a unit.`)
      }
      context.exitWith(isListed && lines.length > 0 && lines.every((line) => isFine(line, version)) ? 0 : 1)
    })
}

/** What CloudFormation says of an account, and what was found there: either can be missing. */
function joined(instances: readonly StackInstance[], looked: readonly Looked<AccountStatus>[]): readonly StatusLine[] {
  const byAccount = new Map(instances.map((instance) => [instance.account, instance]))
  const known = new Set(looked.map(({ accountId }) => accountId))
  return [
    ...looked.map((one) => ({ ...one, instance: byAccount.get(one.accountId) })),
    ...instances
      .filter(({ account }) => !known.has(account))
      .map((instance) => ({ accountId: instance.account, name: '', instance })),
  ]
}

const HELP = `
The last sweep is read from the log of scheduled-sweep: sweeps of the last 26 hours count.

Exit code: 0 if every account has a current stack that runs as the StackSet says and sweeps; 1 on an error, if one does not, or
could not be looked at (it is named with the reason), or if there is no account.

Examples:
  npx --no okta-role-trust org status
  npx --no okta-role-trust org status --verify --json`
