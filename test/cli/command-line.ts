import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { PassThrough } from 'node:stream'
import { onTestFinished, vi } from 'vitest'
import { runProgram } from '../../cli/program.ts'

export interface RunOptions {
  /** What comes in on stdin; it stays open on a terminal. */
  readonly input?: string
  /** Whether all three streams are a terminal. */
  readonly isTerminal?: boolean
  /** Whether the input ends, on a terminal too. */
  readonly endsInput?: boolean
  readonly environment?: Readonly<Record<string, string>>
  /** What AWS_REGION says. */
  readonly region?: string
  /** The shared AWS configuration. */
  readonly configFile?: string
  /** Handed the function that presses Ctrl-C. */
  readonly withInterrupt?: (press: () => void) => void
}

/** What a person or a script gets from one command. */
export interface Result {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs a command line in this process, against whatever account is attached. */
export async function runCli(args: readonly string[], options: RunOptions = {}): Promise<Result> {
  const {
    input = '',
    isTerminal = false,
    endsInput = !isTerminal,
    environment = {},
    region,
    configFile = '/dev/null',
    withInterrupt,
  } = options
  // Whoever runs the tests may have set up AWS.
  const aws = { AWS_CONFIG_FILE: configFile, AWS_SHARED_CREDENTIALS_FILE: '/dev/null', AWS_REGION: region }
  for (const [name, value] of Object.entries(aws)) vi.stubEnv(name, value)
  const [stdin, stdout, stderr] = [streamOf(isTerminal), streamOf(isTerminal), streamOf(isTerminal)]
  let interrupted: (() => void) | undefined
  withInterrupt?.(() => interrupted?.())
  if (input !== '') stdin.write(input)
  if (endsInput) stdin.end()
  // Whoever runs the tests may keep settings in the project.
  const home = process.cwd()
  if (home === ROOT) process.chdir(EMPTY)
  const exitCode = await runProgram(args, {
    stdin,
    stdout,
    stderr,
    environment,
    onInterrupt: (listener) => {
      interrupted = listener
      return () => {
        interrupted = undefined
      }
    },
  })
  process.chdir(home)
  return { exitCode, stdout: textOf(stdout), stderr: textOf(stderr) }
}

const ROOT = resolve(import.meta.dirname, '../..')
/** A folder of the project without settings. */
const EMPTY = join(ROOT, 'test/cli')

/** A new folder for the files of one test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'okta-role-trust-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return folder
}

function streamOf(isTTY: boolean) {
  // Nobody reads before the end.
  return Object.assign(new PassThrough({ highWaterMark: 2 ** 30 }), { isTTY, columns: 120, setRawMode: () => {} })
}

function textOf(stream: PassThrough): string {
  const chunk: unknown = stream.read()
  return chunk === null ? '' : String(chunk)
}
