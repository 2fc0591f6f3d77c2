import { execFile } from 'node:child_process'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

const ROOT = join(import.meta.dirname, '..')
const REQUIREMENTS = join(ROOT, 'sandbox/requirements.txt')
/** Left out of version control; deleting it costs half a minute at the next run. */
const VENV = join(ROOT, '.sandbox/python')
const INSTALLED = join(VENV, 'installed-requirements.txt')

const IS_RECENT = 'import sys; sys.exit(sys.version_info < (3, 10))'

/**
 * The folder of the Python tools that requirements.txt pins, installed in a virtual environment of this checkout the
 * first time, and again when the pins change.
 *
 * @param print told what takes a while
 * @throws Error that says what is missing on this machine and how to get it
 */
export async function pythonTools(print: (progress: string) => void): Promise<string> {
  const bin = join(VENV, 'bin')
  const wanted = readFileSync(REQUIREMENTS, 'utf8')
  if (existsSync(INSTALLED) && readFileSync(INSTALLED, 'utf8') === wanted) return bin
  const python = await findPython()
  print('Installing the local AWS into .sandbox/python (once, about half a minute)')
  rmSync(VENV, { recursive: true, force: true })
  await explained(run(python, ['-m', 'venv', VENV]), 'On Debian and Ubuntu: apt-get install python3-venv')
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', REQUIREMENTS]
  await explained(run(join(bin, 'python'), pip), 'It needs to reach PyPI, or a mirror set with PIP_INDEX_URL')
  writeFileSync(INSTALLED, wanted)
  return bin
}

async function findPython(): Promise<string> {
  for (const candidate of ['python3', 'python', 'python3.13', 'python3.12', 'python3.11', 'python3.10']) {
    const recent = await run(candidate, ['-c', IS_RECENT]).then(
      () => true,
      () => false,
    )
    if (recent) return candidate
  }
  throw new Error(
    'The local AWS runs on Python 3.10 or newer with venv, and none was found. Install it (https://www.python.org/downloads/) and try again',
  )
}

async function explained(step: Promise<unknown>, remedy: string): Promise<void> {
  try {
    await step
  } catch (cause) {
    const words = cause instanceof Error ? cause.message.trim() : String(cause)
    throw new Error(`The local AWS could not be installed. ${remedy}.\n${words}`, { cause })
  }
}
