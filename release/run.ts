import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import * as z from 'zod/mini'
import { packageStack } from '../sandbox/package-stack.ts'
import { billOfMaterials } from './bill-of-materials.ts'
import { type Bundle, bundle, bundlesOf } from './bundles.ts'
import { packCommandLine } from './command-line.ts'
import { engineTemplate, markedOptions } from './engine-template.ts'
import { executionRoleTemplate } from './execution-role.ts'
import { HUB_FUNCTIONS, hubTemplate } from './hub-template.ts'

// Writes all that is released into dist/release/, the same bytes from the same sources (docs/adr/0007).

const FOLDER = 'dist/release'

const { name, version } = z.parse(
  z.object({ name: z.string(), version: z.string() }),
  JSON.parse(readFileSync('package.json', 'utf8')),
)
const write = (file: string, content: string | Uint8Array) => writeFileSync(join(FOLDER, file), content)
/** @returns where each lies, by the names of the functions */
const writeBundles = (bundles: readonly Bundle[]) => {
  for (const { key, zip } of bundles) write(key, zip)
  return Object.fromEntries(bundles.map((one) => [one.name, one.key]))
}

rmSync(FOLDER, { recursive: true, force: true })
mkdirSync(FOLDER, { recursive: true })

const stack = await packageStack(...markedOptions())
try {
  const keys = writeBundles(bundlesOf(stack.folder))
  write(`${name}.template.json`, JSON.stringify(await engineTemplate(stack, keys, version)))
} finally {
  rmSync(stack.folder, { recursive: true })
}
for (const part of ['bucket', 'identity']) {
  const template: unknown = parse(readFileSync(join(import.meta.dirname, `${part}.yml`), 'utf8'))
  write(`${name}-${part}.template.json`, JSON.stringify(template))
}
write(`${name}-execution-role.template.json`, JSON.stringify(executionRoleTemplate(version)))
write(`${name}-hub.template.json`, JSON.stringify(hubTemplate(writeBundles(await bundle(HUB_FUNCTIONS)), version)))
packCommandLine(FOLDER)
write(`${name}-${version}.cdx.json`, `${JSON.stringify(billOfMaterials(name), null, 2)}\n`)

const sums = readdirSync(FOLDER)
  .toSorted()
  .map(
    (file) =>
      `${createHash('sha256')
        .update(readFileSync(join(FOLDER, file)))
        .digest('hex')}  ${file}\n`,
  )
write('SHA256SUMS', sums.join(''))
process.stdout.write(sums.join(''))
