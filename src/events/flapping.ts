import type { RoleCall } from '../cloudtrail/role-call.ts'
import type { RoleResult } from '../role/outcome.ts'
import { roleKey } from '../role/role.ts'
import { hasSameManaged } from '../trust-policy/plan.ts'
import { isDrift, type RoleEvent } from './read-event.ts'

/** A successful write of a role's trust policy, as CloudTrail recorded it. */
export interface TrustPolicyWrite extends Pick<RoleCall, 'roleName' | 'time' | 'actor'> {
  /** Whether this stack made it. */
  readonly isOwn: boolean
  /** The trust policy as it was written; undefined where the record lacks it. */
  readonly document: string | undefined
}

/** A role that this system patches and somebody else writes over, again and again. */
export interface Flapping {
  /** How many times it was patched within the hour, each time after somebody else's write. */
  readonly patches: number
  /** Who undid a patch last, as far as CloudTrail shows it yet. */
  readonly undoneBy: string | undefined
}

/** How long a patch counts, in milliseconds. */
export const FLAPPING_WINDOW = 60 * 60_000

/** How many patches within the window make a role flap (rule 5.7). */
const PATCHES = 3

/**
 * Whether a role flaps. Patches in a row count as one: nobody had undone the one before, as when the provider was
 * replaced twice. Nor does anybody undo a patch who leaves this stack's statement as it was, such as another stack that
 * writes its own. CloudTrail shows a write some minutes late, so the newest may be missing.
 *
 * @param writes of all roles; those of one second in their order
 * @param sid of this stack's statements
 * @param now milliseconds since the epoch
 */
export function flappingOf(
  roleName: string,
  writes: readonly TrustPolicyWrite[],
  sid: string,
  now: number,
): Flapping | undefined {
  const recent = writes
    .filter((write) => roleKey(write.roleName) === roleKey(roleName) && now - write.time < FLAPPING_WINDOW)
    .toSorted((one, other) => one.time - other.time)
  let patches = 0
  let undoneBy: string | undefined
  let isUndone = true
  for (const [index, write] of recent.entries()) {
    if (write.isOwn) {
      if (isUndone) patches += 1
      isUndone = false
    } else if (!keepsManaged(write, recent[index - 1], sid)) {
      isUndone = true
      undoneBy = write.actor
    }
  }
  return patches < PATCHES ? undefined : { patches, undoneBy }
}

/** Whether a write leaves this stack's statement as the one before it did, as far as the records show that. */
function keepsManaged({ document }: TrustPolicyWrite, previous: TrustPolicyWrite | undefined, sid: string): boolean {
  if (document === undefined || previous?.document === undefined) return false
  return hasSameManaged(previous.document, document, sid)
}

/** What to say of a flapping role: how many times it was patched, who undoes it, and what to do. */
function formatFlapping({ patches, undoneBy = 'somebody else' }: Flapping): string {
  return `this system patched it ${patches} times within an hour, and each time it was written over, last by ${undoneBy}; make both agree, see docs/operating.md, "Terraform and CloudFormation"`
}

/**
 * Why role-event leaves a patch that is due to the next sweep, or undefined. Only a trust policy that somebody wrote
 * over can flap: every other event costs no look at CloudTrail.
 */
export async function reasonToWait(
  cause: RoleEvent,
  flappingOf: (roleName: string) => Promise<Flapping | undefined>,
): Promise<string | undefined> {
  const flapping = isDrift(cause) ? await flappingOf(cause.roleName) : undefined
  if (flapping === undefined) return undefined
  // The event is newer than what CloudTrail shows; but another stack only adds what is its own.
  const undoneBy = cause.isOfAnotherStack ? flapping.undoneBy : cause.actor
  return `left to the next sweep: ${formatFlapping({ ...flapping, undoneBy })}`
}

/** The result of a role that was patched although it flaps, with the note. */
export function withFlapping(result: RoleResult, flapping: Flapping | undefined): RoleResult {
  if (flapping === undefined || result.kind !== 'patched') return result
  return { ...result, notes: [...result.notes, 'flapping'], detail: formatFlapping(flapping) }
}

export function isFlapping({ notes }: Pick<RoleResult, 'notes'>): boolean {
  return notes.some((note) => note === 'flapping')
}
