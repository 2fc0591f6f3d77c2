import { chmodSync } from 'node:fs'

// Run by `npm ci`, and by `npm install` where that changes anything: the command line in one file, so that it starts fast and
// needs nothing installed. Not as `prepare`, of which npm would warn whoever installs the package from a file.

const esbuild = await import('esbuild').catch((error) => {
  if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error
})
if (esbuild === undefined) {
  process.stdout.write(
    'The command line is not built: esbuild is missing, as after an installation without development dependencies.\n',
  )
} else {
  await esbuild.build({
    entryPoints: ['cli/main.ts'],
    outfile: 'dist/okta-role-trust.mjs',
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    mainFields: ['module', 'main'],
    // The bundle names its modules in comments: the same where node_modules is a link to elsewhere.
    preserveSymlinks: true,
    // Dependencies that are CommonJS call require, which an ES module lacks.
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    logLevel: 'warning',
  })
  chmodSync('dist/okta-role-trust.mjs', 0o755)
}
