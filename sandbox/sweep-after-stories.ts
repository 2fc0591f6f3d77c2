import type { Paint } from '../cli/session/paint.ts'
import type { Progress } from './progress.ts'
import { readReport } from './reports.ts'
import { missedStory } from './role-stories.ts'
import type { StoryStage } from './story-stage.ts'

type TrustPolicies = Awaited<ReturnType<StoryStage['allTrustPolicies']>>

/** What a run of a function told, and how the trust policies were when it had ended. */
interface Run {
  /** Such as `patched data-analyst`. */
  readonly told: readonly string[]
  readonly orphaned: readonly string[]
  readonly trustPolicies: TrustPolicies
}

export interface Sweeps {
  /** Before the first run. */
  readonly trustPolicies: TrustPolicies
  readonly dryRun: Run
  readonly sweep: Run
  readonly secondSweep: Run
}

/** Makes a role that no event tells of, then runs the backfill dry and the sweep twice. */
export async function sweepAfterStories(stage: StoryStage, progress: Progress, paint: Paint): Promise<Sweeps> {
  const run = async (id: 'backfill' | 'scheduled-sweep', payload: object): Promise<Run> => {
    const invocation = `  ${id} ${paint('dim', JSON.stringify(payload))}`
    const answer = await progress.during(invocation, () => stage.invoke(id, payload))
    const { roles, orphaned } = readReport(answer)
    for (const { kind, roleName } of roles) progress.print(`    ${paint('green', kind)} ${paint('bold', roleName)}`)
    if (roles.length === 0) progress.print('    nothing is due')
    const told = roles.map(({ kind, roleName }) => `${kind} ${roleName}`)
    return { told, orphaned, trustPolicies: await stage.allTrustPolicies() }
  }
  const { roleName, first } = missedStory(stage.cast)
  progress.print('', paint('bold', `3. ${roleName} is tagged, and the event gets lost`))
  return stage.withoutEvents(async () => {
    for (const act of first) await act(stage.iam, roleName)
    return {
      trustPolicies: await stage.allTrustPolicies(),
      dryRun: await run('backfill', { dryRun: true }),
      sweep: await run('scheduled-sweep', {}),
      secondSweep: await run('scheduled-sweep', {}),
    }
  })
}
