import timers from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import { NotVisibleYetError, RoleKeepsChangingError, UnsafeChangeError } from '../errors.ts'
import { changeViolations } from '../trust-policy/change-violations.ts'
import { withStaleProviders } from '../trust-policy/stale-provider.ts'
import type { WantedAccess } from '../trust-policy/wanted-access.ts'
import { decideRole, type Rules } from './decide-role.ts'
import { type BlockedOutcome, type ChangeOutcome, goneOutcome, type Outcome, onlyReported } from './outcome.ts'
import type { Quota } from './quota.ts'
import type { RoleSnapshot } from './role.ts'

/** The calls of IAM that a remediation is made of. */
export interface RoleAccess {
  /** The role as IAM shows it now, or undefined where it shows none. */
  readRole(roleName: string): Promise<RoleSnapshot | undefined>
  /** Replaces the whole trust policy: IAM knows no smaller write, and no conditional one. */
  writeTrustPolicy(roleName: string, document: string): Promise<WriteResult>
  /** How long a trust policy may be; asked only about one that would be longer than every account allows (rule 4.7). */
  readQuota(): Promise<Quota>
}

/** What a remediation needs from outside. */
export interface RemediationDependencies {
  readonly iam: RoleAccess
  /** The rules as they are now: asked before each write, since those that were decided by may be old (rule 1.5). */
  freshRules(): Promise<Rules>
  /** Why a patch that is due is left to the next sweep because the role flaps, or undefined (rule 5.7). */
  reasonToWait?(): Promise<string | undefined>
  /**
   * Called with each change that is about to be written, while it is still `planned`: should the invocation be cut off
   * before it can record the result of the write, this is the only record of it (rule 5.6).
   */
  onIntent(change: ChangeOutcome): void
}

/** How IAM answered a write. `message` is IAM's own. Faults are exceptions. */
export type WriteResult =
  | { readonly kind: 'written' | 'gone' | 'conflict' }
  /** `unknown-principal`: because of a principal that is gone, or so new that IAM does not know it everywhere yet. */
  | { readonly kind: 'refused' | 'unknown-principal'; readonly message: string }
  /** Throttled, failed or not answered: IAM may have taken it or not, and only a new read can show which. */
  | { readonly kind: 'unclear'; readonly error: Error }

/** What a recent event says of the role: IAM is eventually consistent and may not show it yet (rule 5.5). */
export interface Expectation {
  /** The role, by its ARN. */
  readonly exists: boolean
  readonly tagged: boolean
  /**
   * All principals of its trust policy. IAM refuses to write one that was created a moment ago, or shows it by its
   * unique id, as it does with a deleted one.
   */
  readonly principals: boolean
  /** Whether a missing tag is old news, or the news itself: only then may access be withdrawn for it. */
  readonly mayWithdraw: boolean
}

export const NOTHING_EXPECTED: Expectation = { exists: false, tagged: false, principals: false, mayWithdraw: true }

/** How many times a remediation reads, plans and finds that it cannot write before it gives up (rule 5.1). */
const MAX_ROUNDS = 3

/** The longest pause before the second round after a write that IAM did not take, in milliseconds; it doubles. */
const FIRST_PAUSE = 400

/**
 * Brings one role to where it gives the wanted access, or says why not. Whatever caused the call only names the role;
 * the truth is read from IAM (rule 5.1). A role that is right costs one read and no write, a patch two reads and one
 * write. The rules are read again too: a provider that was just replaced must not be written once more. A window
 * remains between the second read of the role and the write, since IAM has no conditional write. So nothing stands
 * between them but a comparison, and no write is ever sent again without a new read. In report mode a change that is due
 * is `planned` after the first read (rule 5.8).
 *
 * @param expected what IAM must show before "gone", "untagged" or "deleted principal" is believed
 * @throws NotVisibleYetError where it does not show that yet; RoleKeepsChangingError; UnsafeChangeError; in all three
 *   nothing was written, unless IAM took a write of an earlier round without saying so. Whatever the given calls throw
 *   goes through.
 */
export async function remediateRole(
  roleName: string,
  rules: Rules,
  { iam, freshRules, reasonToWait, onIntent }: RemediationDependencies,
  expected: Expectation = NOTHING_EXPECTED,
): Promise<Outcome> {
  let inForce = rules
  let role = await iam.readRole(roleName)
  let unclear: { readonly change: ChangeOutcome; readonly error: Error } | undefined
  for (let round = 1; ; round += 1) {
    if (role === undefined) return believeGone(roleName, expected)
    if (role.arn === null && expected.exists) {
      throw new NotVisibleYetError(
        `role ${roleName}: IAM shows a unique id in place of its ARN, as it does for a new role`,
      )
    }
    const { outcome, tagged } = await decideRole(role, inForce, iam.readQuota)
    if (!tagged && expected.tagged) {
      throw new NotVisibleYetError(
        `role ${roleName}: a recent event says that it is tagged, but IAM does not show the tag yet`,
      )
    }
    const withdraws = !tagged
    if (outcome.kind === 'planned' && withdraws && !expected.mayWithdraw) {
      throw new NotVisibleYetError(
        `role ${roleName}: IAM shows no tag, but the role changed a moment ago and the tag may not show yet`,
      )
    }
    if (outcome.kind === 'blocked') return believeDeleted(outcome, expected)
    if (outcome.kind !== 'planned') {
      // An unclear write that turns out to be in force is our write, and must be reported as one.
      return unclear !== undefined && role.document !== unclear.change.before ? unclear.change : outcome
    }
    if (inForce.mode === 'report') return onlyReported(outcome)
    // What the last round led to has been looked at too: its write may be in force though IAM did not say so.
    if (round > MAX_ROUNDS) break

    // A withdrawal takes access away, and waits for nothing.
    const reason = round === 1 && !withdraws ? await reasonToWait?.() : undefined
    if (reason !== undefined) return { ...outcome, detail: reason, notes: [...outcome.notes, 'flapping'] }

    const fresh = await freshRules()
    if (!isDeepStrictEqual(inForce, fresh)) {
      inForce = fresh
      continue
    }
    const [{ before, after }, { wanted }] = [outcome, inForce]
    assertSafe(roleName, changeViolations(before, after, wanted.sid, withdraws ? undefined : wanted))
    onIntent(outcome)
    const again = await iam.readRole(roleName)
    if (!isDeepStrictEqual(role, again)) {
      role = again
      continue
    }
    const change: ChangeOutcome = { ...outcome, kind: withdraws ? 'withdrawn' : 'patched' }
    const result = await iam.writeTrustPolicy(roleName, outcome.after)
    switch (result.kind) {
      case 'written':
        return change
      case 'refused':
        return refusedOutcome(outcome, result.message, inForce.wanted)
      case 'unknown-principal':
        if (expected.principals) throw unknownPrincipal(roleName, result.message)
        return refusedOutcome(outcome, result.message, inForce.wanted)
      case 'gone':
        return believeGone(roleName, expected)
      case 'unclear':
        unclear = { change, error: result.error }
        break
      case 'conflict':
    }
    await timers.setTimeout(Math.random() * FIRST_PAUSE * 2 ** (round - 1))
    role = await iam.readRole(roleName)
  }
  if (unclear !== undefined) throw unclear.error
  throw new RoleKeepsChangingError(
    `role ${roleName}: the role or the SSM parameter changed during each of ${MAX_ROUNDS} tries; nothing was written`,
  )
}

function believeGone(roleName: string, expected: Expectation): Outcome {
  if (expected.exists) {
    throw new NotVisibleYetError(`role ${roleName}: a recent event names it, but IAM does not show the role yet`)
  }
  return goneOutcome(roleName)
}

function believeDeleted(outcome: BlockedOutcome, { principals }: Expectation): BlockedOutcome {
  if (principals && outcome.reason === 'dangling-principal') throw unknownPrincipal(outcome.roleName, outcome.detail)
  return outcome
}

function unknownPrincipal(roleName: string, message: string): NotVisibleYetError {
  return new NotVisibleYetError(
    `role ${roleName}: IAM does not know a principal of its trust policy, which may have been created a moment ago (${message})`,
  )
}

function refusedOutcome(change: ChangeOutcome, message: string, wanted: WantedAccess): BlockedOutcome {
  const { roleName, arn, notes, before } = change
  const refused: BlockedOutcome = {
    kind: 'blocked',
    roleName,
    arn,
    reason: 'refused-by-iam',
    detail: message,
    notes,
    before,
  }
  return withStaleProviders(refused, before, wanted)
}

function assertSafe(roleName: string, violations: readonly string[]): void {
  if (violations.length === 0) return
  throw new UnsafeChangeError(
    `role ${roleName}: the planned trust policy was not written, because ${violations.join('; ')}. This is a bug: please report it`,
  )
}
