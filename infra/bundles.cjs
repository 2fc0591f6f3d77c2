const { mkdirSync, rmSync, writeFileSync } = require('node:fs')
const { basename, dirname, join } = require('node:path')

/**
 * Three things that serverless-esbuild leaves undone. This plugin has to be listed before it.
 *
 * - It empties the output folder first: everything that an earlier run left there would go into the zips.
 * - It keeps what is zipped out of the system's temporary folder: serverless-esbuild leaves its copies behind there.
 * - It lets `invoke local` find the bundles: osls looks for .js and .cjs, but never for .mjs.
 */
module.exports = class Bundles {
  constructor(serverless, options) {
    const folder = join(serverless.serviceDir, '.esbuild')
    const empty = () => rmSync(folder, { recursive: true, force: true })
    const prepare = () => {
      empty()
      process.env.TMPDIR = join(folder, 'tmp')
      mkdirSync(process.env.TMPDIR, { recursive: true })
    }
    this.hooks = {
      'before:package:createDeploymentArtifacts': prepare,
      'before:deploy:function:packageFunction': prepare,
      'before:invoke:local:invoke': () => {
        empty()
        const { handler } = serverless.service.getFunction(options.function)
        const bundle = join(folder, '.build', handler.slice(0, handler.lastIndexOf('.')))
        const forward = `(...args) => import('./${basename(bundle)}.mjs').then(({ handler }) => handler(...args))`
        mkdirSync(dirname(bundle), { recursive: true })
        writeFileSync(`${bundle}.cjs`, `exports.handler = ${forward}\n`)
      },
    }
  }
}
