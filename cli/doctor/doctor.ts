import { Command } from '@commander-js/extra-typings'
import * as z from 'zod/mini'
import { readInput } from '../../src/input.ts'
import type { CommandContext } from '../session/command-context.ts'
import { countOf } from '../session/count-of.ts'
import type { Colour, Paint } from '../session/paint.ts'
import { addSettingsOptions } from '../session/settings.ts'
import type { Finding, Level } from './finding.ts'
import { runChecks } from './run-checks.ts'

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
      const checks = await runChecks(session, { stack, now: new Date() })
      const { account, region } = await session.caller()
      const answer = { account, region, stack: session.stackName, checks }
      if (json) session.out.printJson(answer)
      else session.out.print(...formatFindings(checks, session.out.paint))
      context.exitWith(checks.some(({ level }) => level === 'failure') ? 1 : 0)
    })
  return addSettingsOptions(command)
}

const COLOURS: Readonly<Record<Level, Colour>> = { ok: 'green', warning: 'yellow', failure: 'red' }

/** A line for each finding, a second one for its remedy, and the totals last. */
function formatFindings(findings: readonly Finding[], paint: Paint): readonly string[] {
  const lines = findings.flatMap(({ check, level, message, remedy }) => [
    `  ${paint(COLOURS[level], level.padEnd(8))} ${paint('bold', check.padEnd(15))}  ${message}`,
    ...(remedy === undefined ? [] : [`           ${paint('dim', `→ ${remedy}`)}`]),
  ])
  return [...lines, `  ${totalsOf(findings)}`]
}

function totalsOf(findings: readonly Finding[]): string {
  const count = (level: Level) => findings.filter((finding) => finding.level === level).length
  return `${count('ok')} ok, ${countOf(count('warning'), 'warning')}, ${countOf(count('failure'), 'failure')}`
}

const HELP = `
Each check is ok, a warning (nothing is broken now, or it could not be checked) or a failure, with what to do.

Exit code: 0 no failure, 1 a failure or an error.

Examples:
  npx --no okta-role-trust doctor
  npx --no okta-role-trust doctor --profile prod --stage prod
  npx --no okta-role-trust doctor --json
  npx --no okta-role-trust doctor --no-stack --parameter-name /sso/saml-provider-arn`
