/** The only one whose variable is not our own to name. */
const LOG_LEVEL = { setting: 'logLevel', variable: 'POWERTOOLS_LOG_LEVEL' }

/** The variable of the functions that holds a setting: that of `maxChanges` is `MAX_CHANGES`. */
export function variableOf(setting: string): string {
  if (setting === LOG_LEVEL.setting) return LOG_LEVEL.variable
  return setting.replace(/[A-Z]/g, '_$&').toUpperCase()
}

/** The setting that a variable of the functions holds. */
export function settingOf(variable: string): string {
  if (variable === LOG_LEVEL.variable) return LOG_LEVEL.setting
  return variable.toLowerCase().replace(/_(.)/g, (_, letter: string) => letter.toUpperCase())
}
