import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { askText } from '../../cli/session/ask.ts'

const stream = () => Object.assign(new PassThrough(), { isTTY: true, columns: 80, setRawMode: () => {} })

test.each<[string, (stdin: PassThrough) => void]>([
  ['Ctrl-C', (stdin) => stdin.write('\u0003')],
  ['Ctrl-D', (stdin) => stdin.write('\u0004')],
  ['the end of the input', (stdin) => stdin.end()],
  ['the end of the terminal', (stdin) => stdin.destroy()],
])('a code that is not given, by %s, is an error, and nobody waits for it', async (_, leave) => {
  const [stdin, stdout, stderr] = [stream(), stream(), stream()]
  const terminal = { stdin, stdout, stderr, environment: {}, onInterrupt: () => () => {} }
  const answer = askText(terminal, 'Code of the MFA device \u001b]0;x')
  leave(stdin)
  await expect(answer).rejects.toThrow(/: no answer was given, and nothing was changed$/)
  expect(String(stderr.read())).not.toContain('\u001b]')
})
