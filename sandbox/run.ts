import { parseArgs } from 'node:util'
import { outliveReaders } from '../cli/session/outlive-readers.ts'
import { paintFor } from '../cli/session/paint.ts'
import { checkOutcome } from './check-outcome.ts'
import { Checks } from './checks.ts'
import { instructions } from './instructions.ts'
import { openSandbox } from './open-sandbox.ts'
import { playStories } from './play-stories.ts'
import { Progress } from './progress.ts'
import { enterSandbox } from './sandbox.ts'
import { stopOnSignals } from './stop-on-signals.ts'
import { stageOf } from './story-stage.ts'
import { sweepAfterStories } from './sweep-after-stories.ts'

// The stack on a local AWS: the real zips, queue and rule. Ends with 1 where anything was not as expected.

outliveReaders(process.stdout, process.stderr)
const paint = paintFor(process.stdout, process.env)
const progress = new Progress(paint)
stopOnSignals(progress)

try {
  const { values: options } = parseArgs({ options: { keep: { type: 'boolean', default: false } } })
  const started = Date.now()
  const open = () => openSandbox((step) => progress.print(`  ${step}`))
  const sandbox = await progress.during(paint('bold', 'Opening the sandbox'), open)
  try {
    const entered = enterSandbox(sandbox.key)
    const takeOutcomes = await entered.collectEvents({ source: ['okta-role-trust'] })
    const stage = stageOf(entered)
    await playStories(stage, progress, paint)
    const sweeps = await sweepAfterStories(stage, progress, paint)
    progress.print('', paint('bold', '4. Is everything as it should be?'))
    const checks = new Checks(progress, paint)
    await checkOutcome(stage, sweeps, await takeOutcomes(), checks)
    if (checks.unmet > 0) process.exitCode = 1
    if (options.keep) {
      progress.print('', instructions(sandbox.key))
      await sandbox.ended
    }
  } finally {
    sandbox.stop()
  }
  const seconds = Math.round((Date.now() - started) / 1000)
  progress.print('', `The sandbox is closed: no process and no file of it is left. It took ${seconds} s.`)
} catch (error) {
  progress.print('', paint('red', error instanceof Error ? error.message : String(error)))
  process.exitCode = 1
}
