import { cpSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

/**
 * Copies what it takes to package the stack, so that a test can keep settings there that no other test sees.
 *
 * @returns the folder; whoever asks for it removes it
 */
export function copyProject(): string {
  const folder = mkdtempSync(join(tmpdir(), 'project-'))
  for (const name of ['serverless.yml', 'package.json', 'tsconfig.json', 'infra', 'handlers', 'src']) {
    cpSync(name, join(folder, name), { recursive: true })
  }
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'))
  mkdirSync(join(folder, 'settings'))
  return folder
}

/** Writes the file of a stage. */
export function keepSettings(project: string, stage: string, settings: Readonly<Record<string, string>> = {}): void {
  const lines = Object.entries(settings).map(([name, value]) => `${name}: ${value}\n`)
  writeFileSync(join(project, `settings/${stage}.yml`), lines.join(''))
}
