import { settingsText } from '../../src/config/settings-file.ts'

// Every command that a message tells people to type is made here, so that it means the account, the region and the stage
// that the message is about. Each is named in the list of test/commands/told-commands.ts.

/** What a command line was given that another one needs again, to mean the same. */
export interface Scope {
  readonly profile: string | undefined
  readonly stage: string
  /** Undefined: it goes without saying. */
  readonly region: string | undefined
}

/** A command of the AWS CLI. */
export function awsCommand({ profile }: Pick<Scope, 'profile'>, call: string, ...words: readonly string[]): string {
  return typed('aws', ...call.split(' '), ...words, ...option('--profile', profile))
}

/** A command of osls, in this folder. */
export function serverlessCommand({ profile, stage, region }: Scope, ...words: readonly string[]): string {
  return typed(
    ...'npx --no serverless'.split(' '),
    ...words,
    ...stageOption(stage),
    ...option('--region', region),
    ...option('--aws-profile', profile),
  )
}

/** A command of this program. */
export function ownCommand({ profile, stage, region }: Scope, ...words: readonly string[]): string {
  return typed(
    ...'npx --no okta-role-trust'.split(' '),
    ...words,
    ...option('--profile', profile),
    ...option('--region', region),
    ...stageOption(stage),
  )
}

/** A command of Terraform, where it was planned. */
export function terraformCommand(...words: readonly string[]): string {
  return typed('terraform', ...words)
}

/** The words that let a deployment weaken these settings. */
export function allowing(settings: readonly string[]): readonly string[] {
  return settings.length === 0 ? [] : ['--allow', settings.join(',')]
}

/** Options of a deployment, by the names of settings. osls refuses an empty value, and takes white space for one. */
export function parameterOptions(settings: Readonly<Record<string, string>>): string {
  return Object.entries(settings)
    .map(([name, value]) => {
      const text = `${name}=${value || ' '}`
      return ` --param=${/["$`\\!]/.test(text) ? shellQuoted(text) : `"${text}"`}`
    })
    .join('')
}

/** A command that writes a file of settings/. */
export function writeSettingsCommand(file: string, settings: Readonly<Record<string, string>>): string {
  const lines = settingsText(settings).trimEnd().split('\n')
  return `mkdir -p settings && ${typed('printf', '%s\\n', ...lines)} > ${shellQuoted(file)}`
}

function stageOption(stage: string): readonly string[] {
  return stage === 'dev' ? [] : ['--stage', stage]
}

function option(name: string, value: string | undefined): readonly string[] {
  return value === undefined ? [] : [name, value]
}

/** Words as a shell reads them back. */
export function typed(...words: readonly string[]): string {
  return words.map(shellQuoted).join(' ')
}

/** A word as a POSIX shell reads it back unchanged. */
function shellQuoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}
