import type { Paint } from '../../cli/session/paint.ts'
import type { Checks } from '../checks.ts'
import type { DeliveredEvent } from '../collect-events.ts'
import type { Progress } from '../progress.ts'
import { forEachAccount } from './account.ts'
import type { Member } from './member.ts'
import type { Organization } from './open-organization.ts'
import { readAccounts, type ShownAccount } from './read-accounts.ts'
import type { Release } from './release.ts'
import { allTrustPolicies, type TrustPolicies } from './trust-policies.ts'

/** Nobody waits for 26 hours here: what the silent account tells is dated back by so much, in milliseconds. */
const SILENT_FOR = 27 * 60 * 60_000

/** What an organization is played with. */
export interface Props {
  readonly organization: Organization
  /** In each account. */
  readonly roles: number
  readonly release: Release
  readonly next: Release
  readonly progress: Progress
  readonly paint: Paint
  readonly checks: Checks
}

export interface Scene extends Props {
  title(text: string): void
  /** Runs the sweep of each; returns how many roles had that outcome in all. */
  sweep(who: readonly Member[], outcome: string): Promise<number>
  /** Hands on what all members have told since, and reads the hub's page. */
  carry(): Promise<readonly ShownAccount[]>
  /** Of all roles in all accounts. */
  trustPolicies(): Promise<TrustPolicies>
}

export function setScene(props: Props): Scene {
  const { progress, paint } = props
  const { hub, members, silent } = props.organization
  return {
    ...props,
    title: (text) => progress.print('', paint('bold', text)),
    sweep: (who, outcome) =>
      progress.during(`  scheduled-sweep runs in ${who.length === 1 ? 'it' : `${who.length} accounts`}`, async () => {
        const counts = await forEachAccount(who, (member) => member.sweep())
        return counts.reduce((sum, ofMember) => sum + (ofMember[outcome] ?? 0), 0)
      }),
    carry: async () => {
      const told = await forEachAccount(members, async (member) => {
        const events = await member.takeTold()
        return member === silent ? events.map(datedBack) : events
      })
      progress.print(`  ${told.flat().length} events are carried from their buses to that of the hub`)
      await hub.hear(told.flat())
      return readAccounts(await hub.page())
    },
    trustPolicies: () => allTrustPolicies([...members, hub]),
  }
}

function datedBack(event: DeliveredEvent): DeliveredEvent {
  return { ...event, time: new Date(Date.parse(event.time) - SILENT_FOR).toISOString() }
}
