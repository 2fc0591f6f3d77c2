import type { SettingsFile } from '../../src/config/settings-file.ts'
import { settingsProblems } from '../../src/config/settings-problems.ts'
import { differentSettings, environmentOf, settingsOf, weakenedSettings } from '../stack-settings.ts'
import { failure, ok, type Verdict, warning } from './finding.ts'
import type { StackPlace } from './stack-parts.ts'
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
  partition: string,
  { deployFile }: StackRemedies,
): readonly Verdict[] {
  if (file.kind === 'missing') return []
  if (file.kind === 'wrong') return [warning(file.problem, CORRECT)]
  const environment = environmentOf(stage, file.values)
  const problems = settingsProblems(environment, (setting) => `${file.file}: ${setting}`)
  if (problems.length > 0) return [warning(problems.join('; '), CORRECT)]
  const kept = settingsOf(environment)
  const different = Object.entries(differentSettings(deployed, file.values))
  if (different.length === 0) return [ok(`the stack has the settings of ${file.file}`)]
  const listed = different.map(([name, value]) => `${name}: ${shown(value)} → ${shown(kept[name])}`)
  return [
    warning(
      `the stack has other settings than ${file.file}, which the next deployment takes: ${listed.join('; ')}`,
      `${deployFile(weakenedSettings(deployed, kept, partition))} for those of the file; to keep the deployed ones, write them into the file`,
    ),
  ]
}

/**
 * Whether a function has the settings that are taken for those of the stack: somebody may have edited one, or deployed it
 * alone.
 *
 * @param settings of the function
 * @param inForce of the function that speaks for the stack
 */
export function checkSameSettings(
  name: string,
  settings: Readonly<Record<string, string>>,
  inForce: Readonly<Record<string, string>>,
  { stackName, partition, remedies }: StackPlace,
): readonly Verdict[] {
  const different = Object.entries(differentSettings(settings, inForce))
  if (different.length === 0) return []
  const listed = different.map(([setting, value]) => `${setting}: ${shown(value)}, not ${shown(inForce[setting])}`)
  const id = name.slice(`${stackName}-`.length)
  const deploy = remedies.deploySettings(id, weakenedSettings(settings, inForce, partition))
  return [
    failure(
      `the function ${name} has other settings than those that hold for the stack: ${listed.join('; ')}`,
      `${deploy} gives it those of the stack; if its own are meant, deploy the whole stack with them`,
    ),
  ]
}

const CORRECT = 'correct the file: until then nothing can be deployed'

function shown(value: string | undefined): string {
  return value || '(empty)'
}
