import { needsFile, type SettingsFile } from '../../src/config/settings-file.ts'
import { readTags } from '../../src/config/stack-settings.ts'
import { differentSettings, releaseParameters, settingsOf, stackName } from '../stack-settings.ts'
import {
  allowing,
  awsCommand,
  ownCommand,
  parameterOptions,
  type Scope,
  serverlessCommand,
  writeSettingsCommand,
} from './commands.ts'
import { stageSettings } from './settings.ts'
import type { StackTags } from './stack-tags.ts'

type Values = Readonly<Record<string, string>>

/** What deploys a stack with the settings that it has, or is to have, as words with the commands in backquotes. */
export interface Deployment {
  readonly deploy: string
  /** Where it is there, and a part of it could not be deployed: nothing is deployed where no change is found. */
  readonly deployAnew: string
  /**
   * Where a part of it was deleted: CloudFormation does not see that, finds no change in the template, and makes nothing
   * anew (CloudFormation User Guide, "Detect unmanaged configuration changes").
   */
  readonly rebuild: string
  /** A function alone, by its name in serverless.yml: its settings become those of the stack, which weakens these. */
  deploySettings(id: string, weakened: readonly string[]): string
}

/** A stack that CloudFormation alone deployed, from a release. */
export interface ReleasedStack {
  /** As CloudFormation has it. */
  readonly name: string
  readonly region: string
}

/**
 * @param file that a deployment of the stage by osls takes
 * @param settings to deploy with, all of them; undefined where nobody knows any, and those that are not there are not known
 * @param released undefined: osls deploys
 */
export function deploymentWith(
  scope: Scope,
  file: SettingsFile,
  settings: Values | undefined,
  released: ReleasedStack | undefined,
): Deployment {
  if (released !== undefined && isOfStackSet(released.name)) return byStackSets(scope)
  if (released !== undefined && settings !== undefined) return byCloudFormation(scope, settings, released)
  return byOsls(scope, file, settings)
}

/**
 * What deploys a stack with the settings that it has, but for some, as words with the commands in backquotes.
 *
 * @param environment of its functions
 * @param stack undefined where the tags of its functions cannot be read
 */
export function redeploy(
  scope: Scope,
  region: string,
  environment: Values,
  stack: StackTags | undefined,
  changes: Values = {},
): string {
  const { tags: _, ...settings } = settingsOf(environment)
  const deployed = { ...settings, ...(stack && { tags: stack.tags }) }
  if (stack?.releasedAs !== undefined && isOfStackSet(stack.releasedAs)) return byStackSets(scope, changes).deploy
  if (stack?.releasedAs !== undefined) {
    return byCloudFormation(scope, deployed, { name: stack.releasedAs, region }, changes).deploy
  }
  return byOsls(scope, stageSettings(scope.stage), { ...deployed, ...changes }).deploy
}

function byOsls(scope: Scope, file: SettingsFile, settings: Values | undefined): Deployment {
  const isMissing = file.kind === 'missing' && needsFile(scope.stage)
  const values = differentSettings(settings ?? {}, file.kind === 'read' ? file.values : {})
  const isWritten = isMissing && settings !== undefined
  const write = isWritten
    ? `\`${writeSettingsCommand(file.file, values)}\``
    : `write ${file.file} with the settings that it was deployed with`
  const before = isMissing ? `${write}, then ` : ''
  const options = `${isWritten ? '' : parameterOptions(values)}\`${besideOf(file, settings)}`
  const deploy = serverlessCommand(scope, 'deploy')
  return {
    deploy: `${before}\`${deploy}${options}`,
    deployAnew: `${before}\`${deploy} --force${options}`,
    rebuild: `${READ_FIRST}, then ${before}\`${serverlessCommand(scope, 'remove')}\`, then \`${deploy}${options}`,
    deploySettings: (id, weakened) => {
      const words = ['function', '--update-config', '--function', id, ...allowing(weakened)]
      return `${before}\`${serverlessCommand(scope, 'deploy', ...words)}${options}`
    },
  }
}

/**
 * CloudFormation keeps the Parameters that are not named, as long as the stack is there. Its tags are those that are
 * named: the AWS CLI sends an empty list where none is, which takes them away.
 */
function byCloudFormation(
  scope: Scope,
  { tags = '', ...settings }: Values,
  { name, region }: ReleasedStack,
  changes: Values = {},
): Deployment {
  const stack = ['--region', region, '--stack-name', name]
  const template = ['--template-file', 'okta-role-trust.template.json', '--capabilities', 'CAPABILITY_NAMED_IAM']
  const deployWith = (parameters: Values) => {
    const lists = [...listOption('--parameter-overrides', parameters), ...listOption('--tags', readTags(tags))]
    return `\`${awsCommand(scope, 'cloudformation deploy', ...stack, ...template, ...lists)}\``
  }
  const remove = [
    `\`${awsCommand(scope, 'cloudformation delete-stack', ...stack)}\``,
    `\`${awsCommand(scope, 'cloudformation wait', 'stack-delete-complete', ...stack)}\``,
  ].join(', then ')
  const changed = (logLevel: string) => deployWith(releaseParameters({ logLevel }))
  const [logLevel, other] = settings.logLevel === 'DEBUG' ? ['DEBUG', 'INFO'] : ['INFO', 'DEBUG']
  const all = { Prefix: stackName(scope.stage), ...releaseParameters(differentSettings(settings, {})) }
  const beside = ` in the folder with the files of a release, once its zips are in the bucket ${settings.deploymentBucket} (docs/deploying.md, "Without Node")`
  // A function's environment is set as a whole: whatever was edited by hand in there goes.
  const deployAnew = `${changed(other)}${beside}, then ${changed(logLevel)}`
  return {
    deploy: `${deployWith(releaseParameters(changes))}${beside}`,
    deployAnew,
    deploySettings: () => deployAnew,
    rebuild: `${READ_FIRST}, then ${remove}, then ${deployWith(all)}${beside}`,
  }
}

/** StackSets names its stacks `StackSet-NAME-UUID`, as the execution role of a release takes for granted, too. */
function isOfStackSet(name: string): boolean {
  return name.startsWith('StackSet-')
}

/** What anybody else changes in a stack of a StackSet, that takes back, and does not see what is gone. */
function byStackSets(scope: Scope, changes: Values = {}): Deployment {
  const isPause = changes.mode === 'report'
  const parameters = Object.entries(changes).flatMap(([name, value]) => ['--param', `${name}=${value}`])
  // Whoever works the StackSet signs in to another account.
  const words = isPause ? ['pause'] : ['deploy', ...parameters]
  const command = ownCommand({ ...scope, profile: undefined }, 'org', ...words)
  return {
    deploy: `\`${command}\` in the account that deploys to the organization`,
    deployAnew: `make ${ANEW}`,
    deploySettings: () => `to make ${ANEW}`,
    rebuild: `${READ_FIRST}, then make ${ANEW}`,
  }
}

const ANEW =
  'the stack of this account anew, from the account that deploys to the organization (docs/organization.md, "What can go wrong")'

const READ_FIRST = 'read what goes with the stack (docs/operating.md, "A part of the stack is gone")'

function listOption(name: string, values: Values): readonly string[] {
  const items = Object.entries(values).map(([key, value]) => `${key}=${value}`)
  return items.length === 0 ? [] : [name, ...items]
}

function besideOf(file: SettingsFile, settings: Values | undefined): string {
  const mended = file.kind === 'wrong' ? `, once the file is right (${file.problem})` : ''
  const source = file.kind === 'read' ? `has the value of ${file.file}, or the default` : 'becomes the default'
  if (settings === undefined) {
    return `, with each \`--param\` that it was deployed with (they cannot be read; what is not given ${source}; ${PERHAPS_RELEASED})${mended}`
  }
  if (settings.tags !== undefined) return mended
  return `, with the stack's tags as \`--param="tags=KEY=VALUE,…"\` if it has any (they cannot be read; ${PERHAPS_RELEASED})${mended}`
}

const PERHAPS_RELEASED =
  'a stack that was deployed from a release is deployed by CloudFormation: docs/deploying.md, "Without Node"'
