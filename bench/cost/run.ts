import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageStack } from '../../sandbox/package-stack.ts'
import { costTables } from './cost-tables.ts'
import { readMeasured } from './read-measured.ts'
import { readStack } from './read-stack.ts'

// Works out the tables of docs/cost.md anew, puts them there, and prints them.

const DOCUMENT = join(import.meta.dirname, '../../docs/cost.md')
const PLACE = /(?<=<!-- npm run cost -->\n\n).*(?=<!-- end -->)/s

const stack = await packageStack()
const lean = await packageStack('--param=accountTelemetry=false')
try {
  const tables = costTables(readStack(stack), readStack(lean), readMeasured())
  writeFileSync(
    DOCUMENT,
    readFileSync(DOCUMENT, 'utf8').replace(PLACE, () => `${tables}\n\n`),
  )
  console.log(tables)
} finally {
  for (const { folder } of [stack, lean]) rmSync(folder, { recursive: true })
}
