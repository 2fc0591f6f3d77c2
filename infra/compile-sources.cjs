const { buildSync } = require('esbuild')

/**
 * What sources of the functions export, for plugins: one code says what a setting means, wherever that is asked.
 *
 * @param folder of the service
 * @param sources their paths in there
 */
module.exports = function compileSources(folder, ...sources) {
  const { outputFiles } = buildSync({
    stdin: { contents: sources.map((source) => `export * from './${source}'`).join('\n'), resolveDir: folder },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    write: false,
  })
  const compiled = { exports: {} }
  new Function('module', 'exports', 'require', outputFiles[0].text)(compiled, compiled.exports, require)
  return compiled.exports
}
