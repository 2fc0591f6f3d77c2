import { pMapIterable } from 'p-map'
import { formatError, OutOfTimeError } from '../errors.ts'
import { decideRole, type Rules } from '../role/decide-role.ts'
import { type ChangeOutcome, goneOutcome, type RoleResult, unfinishedRole } from '../role/outcome.ts'
import type { RoleAccess } from '../role/remediate-role.ts'
import { distinctRoles, ROLES_AT_A_TIME, type RoleSnapshot } from '../role/role.ts'

/** Where to look: at these roles, or at all whose path starts with the prefix, or at all. */
export interface RoleSelection {
  readonly roleNames?: readonly string[] | undefined
  readonly pathPrefix?: string | undefined
}

/** How to look. */
export interface RoleReader extends Pick<RoleAccess, 'readRole' | 'readQuota'> {
  /** All roles of the account, page by page, some of them maybe empty. A role that cannot be read is `failed`. */
  scanRoles(): AsyncIterable<readonly (RoleSnapshot | RoleResult)[]>
}

/** A change, with its trust policies or without. */
export type ChangeResult = Extract<RoleResult, { readonly kind: ChangeOutcome['kind'] }>

/** What a look at the roles found. Roles that need nothing leave no more than a count behind. */
export class Survey {
  /** Roles that were looked at, whatever their tags. */
  scanned = 0
  /** Of these, the tagged ones that are not protected. */
  inScope = 0
  /** The changes that are due, all of kind `planned`. */
  readonly due: ChangeResult[] = []
  /** What needs no change or can have none. Untagged roles are in it only where they were named. */
  readonly notDue: RoleResult[] = []
  /** Names of roles that lost their tag, keep a managed statement, and are not due to lose it. */
  readonly orphaned: string[] = []
}

/**
 * Reads roles and decides about each, changing nothing.
 *
 * @param isOutOfTime asked at each page but the first
 * @param keep called with each result that is more than counted, as soon as it is known; returns what the survey keeps
 *   of it
 * @throws OutOfTimeError where time ran short before the last page. What the scan throws goes through, while a single
 *   role that cannot be read is only `failed`
 */
export async function surveyRoles(
  selection: RoleSelection,
  rules: Rules,
  iam: RoleReader,
  isOutOfTime: () => boolean,
  keep: (result: RoleResult) => RoleResult,
): Promise<Survey> {
  const survey = new Survey()
  if (selection.roleNames !== undefined) {
    const readNamed = (name: string) => readOne(name, iam)
    for await (const found of pMapIterable(distinctRoles(selection.roleNames), readNamed, {
      concurrency: ROLES_AT_A_TIME,
    })) {
      await enter(survey, found, rules, iam, keep, true)
    }
    return survey
  }
  const prefix = selection.pathPrefix ?? '/'
  let pages = 0
  for await (const page of iam.scanRoles()) {
    if (pages > 0 && isOutOfTime()) throw outOfTime(survey.scanned)
    pages += 1
    for (const found of page) {
      if ('kind' in found || found.path.startsWith(prefix)) await enter(survey, found, rules, iam, keep, false)
    }
  }
  return survey
}

function outOfTime(scanned: number): OutOfTimeError {
  return new OutOfTimeError(
    `time ran short after ${scanned} roles, before the last page; nothing was changed. Name roles in a backfill, or give the function more time`,
  )
}

async function readOne(roleName: string, iam: RoleReader): Promise<RoleSnapshot | RoleResult> {
  try {
    return (await iam.readRole(roleName)) ?? goneOutcome(roleName)
  } catch (error) {
    return unfinishedRole('failed', { roleName, arn: null }, formatError(error))
  }
}

/** @param found a role, or what became of it without a decision */
async function enter(
  survey: Survey,
  found: RoleSnapshot | RoleResult,
  rules: Rules,
  iam: RoleReader,
  keep: (result: RoleResult) => RoleResult,
  named: boolean,
): Promise<void> {
  survey.scanned += 1
  if ('kind' in found) {
    survey.notDue.push(keep(found))
    return
  }
  const { outcome, tagged, orphaned } = await decideRole(found, rules, iam.readQuota)
  if (tagged && outcome.kind !== 'skipped') survey.inScope += 1
  if (orphaned && outcome.kind !== 'planned') survey.orphaned.push(found.roleName)
  if (!tagged && !named && outcome.kind !== 'planned' && outcome.kind !== 'blocked') return
  const kept = keep(outcome)
  if (kept.kind === 'planned') survey.due.push(kept)
  else survey.notDue.push(kept)
}
