import { subscribe } from 'node:diagnostics_channel'
import { contextOf } from '../../fake-aws/invocation.ts'
import { cpuTime } from '../cpu-time.ts'
import { sendResult } from '../send-result.ts'

// Invokes the function of one bundle, once, with the payload that is given as JSON. Where Node gives it the garbage collector, it collects before requests, and
// so learns how much is alive between two pages: what the process takes in all says more of V8's habits than of needs.

const [bundle = '', payload = '{}'] = process.argv.slice(2)
const { handler } = await import(bundle)

/** Collecting before each of the requests of a change would take minutes. In milliseconds. */
const PAUSE = 50

let liveHeap = 0
let last = 0
if (globalThis.gc !== undefined) {
  subscribe('http.client.request.start', () => {
    if (performance.now() - last < PAUSE) return
    globalThis.gc?.()
    liveHeap = Math.max(liveHeap, process.memoryUsage().heapUsed)
    last = performance.now()
  })
}
const start = performance.now()
let report: unknown
const cpu = await cpuTime(async () => {
  report = await handler(JSON.parse(payload), contextOf())
  // As Lambda does with it.
  JSON.stringify(report)
})
sendResult({
  cpu,
  report,
  seconds: (performance.now() - start) / 1000,
  peakMemory: (process.resourceUsage().maxRSS * 1024) / 1e6,
  liveHeap: liveHeap / 1e6,
})
