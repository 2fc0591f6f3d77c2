import type { LocalAws } from '../local-aws.ts'
import { clientsOfAccount, forEachAccount } from './account.ts'
import { type Hub, openHub } from './hub.ts'
import { type Member, openMember } from './member.ts'
import { type Release, uploadZips } from './release.ts'

const HUB = '222222222222'
/** One bucket for all would do, if the local Lambda found the code in that of another account. */
const bucketOf = (accountId: string) => `okta-role-trust-bundles-${accountId}`

export interface Organization {
  readonly hub: Hub
  readonly members: readonly Member[]
  /** Three of them, to which more happens than to the others. */
  readonly paused: Member
  readonly upgraded: Member
  readonly silent: Member
}

/**
 * An organization on a local AWS: one account with the hub, and members, each with the stack in report
 * mode. What StackSets does in every account of a unit is done account by account, since the local AWS has no StackSets.
 *
 * @param releases whose code is uploaded; the first one is deployed
 */
export async function openOrganization(
  { endpoint }: Pick<LocalAws, 'endpoint'>,
  releases: readonly [Release, ...Release[]],
  accounts: number,
  print: (progress: string) => void,
): Promise<Organization> {
  const [release] = releases
  const ids = Array.from({ length: accounts }, (_, index) => `${300_000_000_001 + index}`)
  for (const id of [HUB, ...ids]) await uploadZips(clientsOfAccount(endpoint, id).s3, bucketOf(id), releases)
  const hub = await openHub(endpoint, HUB, release, bucketOf(HUB))
  print(`Account ${HUB} is the hub, with the bus ${hub.busArn}`)
  const open = (id: string) =>
    openMember(endpoint, id, { release, mode: 'report' }, { BundleBucket: bucketOf(id), HubBusArn: hub.busArn })
  const members = await forEachAccount(ids, open)
  print(
    `${accounts} accounts have a SAML provider of their own, and the stack of version ${release.version}, in report mode`,
  )
  const [paused, upgraded, silent] = members
  if (paused === undefined || upgraded === undefined || silent === undefined) {
    throw new Error('It takes at least three accounts')
  }
  return { hub, members, paused, upgraded, silent }
}
