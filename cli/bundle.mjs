import { build } from 'esbuild'

// Run by `npm install` and `npm ci`: the command line in one file, so that it starts fast and needs nothing installed.
await build({
  entryPoints: ['cli/main.ts'],
  outfile: 'dist/okta-role-trust.mjs',
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  mainFields: ['module', 'main'],
  // Dependencies that are CommonJS call require, which an ES module lacks.
  banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  logLevel: 'warning',
})
