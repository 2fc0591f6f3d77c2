const { buildSync } = require('esbuild')

/**
 * What a source of the functions exports, for plugins: one code says what a setting means, wherever that is asked.
 *
 * @param folder of the service
 * @param source its path in there
 */
module.exports = function compileSource(folder, source) {
  const { outputFiles } = buildSync({
    absWorkingDir: folder,
    entryPoints: [source],
    bundle: true,
    platform: 'node',
    format: 'cjs',
    write: false,
  })
  const compiled = { exports: {} }
  new Function('module', 'exports', 'require', outputFiles[0].text)(compiled, compiled.exports, require)
  return compiled.exports
}
