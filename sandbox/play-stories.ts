import type { Paint } from '../cli/session/paint.ts'
import { trustPolicyDiff } from '../cli/trust-policy-diff.ts'
import type { Progress } from './progress.ts'
import { type Act, STORIES } from './role-stories.ts'
import type { Sandbox } from './sandbox.ts'
import { RULE } from './stack-names.ts'
import { isLetThrough } from './trail.ts'
import { watchRoles } from './watch-roles.ts'

/** Lets people create, tag and change roles, and shows what the events make of each. */
export async function playStories(sandbox: Sandbox, progress: Progress, paint: Paint): Promise<void> {
  const heardAt = new Map<string, number>()
  const iam = sandbox.iamOfPerson(async (event) => {
    const { eventName, requestParameters } = event.detail
    const roleName = String(requestParameters.roleName)
    const isLet = await isLetThrough(sandbox.events, RULE, event)
    const verdict = isLet ? 'the rule lets it through' : 'the rule drops it: not about the tag'
    progress.print(`  ${eventName.padEnd(22)} ${paint('bold', roleName.padEnd(18))} ${paint('dim', verdict)}`)
    await sandbox.deliver(event)
    heardAt.set(roleName, Date.now())
  })

  const play = async (actsOf: (story: (typeof STORIES)[number]) => readonly Act[]) => {
    for (const story of STORIES) for (const act of actsOf(story)) await act(iam, story.roleName)
    const roleNames = STORIES.map(({ roleName }) => roleName)
    let told = 0
    const tell = (roleName: string, before: unknown, after: unknown) => {
      const seconds = ((Date.now() - (heardAt.get(roleName) ?? 0)) / 1000).toFixed(1)
      const line = `${paint('green', 'patched')} ${paint('bold', roleName)}, ${seconds} s after its event`
      progress.print(`  ${line}`)
      // The others look alike.
      if (told === 0) progress.print(...trustPolicyDiff(before, after, paint))
      told += 1
    }
    const waiting = paint('dim', '  The queue holds each event back for a while, so that IAM can settle')
    await progress.during(waiting, () => watchRoles(sandbox, roleNames, tell))
  }

  progress.print('', paint('bold', '1. People create and tag roles, and CloudTrail tells EventBridge of each call'))
  await play(({ first }) => first)
  progress.print('', paint('bold', '2. Somebody overwrites trust policies, and tags come and go'))
  await play(({ later = [] }) => later)
}
