import type { Note } from '../trust-policy/access.ts'
import type { BlockReason, ChangeReason } from '../trust-policy/plan.ts'

/** What looking at one role led to (rule 5.3). Faults are exceptions, not outcomes. */
export type Outcome = UnchangedOutcome | ChangeOutcome | SkippedOutcome | BlockedOutcome

/** `flapping`: somebody else keeps undoing what this system writes (rule 5.7). */
export type OutcomeNote = Note | 'flapping'

interface OutcomeOfRole {
  readonly roleName: string
  /** null where IAM does not show the role. */
  readonly arn: string | null
  readonly notes: readonly OutcomeNote[]
}

export interface UnchangedOutcome extends OutcomeOfRole {
  readonly kind: 'unchanged'
}

export interface ChangeOutcome extends OutcomeOfRole {
  /** `planned`: nothing was written, because the run is dry or over its cap, the role flaps, or the stack only reports. */
  readonly kind: 'patched' | 'withdrawn' | 'planned'
  readonly reason: ChangeReason
  readonly detail?: string
  /** The trust policies as JSON text; before is undefined where there was none. */
  readonly before: string | undefined
  readonly after: string
}

export interface SkippedOutcome extends OutcomeOfRole {
  readonly kind: 'skipped'
  readonly reason: 'untagged' | 'protected' | 'gone'
  readonly detail: string
}

/** Final for this event: trying again would change nothing; somebody must act on `detail` (rule 5.4). */
export interface BlockedOutcome extends OutcomeOfRole {
  readonly kind: 'blocked'
  readonly reason: BlockReason | 'refused-by-iam'
  readonly detail: string
  readonly before: string | undefined
}

export function goneOutcome(roleName: string): SkippedOutcome {
  return { kind: 'skipped', roleName, arn: null, reason: 'gone', detail: 'IAM knows no role of this name', notes: [] }
}

/** A change that is due and is not made, because in report mode nothing is (rule 5.8). */
export function onlyReported<Change extends Pick<ChangeOutcome, 'kind' | 'detail'>>(change: Change) {
  return { ...change, detail: 'report mode' }
}

/** A role without an outcome yet: a later look has to bring one. */
export interface UnfinishedRole extends OutcomeOfRole {
  /** `failed`: a fault stopped it; `deferred`: time ran short, and the queue of role events has it now (rule 6.4). */
  readonly kind: 'failed' | 'deferred'
  readonly detail: string
}

export function unfinishedRole(
  kind: UnfinishedRole['kind'],
  { roleName, arn }: Pick<OutcomeOfRole, 'roleName' | 'arn'>,
  detail: string,
): UnfinishedRole {
  return { kind, roleName, arn, detail, notes: [] }
}

/** What a run says of one role. */
export type RoleResult = Outcome | Bare<ChangeOutcome> | Bare<BlockedOutcome> | UnfinishedRole

/** An outcome whose trust policies the run had no room to keep. */
type Bare<Whole extends ChangeOutcome | BlockedOutcome> = Omit<Whole, 'before' | 'after'> & {
  readonly documentsOmitted: true
}
