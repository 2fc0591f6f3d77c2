import { pathToFileURL } from 'node:url'
import { sendResult } from '../send-result.ts'

// Runs the command line that is given, with its own bundle, in this process.

const [bundle = '', ...words] = process.argv.slice(2)
process.argv = [process.execPath, bundle, ...words]
const start = performance.now()
await import(pathToFileURL(bundle).href)
sendResult({
  exitCode: process.exitCode,
  seconds: (performance.now() - start) / 1000,
  peakMemory: (process.resourceUsage().maxRSS * 1024) / 1e6,
})
