import type { Paint } from '../cli/session/paint.ts'
import { trustPolicyDiff } from '../cli/trust-policy-diff.ts'
import type { Progress } from './progress.ts'
import { type Act, type RoleStory, storiesOf } from './role-stories.ts'
import type { StoryStage } from './story-stage.ts'
import { isLetThrough } from './trail.ts'
import { watchRoles } from './watch-roles.ts'

/** What the events did. */
export interface Played {
  /** Of each trust policy that was changed: how long after the last call about its role, in seconds. */
  readonly patchedAfter: readonly number[]
}

/** Lets people create, tag and change roles, and shows what the events make of each. */
export async function playStories(stage: StoryStage, progress: Progress, paint: Paint): Promise<Played> {
  const stories = storiesOf(stage.cast)
  const width = Math.max(...stories.map(({ roleName }) => roleName.length))
  const heardAt = new Map<string, number>()
  const patchedAfter: number[] = []
  const iam = stage.iamOfPerson(async (event) => {
    const { eventName, requestParameters } = event.detail
    const roleName = String(requestParameters.roleName)
    const isLet = await isLetThrough(stage.events, stage.names.rule, event)
    const verdict = isLet ? 'the rule lets it through' : 'the rule drops it: not about the tag'
    progress.print(`  ${eventName.padEnd(22)} ${paint('bold', roleName.padEnd(width))} ${paint('dim', verdict)}`)
    await stage.deliver(event)
    heardAt.set(roleName, Date.now())
  })

  const play = async (
    actsOf: (story: RoleStory) => readonly Act[],
    expectedOf: (story: RoleStory) => object,
  ): Promise<void> => {
    for (const story of stories) for (const act of actsOf(story)) await act(iam, story.roleName)
    let told = 0
    const tell = (roleName: string, before: unknown, after: unknown) => {
      const seconds = (Date.now() - (heardAt.get(roleName) ?? 0)) / 1000
      patchedAfter.push(seconds)
      const line = `${paint('green', 'patched')} ${paint('bold', roleName)}, ${seconds.toFixed(1)} s after its event`
      progress.print(`  ${line}`)
      // The others look alike.
      if (told === 0) progress.print(...trustPolicyDiff(before, after, paint))
      told += 1
    }
    const expected = new Map(stories.map((story) => [story.roleName, expectedOf(story)]))
    const waiting = paint('dim', '  The queue holds each event back for a while, so that IAM can settle')
    await progress.during(waiting, () => watchRoles(stage, expected, tell))
  }

  progress.print('', paint('bold', '1. People create and tag roles, and CloudTrail tells EventBridge of each call'))
  await play(
    ({ first }) => first,
    ({ between, expected }) => between ?? expected,
  )
  progress.print('', paint('bold', '2. Somebody overwrites trust policies, and tags come and go'))
  await play(
    ({ later = [] }) => later,
    ({ expected }) => expected,
  )
  return { patchedAfter }
}
