import { runCli } from './command-line.ts'

/** The commands that the help offers, each with its options, such as `--role`. */
export async function optionsByCommand(): Promise<ReadonlyMap<string, readonly string[]>> {
  const { stdout: help } = await runCli(['--help'])
  const commands = found(/^ {2}([a-z]+) \[options\]/gm, help)
  const options = new Map<string, readonly string[]>()
  for (const command of commands) {
    const { stdout } = await runCli([command, '--help'])
    options.set(command, found(/^ {2}(?:-h, )?(--[a-z-]+)/gm, stdout))
  }
  return options
}

function found(pattern: RegExp, text: string): readonly string[] {
  return [...text.matchAll(pattern)].map(([, name = '']) => name)
}
