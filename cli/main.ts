#!/usr/bin/env node
import { runProgram } from './program.ts'
import { outliveReaders } from './session/outlive-readers.ts'

// The SDK's word on Node versions is for those who choose the SDK's version.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true'

outliveReaders(process.stdout, process.stderr)

const { stdin, stdout, stderr, env: environment } = process
process.exitCode = await runProgram(process.argv.slice(2), { stdin, stdout, stderr, environment, onInterrupt })

function onInterrupt(listener: () => void): () => void {
  const signals: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM']
  const takeBack = () => {
    for (const signal of signals) process.off(signal, once)
  }
  const once = () => {
    takeBack()
    listener()
  }
  for (const signal of signals) process.on(signal, once)
  return takeBack
}
