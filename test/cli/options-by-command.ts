import { runCli } from './command-line.ts'

const COMMAND = /^ {2}([a-z]+) (?:\[options\]| {2})(?!.*display help)/gm
const OPTION = /^ {2}(?:-h, )?(--[a-z-]+)/gm

/** The commands that the help offers, each with its options, such as `--role`: `plan`, `org deploy`. */
export async function optionsByCommand(): Promise<ReadonlyMap<string, readonly string[]>> {
  const { stdout: help } = await runCli(['--help'])
  const options = new Map<string, readonly string[]>()
  for (const command of found(COMMAND, help)) {
    const { stdout } = await runCli([command, '--help'])
    const parts = /^Commands:$/m.test(stdout) ? found(COMMAND, stdout) : []
    if (parts.length === 0) options.set(command, found(OPTION, stdout))
    for (const part of parts)
      options.set(`${command} ${part}`, found(OPTION, (await runCli([command, part, '--help'])).stdout))
  }
  return options
}

function found(pattern: RegExp, text: string): readonly string[] {
  return [...text.matchAll(pattern)].map(([, name = '']) => name)
}
