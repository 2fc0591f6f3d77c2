import { confirm, isCancel, password } from '@clack/prompts'
import { ConfigurationError } from '../src/errors.ts'
import type { Terminal } from './terminal.ts'

/** Whether somebody is there to be asked. */
export function canAsk({ stdin, stderr }: Terminal): boolean {
  return stdin.isTTY === true && stderr.isTTY === true
}

/** Asks on stderr, so that stdout holds nothing but the answer. Ctrl-C and Escape mean no. */
export async function askYesOrNo(terminal: Terminal, question: string): Promise<boolean> {
  const { stdin: input, stderr: output } = terminal
  return (await confirm({ message: question, initialValue: false, input, output })) === true
}

/** Asks for a text that is not shown. */
export async function askText(terminal: Terminal, question: string): Promise<string> {
  if (!canAsk(terminal)) {
    throw new ConfigurationError(`${question}: nobody is there to be asked; sign in beforehand, or run in a terminal`)
  }
  const { stdin: input, stderr: output } = terminal
  const answer = await password({ message: question, input, output })
  if (isCancel(answer)) throw new ConfigurationError(`${question}: none was given`)
  return answer
}
