import type { Context } from 'aws-lambda'
import { wireSweep } from './sweep-wiring.ts'

const { config, runSweep } = wireSweep(process.env, 'scheduled sweep')

/** On the schedule: remediates whatever the events missed, within the cap (rule 6.2). The event itself says nothing. */
export const handler = (_event: unknown, context: Context) =>
  runSweep({ dryRun: false, maxChanges: config.maxChanges }, context)
