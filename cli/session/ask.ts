import type { Readable } from 'node:stream'
import { confirm, isCancel, password } from '@clack/prompts'
import { ConfigurationError } from '../../src/errors.ts'
import { safeText } from './safe-text.ts'
import type { Terminal } from './terminal.ts'

/** Whether somebody is there to be asked. */
export function canAsk({ stdin, stderr }: Terminal): boolean {
  return stdin.isTTY === true && stderr.isTTY === true
}

/**
 * @param command that asks
 * @param look at what it would do, in the words of a sentence; where there is such a command
 * @throws ConfigurationError where nobody is there to be asked
 */
export function refuseUnasked(terminal: Terminal, command: string, look?: string): void {
  if (canAsk(terminal)) return
  throw new ConfigurationError(
    `${command} asks before it changes anything, and there is no terminal to ask on: run it in a terminal, or ${look === undefined ? '' : `look at \`${look}\` first and `}add --yes`,
  )
}

/** Asks on stderr, so that stdout holds nothing but the answer. Ctrl-C, Ctrl-D, Escape and the end of the input mean no. */
export async function askYesOrNo({ stdin: input, stderr: output }: Terminal, question: string): Promise<boolean> {
  const message = safeText(question)
  const answer = await untilEnd(input, (signal) => confirm({ message, initialValue: false, input, output, signal }))
  return answer === true
}

/** Asks for a text that is not echoed. */
export async function askText(terminal: Terminal, question: string): Promise<string> {
  if (!canAsk(terminal)) {
    throw new ConfigurationError(
      `${question}: there is no terminal to ask on; sign in beforehand, or run this in a terminal`,
    )
  }
  const { stdin: input, stderr: output } = terminal
  const message = safeText(question)
  const answer = await untilEnd(input, (signal) => password({ message, input, output, signal }))
  if (isCancel(answer)) throw new ConfigurationError(`${question}: no answer was given, and nothing was changed`)
  return answer
}

/** Cancels a question that nobody can answer any more: it would wait forever, and the process would end in silence. */
async function untilEnd<Answer>(input: Readable, ask: (signal: AbortSignal) => Promise<Answer>): Promise<Answer> {
  const ended = new AbortController()
  const end = () => ended.abort()
  const onKey = (_text: unknown, key: { readonly ctrl?: boolean; readonly name?: string } = {}) => {
    if (key.ctrl && key.name === 'd') end()
  }
  input.once('end', end).once('close', end).on('keypress', onKey)
  if (input.readableEnded) end()
  try {
    return await ask(ended.signal)
  } finally {
    input.off('end', end).off('close', end).off('keypress', onKey)
  }
}
