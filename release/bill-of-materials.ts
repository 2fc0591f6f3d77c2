import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import * as z from 'zod/mini'

const Bill = z.looseObject({
  metadata: z.looseObject({ timestamp: z.string(), component: z.looseObject({ name: z.string() }) }),
  components: z.array(z.unknown()),
})

/**
 * What package-lock.json pins, as CycloneDX. The tools of development are in it too, marked as such: the command line is
 * bundled from some of them.
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
  const content = JSON.stringify(bill.components)
  // npm names the whole after the folder, and gives it the time and a number by chance.
  return {
    ...bill,
    serialNumber: serialNumberOf(content),
    metadata: { ...metadata, component: { ...component, name } },
  }
}

function serialNumberOf(content: string): string {
  const digest = createHash('sha256').update(content).digest('hex')
  const [, ...parts] = /^(.{8})(.{4})(.{4})(.{4})(.{12})/.exec(digest) ?? []
  return `urn:uuid:${parts.join('-')}`
}
