import type { SettingsFile } from '../../src/config/settings-file.ts'
import { settingsProblem } from '../../src/config/settings-problem.ts'
import { differentSettings, environmentOf, settingsOf } from '../stack-parameters.ts'
import { ok, type Verdict, warning } from './finding.ts'
import type { StackRemedies } from './stack-remedies.ts'

/**
 * Where the deployed settings differ from the stage's file: the next deployment would change them. Says nothing where there
 * is no file.
 *
 * @param deployed all of them, but those that could not be read
 */
export function checkSettings(
  stage: string,
  file: SettingsFile,
  deployed: Readonly<Record<string, string>>,
  { plainDeploy }: StackRemedies,
): readonly Verdict[] {
  if (file.kind === 'missing') return []
  if (file.kind === 'wrong') return [warning(file.problem, CORRECT)]
  const environment = environmentOf(stage, file.values)
  const problem = settingsProblem(environment, (setting) => `${file.file}: ${setting}`)
  if (problem !== undefined) return [warning(problem, CORRECT)]
  const kept = settingsOf(environment)
  const different = Object.entries(differentSettings(deployed, file.values))
  if (different.length === 0) return [ok(`the stack has the settings of ${file.file}`)]
  const listed = different.map(([name, value]) => `${name}: ${shown(value)} → ${shown(kept[name])}`)
  return [
    warning(
      `the stack has other settings than ${file.file}, which the next deployment takes: ${listed.join('; ')}`,
      `${plainDeploy} for those of the file; to keep the deployed ones, write them into the file`,
    ),
  ]
}

const CORRECT = 'correct the file: until then nothing can be deployed'

function shown(value: string | undefined): string {
  return value || 'empty'
}
