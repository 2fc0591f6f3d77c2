import { Command } from '@commander-js/extra-typings'
import { lineOf } from '../src/report.ts'
import { sweep } from '../src/sweep.ts'
import type { Run } from './program.ts'
import { addSettingsOptions } from './settings.ts'

export function planCommand(run: Run) {
  const command = new Command('plan')
    .summary('show what would change, changing nothing')
    .option('--json', 'print the report as JSON')
    .action(async ({ json }, command) => {
      const session = run.session(command)
      const rules = await session.rules()
      const { report } = await sweep({ dryRun: true, maxChanges: Number.POSITIVE_INFINITY }, rules, {
        iam: await session.roles(),
        deferRoles: async () => new Map(),
        timeLeft: () => Number.POSITIVE_INFINITY,
        onResult: (result) => {
          if (!json && result.kind === 'planned') session.out.say(JSON.stringify(lineOf(result)))
        },
      })
      if (json) session.out.say(JSON.stringify(report, null, 2))
      run.exitWith(report.counts.planned > 0 ? 2 : 0)
    })
  return addSettingsOptions(command)
}
