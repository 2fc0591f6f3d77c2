import type { Paint } from '../cli/paint.ts'
import { trustPolicyDiff } from '../cli/trust-policy-diff.ts'
import { Checks } from './checks.ts'
import type { Progress } from './progress.ts'
import { readReport } from './reports.ts'
import { MISSED, type RoleStory, STORIES } from './role-stories.ts'
import type { Sandbox } from './sandbox.ts'
import { DEAD_LETTER_QUEUE, RULE } from './stack-names.ts'
import { isLetThrough } from './trail.ts'
import { watchRoles } from './watch-roles.ts'

/**
 * Lets people create, tag and change roles, and shows what becomes of each; then runs the backfill and the sweep, and
 * checks everything.
 *
 * @returns how many expectations were not met
 */
export async function playStories(sandbox: Sandbox, progress: Progress, paint: Paint): Promise<number> {
  const heading = (text: string) => progress.say('', paint('bold', text))
  const heardAt = new Map<string, number>()
  const iam = sandbox.iamOfPerson(async (event) => {
    const { eventName, requestParameters } = event.detail
    const roleName = String(requestParameters.roleName)
    const then = (await isLetThrough(sandbox.events, RULE, event))
      ? 'on its way'
      : 'dropped by the rule: not about the tag'
    progress.say(`  ${eventName.padEnd(23)} ${paint('bold', roleName.padEnd(18))} ${paint('dim', then)}`)
    await sandbox.deliver(event)
    heardAt.set(roleName, Date.now())
  })
  let isDiffDue = true
  const tellChange = (roleName: string, before: unknown, after: unknown) => {
    const seconds = ((Date.now() - (heardAt.get(roleName) ?? 0)) / 1000).toFixed(1)
    progress.say(`  ${paint('green', 'patched')} ${paint('bold', roleName)} ${seconds} s after the event`)
    // The others look alike.
    if (isDiffDue) progress.say(trustPolicyDiff(before, after, paint))
    isDiffDue = false
  }
  const play = async (actsOf: (story: RoleStory) => RoleStory['first']) => {
    for (const story of STORIES) for (const act of actsOf(story)) await act(iam, story.roleName)
    isDiffDue = true
    const roleNames = STORIES.map(({ roleName }) => roleName)
    await progress.during(paint('dim', '  The queue holds each event back for 15 s, so that IAM can settle'), () =>
      watchRoles(sandbox, roleNames, tellChange),
    )
  }
  const report = async (...[id, payload]: Parameters<Sandbox['invoke']>) => {
    const answer = await progress.during(`  ${id} ${paint('dim', JSON.stringify(payload))}`, () =>
      sandbox.invoke(id, payload),
    )
    const { counts, roles, orphaned } = readReport(answer)
    for (const { kind, roleName } of roles) progress.say(`    ${paint('green', kind)} ${paint('bold', roleName)}`)
    return { counts, orphaned, changed: roles.map(({ kind, roleName }) => `${kind} ${roleName}`) }
  }

  heading('1. People create and tag roles, and CloudTrail tells EventBridge of each call')
  await play(({ first }) => first)
  heading('2. Somebody overwrites trust policies, and somebody takes a tag away')
  await play(({ later = [] }) => later)

  heading('3. A role is tagged, and its event gets lost')
  for (const act of MISSED.first) await act(sandbox.iam, MISSED.roleName)
  const before = await sandbox.allTrustPolicies()
  const planned = await report('backfill', { dryRun: true })
  const afterDryRun = await sandbox.allTrustPolicies()
  const swept = await report('scheduled-sweep', {})
  const afterSweep = await sandbox.allTrustPolicies()
  const again = await report('scheduled-sweep', {})

  heading('4. Is everything as it should be?')
  const checks = new Checks(progress, paint)
  for (const { roleName, title, expected } of [...STORIES, MISSED]) {
    checks.same(roleName, title, afterSweep.get(roleName), expected(sandbox.key.provider))
  }
  const { roleName } = MISSED
  checks.same('backfill', 'a dry run finds what is due', planned.changed, [`planned ${roleName}`])
  checks.same('backfill', 'a dry run changes no trust policy', afterDryRun, before)
  checks.same('scheduled-sweep', 'patches what is due, and nothing else', swept.changed, [`patched ${roleName}`])
  checks.same('scheduled-sweep', 'tells which role lost its tag and keeps the statement', swept.orphaned, [
    'contractor-sandbox',
  ])
  checks.same('scheduled-sweep', 'finds nothing more to do at the second run', again.changed, [])
  checks.same('scheduled-sweep', 'changes no trust policy then', await sandbox.allTrustPolicies(), afterSweep)
  checks.same('dead-letter queue', 'is empty', await sandbox.countMessages(DEAD_LETTER_QUEUE), 0)
  return checks.unmet
}
