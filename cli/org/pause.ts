import { Command } from '@commander-js/extra-typings'
import pausePolicy from '../../org/pause-scp.json'
import { changedSettings, refusalsOf } from '../../src/config/setting-changes.ts'
import { ConfigurationError } from '../../src/errors.ts'
import { askYesOrNo, refuseUnasked } from '../session/ask.ts'
import type { CommandContext } from '../session/command-context.ts'
import { awsCommand, ownCommand } from '../session/commands.ts'
import { countOf } from '../session/count-of.ts'
import type { Session } from '../session/session.ts'
import { settingsOf } from '../stack-settings.ts'
import { followOperation, orGoOn } from './follow-operation.ts'
import { formatInstances, isInOrder } from './format-instances.ts'
import { allowOption } from './org-options.ts'
import { settingsOfSet } from './org-settings.ts'
import { noSet, openOrganization, readEngine } from './organization-session.ts'
import { versionOf } from './release-files.ts'

type Mode = 'report' | 'enforce'

/** `org pause`: no account writes any more; each still tells what is due. */
export function pauseCommand(context: CommandContext) {
  return new Command('pause')
    .summary('let every account only report')
    .description(
      'Sets the mode of every account to `report`: the functions lose the permission to write trust policies, and go on telling what is due. Asks first.',
    )
    .option('--yes', 'do not ask')
    .addHelpText('after', `${EXIT_CODES}\n\nExample:\n  npx --no okta-role-trust org pause`)
    .action(async ({ yes = false }, command) => {
      context.exitWith(await setMode(context.session(command), 'report', [], yes))
    })
}

/** `org resume`: every account writes what is due again. */
export function resumeCommand(context: CommandContext) {
  return new Command('resume')
    .summary('let every account write what is due')
    .description(
      'Sets the mode of every account to `enforce`. That lets the functions write trust policies, so it takes `--allow mode`, and asks.',
    )
    .addOption(allowOption)
    .option('--yes', 'do not ask')
    .addHelpText('after', `${EXIT_CODES}\n\nExample:\n  npx --no okta-role-trust org resume --allow mode`)
    .action(async ({ allow = [], yes = false }, command) => {
      context.exitWith(await setMode(context.session(command), 'enforce', allow, yes))
    })
}

/** @returns the exit code */
async function setMode(session: Session, mode: Mode, allowed: readonly string[], yes: boolean): Promise<number> {
  const { terminal, out, err, scope } = session
  const verb = mode === 'report' ? 'pause' : 'resume'
  if (!yes) refuseUnasked(terminal, `org ${verb}`)
  const organization = await openOrganization(session)
  const { engine: name, sets, caller } = organization
  const set = await readEngine(organization)
  if (set === undefined) throw noSet(name, organization)
  const from = settingsOfSet(set)
  const changes = changedSettings([{ functionName: '', from, to: { ...from, mode } }], settingsOf({}), caller.partition)
  const instances = await sets.listInstances(name)
  if (changes.length === 0 && instances.every(isInOrder)) {
    out.print(`  mode: ${mode} in every account already`)
    return 0
  }
  const refusals = refusalsOf(changes, changes.length === 0 ? [] : allowed)
  if (refusals.length > 0) throw new ConfigurationError(`nothing was changed: ${refusals.join('; ')}`)
  out.printAll([`  ${name}`, ...changes.map(({ text }) => `    ${text}`)])
  const behind = instances.filter((instance) => !isInOrder(instance)).length
  if (behind > 0) {
    const version = versionOf(set.template)
    out.print(
      `    ${countOf(behind, 'account')} that ${behind === 1 ? 'is' : 'are'} not current ${behind === 1 ? 'gets' : 'get'} all that the StackSet has with it${version === undefined ? '' : `: version ${version}`}`,
    )
  }
  if (mode === 'report') tellOfPolicy(session)
  const question = `Set the mode of ${countOf(instances.length, 'account')} to ${mode}?`
  if (!yes && !(await askYesOrNo(terminal, question))) {
    err.print('Nothing was changed.')
    return 1
  }
  // A release may have been deployed while the question waited, and stays.
  const current = (await readEngine(organization)) ?? set
  const id = await sets.update(name, { ...current, parameters: { ...current.parameters, Mode: mode } })
  // By now the StackSet has the mode, so that nothing is weakened once more.
  const again = ownCommand(scope, 'org', verb, ...(yes ? ['--yes'] : []))
  return orGoOn(session, again, async () => {
    const { status } = await followOperation(session, sets, name, id, verb)
    const after = await sets.listInstances(name)
    out.printAll(formatInstances(after, out.paint))
    if (status === 'SUCCEEDED' && after.every(isInOrder)) return 0
    err.print(`Accounts that are not current keep the mode that they had. To go on, run \`${again}\``)
    return 1
  })
}

/** A StackSet needs minutes. A service control policy holds at once, and in accounts that StackSets cannot reach. */
function tellOfPolicy({ err }: Session): void {
  const create = awsCommand(
    { profile: undefined },
    'organizations create-policy',
    ...[
      '--type',
      'SERVICE_CONTROL_POLICY',
      '--name',
      'pause-okta-role-trust',
      '--description',
      'Pauses okta-role-trust',
    ],
    // Not by its file, which whoever installed a release does not have.
    ...['--content', JSON.stringify(pausePolicy)],
  )
  const attach = awsCommand(
    { profile: undefined },
    'organizations attach-policy',
    ...['--policy-id', 'POLICY_ID', '--target-id', 'OU_ID'],
  )
  err.print(
    `Faster, and at once: in the management account, \`${create}\`, then \`${attach}\` with the id that this prints; due roles show as blocked until it is detached.`,
  )
}

const EXIT_CODES = `
Exit code: 0 if every account has the mode; 1 on an error, if the answer is no, or if an account lacks it: it is named with the
reason. Ctrl-C stops after the accounts in progress; the same command goes on.`
