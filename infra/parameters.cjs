const { buildSync } = require('esbuild')

/** Writes are logged at INFO, and every write must leave a record (rule 5.6): a higher level would drop it. */
const LOG_LEVELS = ['DEBUG', 'INFO']

/** Of a function, a role and a rule: the lowest of the limits on the names in this stack. */
const LONGEST_NAME = 64

/**
 * Checks the parameters and the stage before anything is packaged, the parameters by the code that the functions will
 * read them with: a stack that deploys and then fails at each start helps nobody, and a misspelt `--param` would be
 * ignored silently.
 */
module.exports = class Parameters {
  constructor(serverless, options) {
    // An error that osls prints without a stack trace.
    const refusal = (message) => new serverless.classes.Error(message, 'WRONG_PARAMETER')
    this.hooks = {
      'before:package:initialize': () => {
        const { service, serviceDir } = serverless
        const known = Object.keys(serverless.configurationInput.params.default)
        const unknown = [options.param ?? []]
          .flat()
          .map((given) => given.split('=')[0])
          .find((name) => !known.includes(name))
        if (unknown !== undefined) {
          throw refusal(`--param ${unknown}: there is no such parameter, expected one of ${known.join(', ')}`)
        }
        const { POWERTOOLS_LOG_LEVEL: logLevel } = service.provider.environment
        if (!LOG_LEVELS.includes(logLevel)) {
          throw refusal(`--param logLevel: found ${JSON.stringify(logLevel)}, expected ${LOG_LEVELS.join(' or ')}`)
        }
        const problem =
          configProblem(serviceDir, service.provider.environment) ??
          stageProblem(service, serverless.getProvider('aws').getStage())
        if (problem !== undefined) throw refusal(problem)
      },
    }
  }
}

/** What the functions would refuse, under the names of the parameters. */
function configProblem(folder, environment) {
  try {
    readConfigOf(folder)(environment)
    return undefined
  } catch ({ message, cause }) {
    const nameOf = (variable) => variable.toLowerCase().replace(/_(.)/g, (_, letter) => letter.toUpperCase())
    return (cause?.message ?? message).replace(
      /\benvironment\.([A-Z_]+)(\.\d+)?/g,
      (_, variable) => `--param ${nameOf(variable)}`,
    )
  }
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

function readConfigOf(folder) {
  const { outputFiles } = buildSync({
    absWorkingDir: folder,
    entryPoints: ['src/config/read-config.ts'],
    bundle: true,
    platform: 'node',
    format: 'cjs',
    write: false,
  })
  const compiled = { exports: {} }
  new Function('module', 'exports', 'require', outputFiles[0].text)(compiled, compiled.exports, require)
  return compiled.exports.readConfig
}
