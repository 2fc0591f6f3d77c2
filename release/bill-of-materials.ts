import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import * as z from 'zod/mini'

const Bill = z.looseObject({
  metadata: z.looseObject({ timestamp: z.string(), component: z.looseObject({ name: z.string() }) }),
  components: z.array(z.looseObject({ properties: z.array(z.looseObject({ name: z.string() })) })),
})

/** How npm marks what is not among the `dependencies` of package.json. */
const DEVELOPMENT = 'cdx:npm:package:development'

/**
 * What package-lock.json pins, as CycloneDX. npm would mark all of it as tools of development, since the package depends on
 * nothing, and scanners leave out what is so marked: but functions and command line are bundled from some of it.
 */
export function billOfMaterials(name: string): unknown {
  const options = ['sbom', '--sbom-format', 'cyclonedx', '--sbom-type', 'application', '--package-lock-only']
  const text = execFileSync('npm', options, {
    encoding: 'utf8',
    maxBuffer: 64 * 2 ** 20,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const bill = z.parse(Bill, JSON.parse(text))
  const { timestamp: _, component, ...metadata } = bill.metadata
  const components = bill.components.map((item) => ({
    ...item,
    properties: item.properties.filter((property) => property.name !== DEVELOPMENT),
  }))
  const content = JSON.stringify(components)
  // npm names the whole after the folder, and gives it the time and a number by chance.
  return {
    ...bill,
    serialNumber: serialNumberOf(content),
    metadata: { ...metadata, component: { ...component, name } },
    components,
  }
}

function serialNumberOf(content: string): string {
  const digest = createHash('sha256').update(content).digest('hex')
  const [, ...parts] = /^(.{8})(.{4})(.{4})(.{4})(.{12})/.exec(digest) ?? []
  return `urn:uuid:${parts.join('-')}`
}
