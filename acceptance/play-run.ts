import timers from 'node:timers/promises'
import { CreateSAMLProviderCommand, TagRoleCommand } from '@aws-sdk/client-iam'
import { PutParameterCommand } from '@aws-sdk/client-ssm'
import type { Paint } from '../cli/session/paint.ts'
import { checkOutcome } from '../sandbox/check-outcome.ts'
import { Checks } from '../sandbox/checks.ts'
import { collectEvents, type DeliveredEvent } from '../sandbox/collect-events.ts'
import { playStories } from '../sandbox/play-stories.ts'
import type { Progress } from '../sandbox/progress.ts'
import { missedStory, storiesOf } from '../sandbox/role-stories.ts'
import { type Sweeps, sweepAfterStories } from '../sandbox/sweep-after-stories.ts'
import { oktaSso, policyOf, trusting } from '../sandbox/trust-policies.ts'
import { watchRoles } from '../sandbox/watch-roles.ts'
import { type Account, type AccountClients, accountClients, awaitYoungRoles } from './account.ts'
import { costOfAnHour } from './cost.ts'
import type { Deployment } from './deployment.ts'
import { createIdentityProvider } from './identity-provider.ts'
import type { Ledger } from './ledger.ts'
import type { Observed } from './observation.ts'
import { observeAll } from './observations.ts'
import type { Run } from './run-names.ts'
import { makeRole, type Scene } from './scene.ts'
import { otherRecipient, type SignIn, signIn, signInAfter, wordsOf } from './sign-in.ts'
import { stageOf } from './stage.ts'

/** What a run is made in, and by. */
export interface Studio {
  readonly run: Run
  readonly account: Account
  readonly clients: AccountClients
  readonly ledger: Ledger
  readonly progress: Progress
  readonly paint: Paint
  readonly signal: AbortSignal
  /** Called when the stack is due: what it takes is a copy of this folder. */
  openDeployment(): Deployment
  /** Told what was seen of each line of docs/compatibility.md. */
  tell(observed: readonly Observed[]): void
}

/**
 * Makes all that a run needs, in the order of its steps, and looks at it. Removes nothing.
 *
 * @throws what a step throws, and the reason of the signal
 */
export async function playRun(studio: Studio): Promise<void> {
  const { run, account, clients, ledger, progress, paint, signal } = studio
  const scene = await makeProvider(studio)
  const { stage } = scene
  const tags = Object.entries(run.tags).map(([Key, Value]) => ({ Key, Value }))

  await ledger.step('make the SSM parameter', 'made', async () => {
    const parameter = { Name: run.parameter, Type: 'String', Value: scene.door.providerArn, Tags: tags } as const
    await clients.ssm.send(new PutParameterCommand(parameter))
    return 'made'
  })

  let take: () => Promise<readonly DeliveredEvent[]> = async () => []
  await ledger.step('listen for outcome events', 'made', async () => {
    const owned = { name: `${run.name}-outcomes`, tags: run.tags }
    const pattern = { source: ['okta-role-trust'], account: [account.account], detail: { stack: [run.name] } }
    take = await collectEvents(clients, account, pattern, owned, account.isLocal ? 0 : 20)
    return 'made'
  })

  const door = `${run.name}-sign-in`
  const attempt = (recipient?: string) => signIn(scene.door, arnOf(scene, door), recipient)
  const signInStep = async (
    step: string,
    expected: SignIn['kind'],
    transient: readonly SignIn['kind'][],
    to?: string,
  ) => {
    if (account.isLocal) return ledger.notHere(step, expected, LOCAL)
    await ledger.step(step, expected, async () => wordsOf(await signInAfter(transient, () => attempt(to), signal)))
  }

  await ledger.step('make a role to sign in through', 'made', async () => {
    const made = await makeRole(scene, 'sign-in')
    return made.kind === 'taken' ? 'made' : made.error
  })
  await signInStep('sign in before the patch', 'refused', ['failed'])

  const deployment = studio.openDeployment()
  try {
    const deploy = () => deployment.deploy().then(() => 'deployed')
    await ledger.step('deploy the stack', 'deployed', deploy, `about $${costOfAnHour()} for the hour (docs/cost.md)`)

    let slowest = 0
    await ledger.step('play the stories', 'played', async () => {
      const { patchedAfter } = await playStories(stage, progress, paint)
      slowest = Math.max(0, ...patchedAfter)
      const [first, last] = [Math.min(...patchedAfter), slowest].map((seconds) => seconds.toFixed(0))
      return { seen: `played; patches came ${first} to ${last} s after the calls`, isMet: patchedAfter.length > 0 }
    })

    let sweeps: Sweeps | undefined
    await ledger.step('sweep', 'swept', async () => {
      sweeps = await sweepAfterStories(stage, progress, paint)
      return 'swept'
    })
    let outcomes: readonly DeliveredEvent[] = []
    await ledger.step('compare with what should be', 'all as it should be', async () => {
      outcomes = await takeAll(take, signal)
      const checks = new Checks(progress, paint)
      if (sweeps !== undefined) await checkOutcome(stage, sweeps, outcomes, checks)
      return checks.unmet === 0 ? 'all as it should be' : `${checks.unmet} otherwise, named above`
    })

    await ledger.step('tag the role to sign in through', 'patched', async () => {
      await stage
        .iamOfPerson((event) => stage.deliver(event))
        .send(new TagRoleCommand({ RoleName: door, Tags: [{ Key: run.tagKey, Value: 'true' }] }))
      await watchRoles(
        stage,
        new Map([[door, policyOf(trusting('ec2'), oktaSso(scene.door.providerArn, stage.cast))]]),
        () => {},
      )
      return 'patched'
    })
    await signInStep('sign in after the patch', 'let in', ['failed', 'refused'])
    await signInStep('sign in with another audience', 'refused', ['failed'], otherRecipient(account))

    await ledger.step('look at the lines of docs/compatibility.md', 'looked at', async () => {
      const patches = [...storiesOf(stage.cast), missedStory(stage.cast)].reduce((sum, story) => sum + story.patches, 1)
      const observed = await observeAll(scene, { patches, slowest, outcomes: outcomes.length })
      studio.tell(observed)
      const failed = observed.filter(({ observation }) => observation instanceof Error)
      const seen = observed.filter(({ observation }) => 'seen' in observation)
      return { seen: `${seen.length} of ${observed.length} seen, ${failed.length} failed`, isMet: failed.length === 0 }
    })

    await ledger.step('let the stack only report', 'deployed', () =>
      deployment.deploy('--param=mode=report').then(() => 'deployed'),
    )
    await ledger.step('withdraw the statements', 'withdrawn', async () => {
      await deployment.okta('withdraw', '--yes')
      const left = [...(await stage.allTrustPolicies())].filter(([, policy]) =>
        JSON.stringify(policy).includes(`"${run.sid}"`),
      )
      return left.length === 0 ? 'withdrawn' : `left in ${left.map(([name]) => name).join(', ')}`
    })
    await signInStep('sign in after the withdrawal', 'refused', ['failed', 'let in'])
  } finally {
    deployment.close()
  }
}

const LOCAL = 'the local AWS looks neither at an assertion nor at a trust policy'

/** The key of the identity provider is made here, and goes with this process. */
async function makeProvider(studio: Studio): Promise<Scene> {
  const { run, account, ledger, signal } = studio
  const clients = { ...studio.clients, iam: awaitYoungRoles(accountClients(account).iam) }
  const idp = await createIdentityProvider(run.name)
  const Tags = Object.entries(run.tags).map(([Key, Value]) => ({ Key, Value }))
  await ledger.step('make the SAML provider', 'made', async () => {
    await clients.iam.send(new CreateSAMLProviderCommand({ Name: run.name, SAMLMetadataDocument: idp.metadata, Tags }))
    return 'made'
  })
  const providerArn = `arn:${account.partition}:iam::${account.account}:saml-provider/${run.name}`
  const door = { sts: clients.sts, account, idp, providerArn }
  return { run, account, clients, signal, door, stage: stageOf(clients, account, run, providerArn, signal) }
}

function arnOf({ account: { partition, account } }: Scene, roleName: string): string {
  return `arn:${partition}:iam::${account}:role/${roleName}`
}

/** Until none has come for a while: events take seconds. */
async function takeAll(take: () => Promise<readonly DeliveredEvent[]>, signal: AbortSignal) {
  const all: DeliveredEvent[] = []
  for (let misses = 0; misses < 2; ) {
    signal.throwIfAborted()
    const taken = await take()
    all.push(...taken)
    misses = taken.length === 0 ? misses + 1 : 0
    await timers.setTimeout(200)
  }
  return all
}
