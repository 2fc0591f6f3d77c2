import type { CommandUnknownOpts } from '@commander-js/extra-typings'
import type { Session } from './session.ts'

/**
 * One run of the command line, as a command gets it when it is built.
 *
 * A new command lives in a file of its own, such as `cli/doctor/doctor.ts`, which exports `doctorCommand(context: CommandContext)`: it returns
 * a `new Command('doctor')` with its texts, options and action, and stands in COMMANDS of `cli/program.ts`. The action calls
 * `context.session(command)` for all that it works with, writes its answer with `session.out.print`, everything else with
 * `session.err.print`, throws where it cannot go on (`errorMessageOf` makes one line of it), and names another exit code than 0
 * with `context.exitWith`. Whose action decides about roles adds the options of `addSettingsOptions`.
 */
export interface CommandContext {
  /**
   * @param command the one whose action runs: the last argument of the action
   * @param onWrongRegion as of `openSession`
   */
  session(command: CommandUnknownOpts, onWrongRegion?: 'refuse' | 'correct'): Session
  exitWith(code: number): void
}
