import { TagRoleCommand } from '@aws-sdk/client-iam'
import { checkOutcome } from '../sandbox/check-outcome.ts'
import { Checks } from '../sandbox/checks.ts'
import { playStories } from '../sandbox/play-stories.ts'
import { missedStory, storiesOf } from '../sandbox/role-stories.ts'
import { sweepAfterStories } from '../sandbox/sweep-after-stories.ts'
import { oktaSso, policyOf, trusting } from '../sandbox/trust-policies.ts'
import { watchRoles } from '../sandbox/watch-roles.ts'
import { costOfAnHour } from './cost.ts'
import type { Deployment } from './deployment.ts'
import { listenForOutcomes } from './listen.ts'
import { makeScene, type Studio } from './make-scene.ts'
import { type Before, observeAll } from './observations.ts'
import { makeRole, type Scene } from './scene.ts'
import { otherRecipient, type SignIn, signIn, signInAfter, wordsOf } from './sign-in.ts'

/**
 * Makes all that a run needs, in the order of its steps, and looks at it. Removes nothing.
 *
 * @throws what a step throws, and the reason of the signal
 */
export async function playRun(studio: Studio): Promise<void> {
  const scene = await makeScene(studio)
  const takeOutcomes = await listenForOutcomes(scene, studio.ledger)
  await studio.ledger.step('make a role to sign in through', 'made', async () => {
    const made = await makeRole(scene, DOOR)
    return made.kind === 'taken' ? 'made' : made.error
  })
  await trySignIn(studio, scene, 'before the patch', 'refused', ['failed'])

  const deployment = studio.openDeployment()
  try {
    await deploy(studio, deployment)
    const before = await playAll(studio, scene, takeOutcomes)
    await patchDoor(studio, scene)
    await trySignIn(studio, scene, 'after the patch', 'let in', ['failed', 'refused'])
    await trySignIn(studio, scene, 'with another audience', 'refused', ['failed'], otherRecipient(scene.account))
    await observe(studio, scene, before)
    await withdraw(studio, scene, deployment)
    await trySignIn(studio, scene, 'after the withdrawal', 'refused', ['failed', 'let in'])
  } finally {
    deployment.close()
  }
}

/** Behind the run's name: the role that somebody signs in through. */
const DOOR = 'sign-in'

/** @param transient what comes about for a while, until IAM knows everywhere what it was told */
async function trySignIn(
  { ledger }: Studio,
  { door, account, run, signal }: Scene,
  when: string,
  expected: SignIn['kind'],
  transient: readonly SignIn['kind'][],
  recipient?: string,
): Promise<void> {
  const step = `sign in ${when}`
  if (account.isLocal) {
    ledger.notHere(step, expected, 'the local AWS looks neither at an assertion nor at a trust policy')
    return
  }
  const roleArn = `arn:${account.partition}:iam::${account.account}:role/${run.name}-${DOOR}`
  const attempt = () => signIn(door, roleArn, recipient)
  await ledger.step(step, expected, async () => wordsOf(await signInAfter(transient, attempt, signal)))
}

async function deploy({ ledger }: Studio, deployment: Deployment): Promise<void> {
  const work = async () => {
    await deployment.deploy()
    return 'deployed'
  }
  await ledger.step('deploy the stack', 'deployed', work, `about $${costOfAnHour()} for the hour (docs/cost.md)`)
}

/** Plays the stories, sweeps, and compares all that came of it with what should be. */
async function playAll(
  { ledger, progress, paint }: Studio,
  { stage }: Scene,
  takeOutcomes: Awaited<ReturnType<typeof listenForOutcomes>>,
): Promise<Before> {
  const { patchedAfter } = await ledger.step('play the stories', 'played', async () => {
    const played = await playStories(stage, progress, paint)
    const [first, last] = [Math.min, Math.max].map((pick) => pick(...played.patchedAfter).toFixed(0))
    const patches = played.patchedAfter.length === 0 ? '' : `; patches came ${first} to ${last} s after the calls`
    return { seen: `played${patches}`, isMet: true, value: played }
  })
  const sweeps = await ledger.step('sweep', 'swept', async () => {
    return { seen: 'swept', value: await sweepAfterStories(stage, progress, paint) }
  })
  const outcomes = await ledger.step('compare with what should be', 'all as it should be', async () => {
    const outcomes = await takeOutcomes()
    const checks = new Checks(progress, paint)
    await checkOutcome(stage, sweeps, outcomes, checks)
    const seen = checks.unmet === 0 ? 'all as it should be' : `${checks.unmet} otherwise, named above`
    return { seen, value: outcomes }
  })
  const stories = [...storiesOf(stage.cast), missedStory(stage.cast)]
  const patches = stories.reduce((sum, story) => sum + story.patches, 0)
  return { patches, slowest: Math.max(0, ...patchedAfter), outcomes: outcomes.length }
}

async function patchDoor({ ledger }: Studio, { run, stage, door }: Scene): Promise<void> {
  const roleName = `${run.name}-${DOOR}`
  const expected = policyOf(trusting('ec2'), oktaSso(door.providerArn, stage.cast))
  await ledger.step('tag the role to sign in through', 'patched', async () => {
    const person = stage.iamOfPerson((event) => stage.deliver(event))
    await person.send(new TagRoleCommand({ RoleName: roleName, Tags: [{ Key: run.tagKey, Value: 'true' }] }))
    await watchRoles(stage, new Map([[roleName, expected]]), () => {})
    return 'patched'
  })
}

async function observe({ ledger, tell }: Studio, scene: Scene, before: Before): Promise<void> {
  await ledger.step('look at the lines of docs/compatibility.md', 'looked at', async () => {
    const observed = await observeAll(scene, before)
    tell(observed)
    const failed = observed.filter(({ observation }) => observation instanceof Error).length
    const seen = observed.filter(({ observation }) => 'seen' in observation).length
    return { seen: `${seen} of ${observed.length} seen, ${failed} failed`, isMet: failed === 0 }
  })
}

/** As whoever removes the system does (docs/operating.md, "Removing the stack"). */
async function withdraw({ ledger }: Studio, { run, stage }: Scene, deployment: Deployment): Promise<void> {
  await ledger.step('let the stack only report', 'deployed', async () => {
    await deployment.deploy('--param=mode=report')
    return 'deployed'
  })
  await ledger.step('withdraw the statements', 'withdrawn', async () => {
    await deployment.okta('withdraw', '--yes')
    const policies = [...(await stage.allTrustPolicies())]
    const left = policies.filter(([, policy]) => JSON.stringify(policy).includes(`"${run.sid}"`))
    return left.length === 0 ? 'withdrawn' : `left in ${left.map(([name]) => name).join(', ')}`
  })
}
