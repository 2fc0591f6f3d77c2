import { cpSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const ROOT = join(import.meta.dirname, '..')

/**
 * Copies what it takes to package the stack, without the settings that somebody keeps in the project.
 *
 * @returns the folder; whoever asks for it removes it
 */
export function copyProject(folder = mkdtempSync(join(tmpdir(), 'project-'))): string {
  mkdirSync(join(folder, 'settings'), { recursive: true })
  for (const name of ['serverless.yml', 'package.json', 'tsconfig.json', 'infra', 'handlers', 'src']) {
    cpSync(join(ROOT, name), join(folder, name), { recursive: true })
  }
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
  return folder
}

/** Writes the file of a stage. */
export function keepSettings(project: string, stage: string, settings: Readonly<Record<string, string>> = {}): void {
  const lines = Object.entries(settings).map(([name, value]) => `${name}: ${value}\n`)
  writeFileSync(join(project, `settings/${stage}.yml`), lines.join(''))
}
