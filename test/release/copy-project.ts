import { execFileSync } from 'node:child_process'
import { mkdirSync, symlinkSync } from 'node:fs'
import { join, resolve } from 'node:path'

const LEFT_OUT = ['.git', 'node_modules', '.serverless', '.esbuild', '.sandbox', 'coverage', 'dist']

/** Copies the sources into a new folder, as somebody with that umask would check them out there. */
export function copyProject(folder: string, umask: string): void {
  mkdirSync(folder, { recursive: true })
  const excluded = LEFT_OUT.map((name) => `--exclude=./${name}`).join(' ')
  const copy = `umask ${umask} && tar -cf - ${excluded} . | tar -xf - --no-same-permissions -C "$0"`
  execFileSync('sh', ['-c', copy, folder])
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'))
}
