const { applySettings } = require('./apply-settings.cjs')
const compileSources = require('./compile-sources.cjs')

/** How a file of settings is read, what is wrong with settings, which variables hold them, and what the tags are. */
const SOURCES = ['settings-file', 'settings-problems', 'setting-variable', 'stack-settings'].map(
  (file) => `src/config/${file}.ts`,
)

/** Of a function, a role and a rule: the lowest of the limits on the names in this stack. */
const LONGEST_NAME = 64

/** Bytes of the environment of a function, as JSON, which is how Lambda measures it (Lambda Developer Guide, "Lambda quotas"). */
const LARGEST_ENVIRONMENT = 4096

/**
 * Before all commands that make something of this folder: `info`, `logs`, `invoke` and `remove` go on in any case. A
 * rollback takes the tags from here, and a deployment the stage, also with `--package`.
 */
const MAKING = [
  'before:package:initialize',
  'before:deploy:deploy',
  'before:deploy:function:initialize',
  'before:rollback:rollback',
  'before:invoke:local:invoke',
]

/**
 * Takes the settings of the stage from settings/STAGE.yml, as its parameters, and checks them and the stage before
 * anything is packaged, by the code that the functions will read them with: a stack that deploys and then fails at each
 * start helps nobody, and a misspelt name would be ignored silently.
 */
module.exports = class Settings {
  constructor(serverless, options) {
    const { configurationInput, serviceDir } = serverless
    const config = compileSources(serviceDir, ...SOURCES)
    const known = Object.keys(configurationInput.params.default)
    const stage = serverless.getProvider('aws').getStage()
    const file = config.readStageSettings(serviceDir, stage, known)
    const unfit = stageFileProblem(file, config.needsFile(stage), stage)
    // Plugins are loaded before `param:` is resolved; --param still wins.
    if (unfit === undefined && file.kind === 'read') serverless.extendConfiguration(['params', stage], file.values)

    const malformed = malformedParameter([options.param ?? []].flat())
    // Else osls says it once for each variable, before any hook.
    if (malformed !== undefined) throw new serverless.classes.Error(malformed, 'WRONG_SETTING')
    const given = [options.param ?? []].flat().map((one) => one.split('=')[0])
    const placeOf = (setting) => {
      if (given.includes(setting)) return `--param ${setting}`
      return `${file.kind === 'read' && Object.hasOwn(file.values, setting) ? file.file : 'serverless.yml'}: ${setting}`
    }
    let problem
    const refuse = () => {
      // An error that osls prints without a stack trace.
      if (problem !== undefined) throw new serverless.classes.Error(problem, 'WRONG_SETTING')
    }
    this.hooks = {
      initialize: () => {
        const { service } = serverless
        problem =
          unfit ??
          unknownName(given, known) ??
          linesOf(config.settingsProblems(settingsOf(service), placeOf)) ??
          stageProblem(service, stage) ??
          sizeProblem(service, known, config.variableOf, placeOf)
        if (problem === undefined) applySettings(service, settingsOf(service), config.readTags)
      },
      ...Object.fromEntries(MAKING.map((hook) => [hook, refuse])),
      'after:aws:package:finalize:mergeCustomProviderResources': () => {
        const { PERMISSIONS_BOUNDARY } = serverless.service.provider.environment
        if (PERMISSIONS_BOUNDARY !== '') boundRoles(serverless.service, PERMISSIONS_BOUNDARY)
      },
    }
  }
}

/** One below the other; undefined where there are none. */
function linesOf(problems) {
  return problems.length === 0 ? undefined : problems.join('\n')
}

/** All settings, by the variables of the functions; that of the tags no function has. */
function settingsOf({ provider, custom }) {
  return { ...provider.environment, TAGS: custom.tags }
}

function stageFileProblem(file, isNeeded, stage) {
  // Its settings would be those of every stage.
  if (stage === 'default') return '--stage default: this name is taken by the defaults, expected another one'
  if (file.kind === 'wrong') return file.problem
  if (file.kind === 'read' || !isNeeded) return undefined
  return `--stage ${stage}: there is no ${file.file}: write the settings that differ from the defaults there, each on a line such as maxChanges: 0, or leave the file empty`
}

function malformedParameter(parameters) {
  const malformed = parameters.find((one) => !/^[^=]+=./s.test(one))
  if (malformed === undefined) return undefined
  const name = malformed.split('=')[0]
  if (name === '') return `--param ${malformed}: found no name, expected NAME=VALUE`
  return `--param ${name}: found no value, expected ${name}=VALUE, with a space for the empty one`
}

function unknownName(given, known) {
  const unknown = given.find((name) => !known.includes(name))
  if (unknown === undefined) return undefined
  return `--param ${unknown}: there is no such setting, expected one of ${known.join(', ')}`
}

/** CloudFormation would find out only when it creates the first of them. */
function stageProblem({ functions, resources }, stage) {
  const named = [resources].flat().flatMap((part) => Object.values(part?.Resources ?? {}))
  const names = [
    ...Object.values(functions).map(({ name }) => name),
    ...named.flatMap(({ Properties: { RoleName, Name } = {} }) => [RoleName, Name]),
  ]
  const longest = names.reduce((found, name = '') => (name.length > found.length ? name : found), '')
  const excess = longest.length - LONGEST_NAME
  if (excess <= 0) return undefined
  return `--stage ${stage}: the name ${longest} would have ${longest.length} characters, and AWS takes ${LONGEST_NAME}; a stage may have at most ${stage.length - excess}`
}

/** CloudFormation would find out only when it updates the first function. */
function sizeProblem({ provider, functions }, known, variableOf, placeOf) {
  const sizes = Object.values(functions).map(({ environment }) => bytesOf({ ...provider.environment, ...environment }))
  const largest = Math.max(...sizes)
  if (largest <= LARGEST_ENVIRONMENT) return undefined
  const longest = known
    .map((setting) => ({ setting, size: bytesOf(provider.environment[variableOf(setting)] ?? '') }))
    .toSorted((one, other) => other.size - one.size)
    .slice(0, 2)
    .map(({ setting, size }) => `${placeOf(setting)} (${size} bytes)`)
  return `the environment of the functions would have ${largest} bytes, and Lambda takes ${LARGEST_ENVIRONMENT}; the longest settings are ${longest.join(' and ')}`
}

function bytesOf(value) {
  return Buffer.byteLength(JSON.stringify(value))
}

/** Every role of the template, whoever wrote it there. */
function boundRoles({ provider }, permissionsBoundary) {
  for (const { Type, Properties } of Object.values(provider.compiledCloudFormationTemplate.Resources)) {
    if (Type === 'AWS::IAM::Role') Properties.PermissionsBoundary = permissionsBoundary
  }
}
