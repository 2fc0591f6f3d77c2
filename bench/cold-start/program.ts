import { cpuTime } from '../cpu-time.ts'
import { sendResult } from '../send-result.ts'

// Imports one bundle in a process that has done nothing else.

const [bundle = ''] = process.argv.slice(2)
const start = performance.now()
const cpu = await cpuTime(() => import(bundle))
sendResult({ cpu, wall: performance.now() - start })
