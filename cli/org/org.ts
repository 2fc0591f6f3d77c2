import { Command } from '@commander-js/extra-typings'
import type { CommandContext } from '../session/command-context.ts'
import { deployCommand } from './deploy.ts'
import { pauseCommand, resumeCommand } from './pause.ts'
import { removeCommand } from './remove.ts'
import { statusCommand } from './status.ts'

/** `org`: the commands that look after the StackSets of an organization. */
export function orgCommand(context: CommandContext) {
  const org = new Command('org')
    .summary('deploy to an organization, look after it, pause and remove it')
    .description(
      'Looks after the StackSets by which every account of an organization has this system: from the management account, or from one that is a delegated administrator of StackSets. Each command has its own --help.',
    )
  for (const make of [deployCommand, statusCommand, pauseCommand, resumeCommand, removeCommand]) {
    org.addCommand(make(context))
  }
  return org
}
