import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { outliveReaders } from '../cli/session/outlive-readers.ts'
import { measureColdStart } from './cold-start/measure.ts'
import { measureEvents } from './events/measure.ts'
import { type Figure, tableOf } from './figure.ts'
import { findNode, RUNNING_NODE } from './find-node.ts'
import { measureOrganization } from './organization/measure.ts'
import { measurePlanning } from './planning/measure.ts'
import { readSetup, type Setup } from './setup.ts'
import { measureSweep } from './sweep/measure.ts'

// npm run bench [-- PART …] [--quick]: docs/performance.md says what is measured.

const PARTS: Readonly<Record<string, (setup: Setup) => Promise<readonly Figure[]>>> = {
  planning: measurePlanning,
  'cold-start': measureColdStart,
  sweep: measureSweep,
  events: measureEvents,
  organization: measureOrganization,
}
const RESULTS = join(import.meta.dirname, 'results.json')

outliveReaders(process.stdout, process.stderr)
const words = process.argv.slice(2)
const quick = words.includes('--quick')
const asked = words.filter((word) => word !== '--quick')
const unknown = asked.filter((word) => !Object.hasOwn(PARTS, word))
if (unknown.length > 0) {
  console.error(`bench: found ${unknown.join(', ')}, expected any of ${Object.keys(PARTS).join(', ')}, or nothing`)
  process.exit(2)
}

const print = (progress: string) => console.error(progress)
const node = quick ? RUNNING_NODE : await findNode(print)
const folder = mkdtempSync(join(tmpdir(), 'bench-'))
try {
  const setup = await readSetup(node, folder, quick)
  const figures: Figure[] = []
  for (const [name, measure] of Object.entries(PARTS)) {
    if (asked.length > 0 && !asked.includes(name)) continue
    print(`measuring ${name} …`)
    figures.push(...(await measure(setup)))
  }
  const machine = `${cpus().length} cores, Node ${node.version}, a function of ${setup.memorySize} MB`
  console.log(`${tableOf(figures)}\n${machine}`)
  if (quick) {
    console.log('A quick run: it shows that the bench works, and its figures mean nothing.')
  } else {
    writeFileSync(RESULTS, `${JSON.stringify({ machine, figures }, null, 2)}\n`)
    console.log('Written to bench/results.json')
  }
} finally {
  rmSync(folder, { recursive: true })
}
