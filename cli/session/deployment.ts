import type { SettingsFile } from '../../src/config/settings-file.ts'
import { differentSettings, settingsOf } from '../stack-parameters.ts'
import { parameterOptions, type Scope, serverlessCommand, writeSettingsCommand } from './commands.ts'
import { stageSettings } from './settings.ts'

/** What a deployment takes to have certain settings, given the stage's file as it is. */
export interface Deployment {
  /** What to do before, as words that end with a comma and `then `; empty where nothing is. */
  readonly before: string
  /** Options of the command, each with a space before it: every setting that the file has otherwise. */
  readonly options: string
  /** What cannot be said as options, as words; empty where nothing is. */
  readonly beside: string
}

/**
 * @param file that a deployment of the stage takes
 * @param settings to deploy with, all of them; undefined where nobody knows any, and those that are not there are not known
 */
export function deploymentWith(
  stage: string,
  file: SettingsFile,
  settings: Readonly<Record<string, string>> | undefined,
): Deployment {
  const isMissing = file.kind === 'missing' && stage !== 'dev'
  const values = differentSettings(settings ?? {}, file.kind === 'read' ? file.values : {})
  const beside = besideOf(file, settings)
  if (isMissing && settings !== undefined) {
    return { before: `\`${writeSettingsCommand(file.file, values)}\`, then `, options: '', beside }
  }
  return {
    before: isMissing ? `write ${file.file} with the settings that it was deployed with, then ` : '',
    options: parameterOptions(values),
    beside,
  }
}

/**
 * What deploys a stack with the settings that it has, but for some, as words with the commands in backquotes.
 *
 * @param environment of its functions
 * @param tags of the stack, as the setting has them; undefined where they cannot be read
 */
export function redeploy(
  scope: Scope,
  environment: Readonly<Record<string, string>>,
  tags: string | undefined,
  changes: Readonly<Record<string, string>> = {},
): string {
  const { tags: _, ...settings } = settingsOf(environment)
  const deployed = { ...settings, ...(tags !== undefined && { tags }), ...changes }
  const { before, options, beside } = deploymentWith(scope.stage, stageSettings(scope.stage), deployed)
  return `${before}\`${serverlessCommand(scope, 'deploy')}${options}\`${beside}`
}

function besideOf(file: SettingsFile, settings: Readonly<Record<string, string>> | undefined): string {
  const mended = file.kind === 'wrong' ? `, once the file is right (${file.problem})` : ''
  const source = file.kind === 'read' ? `has the value of ${file.file}, or the default` : 'becomes the default'
  if (settings === undefined) {
    return `, with each \`--param\` that it was deployed with (they cannot be read; what is not given ${source})${mended}`
  }
  if (settings.tags !== undefined) return mended
  return `, with the stack's tags as \`--param="tags=KEY=VALUE,…"\` if it has any (they cannot be read)${mended}`
}
