import { readFileSync } from 'node:fs'
import { cpuTime } from '../cpu-time.ts'
import { sendResult } from '../send-result.ts'
import { planOf } from './plan-of.ts'

// Plans the documents of each list in the given file in each of so many rounds, in turn with only parsing and printing
// their JSON.

const [file = '', rounds = ''] = process.argv.slice(2)
const lists: Readonly<Record<string, readonly string[]>> = JSON.parse(readFileSync(file, 'utf8'))

/** Rounds until V8 has compiled what it will compile. */
const WARM_UP = 3

const measured = Object.fromEntries(Object.keys(lists).map((name) => [name, [] as object[]]))
const kinds = { unchanged: 0, change: 0, blocked: 0 }
let characters = 0
for (let round = 0; round < WARM_UP + Number(rounds); round += 1) {
  for (const [name, documents] of Object.entries(lists)) {
    const baseline = await cpuTime(() => {
      for (const text of documents) characters += JSON.stringify(JSON.parse(text)).length
    })
    const planning = await cpuTime(() => {
      for (const text of documents) kinds[planOf(text).kind] += 1
    })
    if (round >= WARM_UP) measured[name]?.push({ measured: planning, baseline })
  }
}
sendResult({ rounds: measured, kinds, characters })
