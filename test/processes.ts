import { execFile } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { promisify } from 'node:util'

const run = promisify(execFile)

interface RunningProcess {
  readonly id: number
  readonly parent: number
  readonly group: number
  readonly command: string
}

/** What runs on this machine. Processes that have ended do not run, though some are listed until somebody asks. */
export async function runningProcesses(): Promise<readonly RunningProcess[]> {
  // Not every Linux has ps, and not every system has /proc.
  if (existsSync('/proc/self/stat')) return readdirSync('/proc').flatMap(processOf)
  const { stdout } = await run('ps', ['-A', '-o', 'pid=,stat=,ppid=,pgid=,args='])
  return stdout.split('\n').flatMap((line) => {
    const [, id, state, parent, group, command] = /^\s*(\d+)\s+(\w)\S*\s+(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? []
    return readProcess(id, state, parent, group, command)
  })
}

function processOf(id: string) {
  try {
    // The second field is the program's name in brackets, with whatever it holds (man 5 proc).
    const stat = readFileSync(`/proc/${id}/stat`, 'utf8')
    const [state, parent, group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return readProcess(id, state, parent, group, readFileSync(`/proc/${id}/cmdline`, 'utf8').replaceAll('\0', ' '))
  } catch {
    // No process, or one that has just ended.
    return []
  }
}

function readProcess(id?: string, state?: string, parent?: string, group?: string, command?: string): RunningProcess[] {
  if (command === undefined || state === 'Z') return []
  return [{ id: Number(id), parent: Number(parent), group: Number(group), command }]
}

/** The command lines of what runs in a process group. */
export async function runningIn(group: number): Promise<readonly string[]> {
  return (await runningProcesses()).filter((process) => process.group === group).map(({ command }) => command)
}

/** The ids of a process and of all that it started, whichever group they are in. */
export async function familyOf(ancestor: number): Promise<readonly number[]> {
  const processes = await runningProcesses()
  const family = [ancestor]
  for (const member of family) family.push(...processes.filter(({ parent }) => parent === member).map(({ id }) => id))
  return family
}
