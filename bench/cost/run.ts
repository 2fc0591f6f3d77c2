import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { HUB_FUNCTIONS, hubTemplate } from '../../release/hub-template.ts'
import { packageStack } from '../../sandbox/package-stack.ts'
import { costTables } from './cost-tables.ts'
import { readHub } from './hub-usage.ts'
import { organizationTables } from './organization-tables.ts'
import { readMeasured } from './read-measured.ts'
import { readStack } from './read-stack.ts'

// Works out the tables of docs/cost.md and docs/organization.md anew, puts them there, and prints them.

const PLACE = /(?<=<!-- npm run cost -->\n\n).*(?=<!-- end -->)/s
const HUB = 'arn:aws:events:us-east-1:999988887777:event-bus/okta-role-trust-hub'

function putInto(name: string, tables: string): void {
  const document = join(import.meta.dirname, '../../docs', name)
  writeFileSync(
    document,
    readFileSync(document, 'utf8').replace(PLACE, () => `${tables}\n\n`),
  )
  console.log(`${tables}\n`)
}

const stack = await packageStack()
const lean = await packageStack('--param=accountTelemetry=false')
const member = await packageStack('--param=accountTelemetry=false', `--param=hubBusArn=${HUB}`)
const hub = hubTemplate(Object.fromEntries(HUB_FUNCTIONS.map((name) => [name, `${name}.zip`])), '')
try {
  const measured = readMeasured()
  putInto('cost.md', costTables(readStack(stack), readStack(lean), measured))
  putInto('organization.md', organizationTables(readStack(member), readHub(hub), measured))
} finally {
  for (const { folder } of [stack, lean, member]) rmSync(folder, { recursive: true })
}
