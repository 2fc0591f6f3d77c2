import { Command, CommanderError, type CommandUnknownOpts, InvalidArgumentError } from '@commander-js/extra-typings'
import { version } from '../package.json'
import { checkCommand } from './check/check.ts'
import { doctorCommand } from './doctor/doctor.ts'
import { errorMessageOf } from './error-message.ts'
import { explainCommand } from './explain/explain.ts'
import { historyCommand } from './history/history.ts'
import { restoreCommand } from './history/restore.ts'
import { orgCommand } from './org/org.ts'
import { applyCommand } from './plan/apply.ts'
import { planCommand } from './plan/plan.ts'
import type { CommandContext } from './session/command-context.ts'
import { safeText } from './session/safe-text.ts'
import { openSession } from './session/session.ts'
import { type Output, type Terminal, voiceOf } from './session/terminal.ts'
import { statementCommand } from './statement/statement.ts'
import { withdrawCommand } from './withdraw/withdraw.ts'

const COMMANDS: readonly ((context: CommandContext) => CommandUnknownOpts)[] = [
  planCommand,
  applyCommand,
  explainCommand,
  checkCommand,
  statementCommand,
  historyCommand,
  restoreCommand,
  withdrawCommand,
  doctorCommand,
  orgCommand,
]

/**
 * Runs one command line and never throws.
 *
 * @param args without the program's own name
 * @returns the exit code: 1 for every error, which is printed on stderr; else what the command says
 */
export async function runProgram(args: readonly string[], terminal: Terminal): Promise<number> {
  let exitCode = 0
  const context: CommandContext = {
    session: (command, onWrongRegion) => openSession(terminal, command, onWrongRegion),
    exitWith: (code) => {
      exitCode = code
    },
  }
  const program = new Command('okta-role-trust')
    .description('Shows the changes that make tagged IAM roles trust Okta, and makes them when told to.')
    .version(version, '--version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .option('--profile <name>', 'profile of the shared AWS configuration')
    .option('--region <region>', "the stack's region (default: the only one of the partition where it can run)")
    .option('--stage <name>', 'stage of the stack', stageName, 'dev')
    .addHelpText('after', HELP)
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => write(terminal.stdout, text),
      writeErr: (text) => write(terminal.stderr, text),
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .showHelpAfterError('(see --help)')
    .exitOverride()
  for (const make of COMMANDS) {
    const command = make(context)
    program.addCommand(command.copyInheritedSettings(program))
    for (const part of command.commands) part.copyInheritedSettings(command)
  }
  try {
    await program.parseAsync(args, { from: 'user' })
    return exitCode
  } catch (error) {
    // Commander has printed it already; its code is 0 for the help and the version.
    if (error instanceof CommanderError) return error.exitCode
    const { print, paint } = voiceOf(terminal.stderr, terminal.environment)
    print(`${paint('red', 'Error:')} ${errorMessageOf(error, { profile: program.opts().profile })}`)
    return 1
  }
}

/** What no stack can be deployed as: osls refuses other signs, and infra/settings.cjs the name of the defaults. */
function stageName(text: string): string {
  if (/^[A-Za-z\d-]+$/.test(text) && text !== 'default') return text
  throw new InvalidArgumentError('Expected letters, digits and hyphens, and not the name default.')
}

/** What commander prints repeats what was typed, and has line breaks of its own. */
function write(output: Output, text: string): void {
  output.write(text.split('\n').map(safeText).join('\n'))
}

const HELP = `
It uses the AWS credentials that the AWS CLI would use, and the settings of the deployed stack; it works before a stack is
deployed, too. Only apply, restore, withdraw, and org deploy, pause, resume and remove change anything, and they ask first.

Examples:
  npx --no okta-role-trust plan --profile prod
  npx --no okta-role-trust explain data-analyst
  npx --no okta-role-trust apply --role data-analyst`
