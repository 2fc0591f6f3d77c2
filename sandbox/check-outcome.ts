import type { Checks } from './checks.ts'
import type { DeliveredEvent } from './collect-events.ts'
import { missedStory, storiesOf } from './role-stories.ts'
import type { StoryStage } from './story-stage.ts'
import type { Sweeps } from './sweep-after-stories.ts'
import { meansTheSame } from './trust-policies.ts'

/** Compares every trust policy, and what the functions told, with what should be. */
export async function checkOutcome(
  stage: StoryStage,
  sweeps: Sweeps,
  outcomes: readonly DeliveredEvent[],
  checks: Checks,
): Promise<void> {
  const { trustPolicies, dryRun, sweep, secondSweep } = sweeps
  const missed = missedStory(stage.cast)
  const stories = [...storiesOf(stage.cast), missed]
  for (const { roleName, title, expected } of stories) {
    const found = secondSweep.trustPolicies.get(roleName)
    // IAM may hand a document back in other words.
    checks.same(roleName, title, meansTheSame(found, expected) ? expected : found, expected)
  }
  checks.same('backfill', 'a dry run tells what is due', dryRun.told, [`planned ${missed.roleName}`])
  checks.same('backfill', 'a dry run changes no trust policy', dryRun.trustPolicies, trustPolicies)
  checks.same('scheduled-sweep', 'patches what is due, and nothing else', sweep.told, [`patched ${missed.roleName}`])
  checks.same('scheduled-sweep', 'tells who lost the tag', sweep.orphaned, [
    `${stage.cast.rolePrefix}contractor-sandbox`,
  ])
  checks.same('scheduled-sweep', 'finds nothing to do the second time', secondSweep.told, [])
  checks.same('scheduled-sweep', 'changes nothing then', secondSweep.trustPolicies, sweep.trustPolicies)
  const isOfRole = ({ detail }: DeliveredEvent) => detail.roleName !== undefined
  const toldOfRoles = outcomes.filter(isOfRole).map((event) => `${event['detail-type']} ${event.detail.roleName}`)
  const patches = stories.flatMap(({ roleName, patches }) =>
    Array.from({ length: patches }, () => `Role Patched ${roleName}`),
  )
  checks.same('event bus', 'tells of each patch, whoever lays a rule for it', toldOfRoles.sort(), patches.sort())
  const heartbeats = outcomes.filter((event) => !isOfRole(event)).map((event) => event['detail-type'])
  checks.same('event bus', 'has a heartbeat of each sweep', heartbeats, ['Sweep Finished', 'Sweep Finished'])
  checks.same('dead-letter queue', 'is empty', await stage.countMessages(stage.names.deadLetterQueue), 0)
}
