import { forEachAccount } from './account.ts'
import { type Member, PREFIX } from './member.ts'
import { formatAccounts, type ShownAccount } from './read-accounts.ts'
import { type Props, type Scene, setScene } from './scene.ts'
import { type TrustPolicies, withPatched } from './trust-policies.ts'

/** One role of so many is tagged. */
const TAGGED_EVERY = 4
/** A role that is made later, in every account, and tagged. */
const LATE = 'late-comer'

/**
 * What an organization goes through, done in each account by CloudFormation alone, with what must hold after each step: all
 * report, all are resumed, one is paused, one upgraded, one falls silent, and the stack is removed from all.
 */
export async function playOrganization(props: Props): Promise<void> {
  const scene = setScene(props)
  const roleNames = Array.from({ length: props.roles }, (_, index) => `role-${index}`)
  const due = roleNames.filter((_, index) => index % TAGGED_EVERY === 0)
  const untouched = await reportAll(scene, roleNames, due)
  await resumeAll(scene, untouched, due)
  const patched = await partWays(scene)
  await removeAll(scene, patched)
}

async function reportAll(scene: Scene, roleNames: readonly string[], due: readonly string[]): Promise<TrustPolicies> {
  const { progress, checks, organization } = scene
  const { hub, members } = organization
  scene.title(`1. ${members.length} accounts get ${roleNames.length} roles each, and report what is due`)
  const tagging = `  Of ${TAGGED_EVERY} roles, one is tagged. The account of the hub gets them too, and has no stack that patches any`
  await progress.during(tagging, () =>
    forEachAccount([...members, hub], async ({ createRole }) => {
      for (const roleName of roleNames) await createRole(roleName, due.includes(roleName))
    }),
  )
  const untouched = await scene.trustPolicies()
  const dueInAll = members.length * due.length
  checks.same('report mode', `finds all ${dueInAll} that are due`, await scene.sweep(members, 'planned'), dueInAll)
  checks.same('report mode', 'changes no trust policy', await scene.trustPolicies(), untouched)
  checks.same('hub', 'knows all accounts, and that roles are due', having('Due', await scene.carry()), members.length)
  return untouched
}

async function resumeAll(scene: Scene, untouched: TrustPolicies, due: readonly string[]): Promise<void> {
  const { checks, release, organization } = scene
  const { members } = organization
  scene.title('2. All are resumed: the Parameter Mode of their stacks becomes enforce')
  await forEachAccount(members, (member) => member.update({ release, mode: 'enforce' }))
  const dueInAll = members.length * due.length
  checks.same('sweep', `patches all ${dueInAll} that are due`, await scene.sweep(members, 'patched'), dueInAll)
  const own = 'name the provider of their own account, and no other role is written anywhere'
  checks.same('trust policies', own, await scene.trustPolicies(), withPatched(untouched, members, due))
  checks.same('hub', 'hears that nothing is due any more', having('Due', await scene.carry()), 0)
}

async function partWays(scene: Scene): Promise<TrustPolicies> {
  const { progress, paint, checks, release, next, organization } = scene
  const { members, paused, upgraded, silent } = organization
  scene.title(`3. ${paused.accountId} is paused, ${upgraded.accountId} upgraded, and ${silent.accountId} falls silent`)
  await paused.update({ release, mode: 'report' })
  await upgraded.update({ release: next, mode: 'enforce' })
  const releaseOf = (member: Member) => (member === upgraded ? next : release)
  const code = await forEachAccount(members, async (member) => (await member.inspect()).code)
  const areOfRelease = members.map((member, index) => code[index]?.every((key) => releaseOf(member).zips.has(key)))
  checks.same('upgrade', 'changes the code in that account alone', areOfRelease.includes(false), false)

  progress.print('  In each account, somebody makes one more role with the tag. In the silent one, no sweep runs; what')
  progress.print('  it has told before is dated back by 27 hours, since nobody waits that long here')
  await forEachAccount(members, ({ createRole }) => createRole(LATE, true))
  const before = await scene.trustPolicies()
  const alive = members.filter((member) => member !== silent)
  const working = alive.filter((member) => member !== paused)
  checks.same('sweep', 'patches it where it may', await scene.sweep(alive, 'patched'), working.length)
  const patched = withPatched(before, working, [LATE])
  checks.same('trust policies', 'change there, and nowhere else', await scene.trustPolicies(), patched)

  const accounts = await scene.carry()
  progress.print('  The dashboard of the hub:', '', ...formatAccounts(accounts, paint), '')
  const expected = [
    `${silent.accountId} Silent ${release.version}`,
    `${paused.accountId} Due ${release.version}`,
    ...working.map((member) => `${member.accountId} Right ${releaseOf(member).version}`),
  ]
  checks.same('hub', 'shows who is silent, then who is paused, then all others', accounts.map(summary), expected)
  return patched
}

async function removeAll(scene: Scene, policies: TrustPolicies): Promise<void> {
  const { checks, release, organization } = scene
  const { members, paused } = organization
  scene.title(`4. ${paused.accountId} is resumed, then the stack is removed from all accounts`)
  await paused.update({ release, mode: 'enforce' })
  checks.same('sweep', 'patches what had waited', await scene.sweep([paused], 'patched'), 1)
  await forEachAccount(members, (member) => member.remove())
  const isKept = ([key]: readonly [string, unknown]) => !key.includes(` ${PREFIX}-`)
  const kept = new Map([...withPatched(policies, [paused], [LATE])].filter(isKept))
  checks.same('trust policies', 'stay, and no role of the stack is left', await scene.trustPolicies(), kept)
  const left = await forEachAccount(members, (member) => member.inspect())
  const expected = members.map(({ provider }) => ({ code: [], provider, parameter: provider }))
  checks.same('removal', 'leaves no function; provider and parameter stay', left, expected)
}

const having = (state: string, accounts: readonly ShownAccount[]) =>
  accounts.filter(({ states }) => states.includes(state)).length

/** Such as `300000000001 Silent, Due 0.1.0`. */
function summary({ accountId, states, about }: ShownAccount): string {
  return `${accountId} ${states.join(', ')} ${about.split(' · ')[1]}`
}
