import { Command } from '@commander-js/extra-typings'
import { ConfigurationError } from '../../src/errors.ts'
import { errorMessageOf } from '../error-message.ts'
import { askYesOrNo, refuseUnasked } from '../session/ask.ts'
import type { CommandContext } from '../session/command-context.ts'
import { awsCommand, ownCommand } from '../session/commands.ts'
import { countOf } from '../session/count-of.ts'
import type { Session } from '../session/session.ts'
import { uploadBundles } from './bundles.ts'
import { deploySet, isContentChanged, isDue } from './deploy-set.ts'
import { formatInstances, isInOrder } from './format-instances.ts'
import { allowOption, unitOption } from './org-options.ts'
import { orgSettings, paramOption, settingsOption } from './org-settings.ts'
import { type OrganizationSession, openOrganization } from './organization-session.ts'
import { planDeployment } from './plan-deployment.ts'
import { readRelease } from './release-files.ts'
import { readSamlMetadata } from './saml-metadata.ts'

/** Where `npm run release` writes. */
const DEFAULT_RELEASE = 'dist/release'

/** CloudFormation takes as many in an operation (CloudFormation quotas). */
const MOST_UNITS = 50

/** `org deploy`: this system in every account of an organization, by StackSets. */
export function deployCommand(context: CommandContext) {
  return new Command('deploy')
    .summary('deploy a release to the accounts of organizational units')
    .description(
      'Uploads the functions of a release, and makes or updates the StackSets that deploy it to every account of the organizational units, and to each that joins them. Shows what changes, asks, follows it, and prints what became of each account. The first deployment only reports (setting `mode`); a later one keeps the mode.',
    )
    .addOption(unitOption('--ou <id>', 'organizational unit or root to deploy to; may be given several times'))
    .addOption(unitOption('--canary <id>', 'organizational unit to deploy to first; the rest follows after a yes'))
    .option('--metadata <file>', "Okta's SAML metadata: makes the SAML provider and the SSM parameter in each account")
    .option('--provider-name <name>', 'name of the SAML provider; without --metadata each account has it already')
    .option('--hub <arn>', "ARN of the hub's event bus (setting hubBusArn)")
    .option(
      '--bucket <name>',
      "bucket for the functions' code (default: that of the StackSet, or of the stack okta-role-trust-bucket)",
    )
    .option('--release <folder>', 'folder with the files of a release', DEFAULT_RELEASE)
    .addOption(settingsOption)
    .addOption(paramOption)
    .addOption(allowOption)
    .option('--yes', 'do not ask')
    .addHelpText('after', HELP)
    .action(async (options, command) => {
      const session = context.session(command)
      const { terminal, err, out, scope } = session
      const { ou = [], canary = [], yes = false } = options
      const again = ownCommand(scope, 'org', 'deploy', ...wordsOf(options))
      if (!yes) refuseUnasked(terminal, 'org deploy')
      if (ou.length + canary.length > MOST_UNITS) {
        throw new ConfigurationError(
          `--ou: found ${ou.length + canary.length} organizational units, and StackSets takes ${MOST_UNITS}: name one above them, or deploy to some after the others`,
        )
      }
      const release = readRelease(options.release)
      const wanted = orgSettings(scope.stage, options.settings, options.param ?? [])
      const metadata = options.metadata === undefined ? undefined : await readSamlMetadata(options.metadata, new Date())
      const organization = await openOrganization(session)
      await checkUnits(organization, [...ou, ...canary])
      const plan = await planDeployment(session, organization, release, {
        ...options,
        wanted,
        metadata,
      })
      for (const warning of plan.warnings) err.print(err.paint('yellow', `Warning: ${warning}`))
      out.printAll(plan.lines)
      if (!plan.sets.some(isDue)) {
        out.print('  nothing is due')
        return
      }
      const accounts = countOf(plan.sets.at(-1)?.instances.length ?? 0, 'account')
      const question = `Deploy this to the organization ${organization.organization.id} (${accounts} so far)?`
      if (!yes && !(await askYesOrNo(terminal, question))) {
        err.print('Nothing was changed.')
        return context.exitWith(1)
      }
      const made: string[] = []
      const note = (what: string) => {
        made.push(what)
      }
      try {
        const uploaded = await uploadBundles(session, organization, plan.bucket, release)
        if (uploaded > 0) note(`${countOf(uploaded, 'file')} in the bucket ${plan.bucket}`)
        for (const set of plan.sets.filter(isDue)) {
          const deployed = await deploySet(session, organization, set, canary, yes, note)
          if (deployed.kind === 'failed' && set !== plan.sets.at(-1) && !isContentChanged(set)) {
            // Where a provider was there before, that fails each time, and must not keep a release from all others.
            err.print(`${deployed.message}.`)
          } else if (deployed.kind !== 'done') {
            await printInstances(session, organization, set.name)
            err.print(`${deployed.message}. To go on, run \`${again}\`; what is in order is left alone then.`)
            return context.exitWith(1)
          }
        }
        let isComplete = true
        for (const { name } of plan.sets) isComplete = (await printInstances(session, organization, name)) && isComplete
        if (!isComplete) err.print(`Not every account has it. Mend what the table says, and run \`${again}\`.`)
        context.exitWith(isComplete ? 0 : 1)
      } catch (error) {
        if (made.length === 0) throw error
        throw new ConfigurationError(
          `${errorMessageOf(error, scope)}. This is done and stays: ${made.join(', ')}. To go on, run \`${again}\``,
          { cause: error },
        )
      }
      if (plan.sets.at(-1)?.before === undefined) {
        err.print(
          `It only reports (mode: report). Look at what is due in each account, and let it write with \`${ownCommand(scope, 'org', 'resume', '--allow', 'mode')}\`.`,
        )
      }
    })
}

/** The options of a command line, as words to give them by again. */
function wordsOf(options: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.entries(options).flatMap(([name, value]) => {
    const option = `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
    if (value === true) return [option]
    if (option === '--release' && value === DEFAULT_RELEASE) return []
    const values = Array.isArray(value) && name !== 'allow' ? value : [value]
    return values.flatMap((one) => [option, `${one}`])
  })
}

async function checkUnits({ hasUnit, organization }: OrganizationSession, units: readonly string[]): Promise<void> {
  for (const unit of units) {
    if (await hasUnit(unit)) continue
    throw new ConfigurationError(
      `${unit}: the organization ${organization.id} has no such organizational unit, and nothing was changed: \`${awsCommand({ profile: undefined }, 'organizations list-organizational-units-for-parent', '--parent-id', 'PARENT_ID')}\` lists those below another or below the root`,
    )
  }
}

/** @returns whether every account has what it should have */
async function printInstances({ out }: Session, { sets }: OrganizationSession, name: string): Promise<boolean> {
  const instances = await sets.listInstances(name)
  out.print(`${name}:`)
  out.printAll(formatInstances(instances, out.paint))
  return instances.every(isInOrder)
}

const HELP = `
Exit code: 0 if every account has it, or nothing is due; 1 on an error, if the answer is no, or if an account lacks it: it is
named with the reason. Ctrl-C stops after the accounts in progress. Each step can be repeated: what is in order is left alone.

Examples:
  npx --no okta-role-trust org deploy --ou ou-a1b2-c3d4e5f6 --metadata okta-metadata.xml
  npx --no okta-role-trust org deploy --ou ou-a1b2-c3d4e5f6 --provider-name Okta --canary ou-a1b2-11112222
  npx --no okta-role-trust org deploy`
