import { Command } from '@commander-js/extra-typings'
import { ConfigurationError } from '../../src/errors.ts'
import { lineOf } from '../../src/sweep/report.ts'
import { addRefusedAccountsOptions, refuseAccounts } from '../accounts/accounts-options.ts'
import { adviseOnRoles } from '../format-role.ts'
import { askYesOrNo, refuseUnasked } from '../session/ask.ts'
import type { CommandContext } from '../session/command-context.ts'
import { ownCommand } from '../session/commands.ts'
import { countOf } from '../session/count-of.ts'
import type { Session } from '../session/session.ts'
import { addSettingsOptions } from '../session/settings.ts'
import { isMade } from './apply-changes.ts'
import { changeRoles } from './change-roles.ts'
import { formatPlan } from './format-plan.ts'
import { countUnknown, makePlan, type PlannedSelection, printExclusions } from './make-plan.ts'
import { pathPrefixOption, roleOption } from './role-selection.ts'
import { checkPlan, type PlannedChange, plannedChange, readPlan, type StoredPlan } from './saved-plan.ts'
import { explainFindings } from './shown-finding.ts'
import {
  countHeldBack,
  isPassed,
  validateChanges,
  validateOption,
  validatePlan,
  withValidation,
} from './validate-plan.ts'

/** `apply`: the plan, a question, the changes. */
export function applyCommand(context: CommandContext) {
  const command = new Command('apply')
    .summary('show what would change, ask, and change it')
    .description(
      'Shows the plan, asks, and changes the trust policies. With the file of a saved plan it makes the changes that the plan holds and no others.',
    )
    .argument('[file]', 'a plan that `plan --out` saved')
    .addOption(roleOption)
    .addOption(pathPrefixOption)
    .addOption(validateOption)
    .option('--yes', 'do not ask')
    .addHelpText('after', HELP)
    .action(async (file, { role: roles, pathPrefix, validate = false, yes }, command) => {
      const session = context.session(command)
      refuseAccounts(command, ownCommand(session.scope, 'plan', '--org'))
      if (file !== undefined && (roles ?? pathPrefix) !== undefined) {
        throw new ConfigurationError('a saved plan names its roles already: leave out --role and --path-prefix')
      }
      const saved = file === undefined ? undefined : { file, plan: await readPlan(file) }
      if (!yes) refuseUnasked(session.terminal, 'apply', ownCommand(session.scope, 'plan'))
      await refuseFallback(session)
      const agreed =
        saved === undefined
          ? await showFreshPlan(session, { roles, pathPrefix }, validate)
          : await showSavedPlan(session, saved.plan, saved.file, validate || saved.plan.validate === true)
      if (agreed.changes.length > 0) await warnOfReportMode(session)
      if (agreed.changes.length > 0 && !yes && !(await isWanted(session, agreed.changes))) {
        session.err.print('Nothing was changed.')
        return context.exitWith(1)
      }
      const results = await changeRoles(session, agreed.changes, session.freshRules, await session.roles())
      context.exitWith(agreed.complete && results.every(isMade) ? 0 : 1)
    })
  return addSettingsOptions(addRefusedAccountsOptions(command))
}

/**
 * Looking with the defaults does no harm. Changing with them could reach a role that a stack of another name excludes, or write
 * what it undoes.
 */
async function refuseFallback(session: Session): Promise<void> {
  if (!(await session.settings()).isFallback) return
  const { region } = await session.caller()
  throw new ConfigurationError(
    `there is no stack ${session.stackName} in ${region} to take the settings from, and nothing was changed: give its --stage, or --no-stack to apply with the settings that the line above names`,
  )
}

/** A person may do what the functions may not: whoever does should know that nothing repeats or repairs it. */
async function warnOfReportMode(session: Session): Promise<void> {
  const { mode } = (await session.settings()).config
  if (mode !== 'report') return
  const { print, paint } = session.err
  print(
    paint(
      'yellow',
      `Warning: the stack ${session.stackName} only reports (mode: report): these changes are made with your own permissions, and the stack neither repeats nor repairs them.`,
    ),
  )
}

interface ShownPlan {
  readonly changes: readonly PlannedChange[]
  /** Whether every role that was asked for could be looked at, and no change was held back. */
  readonly complete: boolean
}

async function showFreshPlan(session: Session, selection: PlannedSelection, validate: boolean): Promise<ShownPlan> {
  const plan = await makePlan(session, selection)
  const { report, changes, exclusions } = validate ? await validatePlan(session, plan) : plan
  printExclusions(session, exclusions)
  session.out.printAll(formatPlan(report, session.out.paint))
  return { changes: changes.map(plannedChange), complete: countUnknown(report) + countHeldBack(report) === 0 }
}

async function showSavedPlan(session: Session, plan: StoredPlan, file: string, validate: boolean): Promise<ShownPlan> {
  const planned = checkPlan(plan, file, await session.rules(), await session.caller())
  const { print, printAll, paint } = session.out
  if (plan.validate === true) session.err.print('The plan was made with --validate, and is validated again.')
  const validations = validate ? await validateChanges(session, planned) : undefined
  const changes = planned.filter(({ roleName }) => validations === undefined || isPassed(validations.get(roleName)))
  const lines = planned.map((change) =>
    withValidation(
      lineOf({ ...change, kind: 'planned', notes: [], before: change.before ?? undefined }),
      validations?.get(change.roleName),
    ),
  )
  printAll([...adviseOnRoles(lines, paint), ...explainFindings(lines, paint)])
  if (planned.length === 0) print('  nothing is due')
  return { changes, complete: changes.length === planned.length }
}

async function isWanted({ terminal, caller }: Session, changes: readonly PlannedChange[]): Promise<boolean> {
  const [roles, { account }] = [countOf(changes.length, 'role'), await caller()]
  return askYesOrNo(terminal, `Change the trust policies of ${roles} in account ${account}?`)
}

const HELP = `
Exit code: 0 if every planned change is in force, 1 on an error, or if a change was not made or did not pass --validate.
Blocked roles are listed; they are not part of a plan. Ctrl-C stops after the writes in progress, and lists what was not
started.

Examples:
  npx --no okta-role-trust apply
  npx --no okta-role-trust apply --role data-analyst
  npx --no okta-role-trust apply --validate
  npx --no okta-role-trust plan --out plan.json; npx --no okta-role-trust apply plan.json --yes`
