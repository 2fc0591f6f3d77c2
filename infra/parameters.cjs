const { buildSync } = require('esbuild')

/** Writes are logged at INFO, and every write must leave a record (rule 5.6): a higher level would drop it. */
const LOG_LEVELS = ['DEBUG', 'INFO']

/**
 * Checks the parameters before anything is packaged, by the code that the functions will read them with: a stack that
 * deploys and then fails at each start helps nobody, and a misspelt `--param` would be ignored without a word.
 */
module.exports = class Parameters {
  constructor(serverless, options) {
    this.hooks = {
      'before:package:initialize': () => {
        const { service, serviceDir } = serverless
        const known = Object.keys(serverless.configurationInput.params.default)
        const unknown = [options.param ?? []]
          .flat()
          .map((given) => given.split('=')[0])
          .find((name) => !known.includes(name))
        if (unknown !== undefined) {
          throw new Error(`--param ${unknown}: there is no such parameter, expected one of ${known.join(', ')}`)
        }
        const { POWERTOOLS_LOG_LEVEL: logLevel } = service.provider.environment
        if (!LOG_LEVELS.includes(logLevel)) {
          throw new Error(`--param logLevel: found ${JSON.stringify(logLevel)}, expected ${LOG_LEVELS.join(' or ')}`)
        }
        readConfigOf(serviceDir)(service.provider.environment)
      },
    }
  }
}

function readConfigOf(folder) {
  const { outputFiles } = buildSync({
    absWorkingDir: folder,
    entryPoints: ['src/config.ts'],
    bundle: true,
    platform: 'node',
    format: 'cjs',
    write: false,
  })
  const compiled = { exports: {} }
  new Function('module', 'exports', 'require', outputFiles[0].text)(compiled, compiled.exports, require)
  return compiled.exports.readConfig
}
