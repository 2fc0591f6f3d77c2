import type { Rules } from '../src/decide-role.ts'
import type { ChangeOutcome } from '../src/outcome.ts'
import { buildReport, type Report, type RoleResult } from '../src/report.ts'
import type { Extent, RoleReader } from '../src/survey-roles.ts'
import { sweep } from '../src/sweep.ts'
import { ExclusionMatches, type ToldExclusion } from './exclusion-matches.ts'
import { startProgress } from './progress.ts'
import type { Session } from './session.ts'

/** What a dry run found. */
export interface Plan {
  readonly rules: Rules
  /** Never truncated: no Lambda has to return it. */
  readonly report: Report
  /** The changes that are due, with the documents as text. */
  readonly changes: readonly ChangeOutcome[]
  /** What the exclusions match; none where only named roles were read. */
  readonly exclusions: readonly ToldExclusion[]
}

/** Runs the sweep dry, from this machine: what it would change, and the report of it (rule 6.2). */
export async function makePlan(session: Session, extent: Extent): Promise<Plan> {
  const [rules, iam] = [await session.rules(), await session.roles()]
  const results: RoleResult[] = []
  const matches = new ExclusionMatches(rules.exclusions)
  const progress = startProgress(session.terminal, 'reading roles', extent.roleNames?.length)
  try {
    const { report } = await sweep({ ...extent, dryRun: true, maxChanges: Number.POSITIVE_INFINITY }, rules, {
      iam: counting(iam, progress.advance, matches),
      onResult: (result) => results.push(result),
      // A dry run changes nothing: it announces no write, and hands nothing on.
      freshRules: async () => rules,
      onIntent: () => {},
      deferRoles: async () => new Map(),
      timeLeft: () => Number.POSITIVE_INFINITY,
    })
    const whole = buildReport({ ...report, wanted: rules.wanted, results }, Number.POSITIVE_INFINITY)
    // A dry run tells of each change with its documents.
    const changes = results.flatMap((result) => (result.kind === 'planned' && 'after' in result ? [result] : []))
    return { rules, report: whole, changes, exclusions: extent.roleNames === undefined ? matches.tell() : [] }
  } finally {
    progress.end()
  }
}

function counting<Iam extends RoleReader>(iam: Iam, advance: (roles?: number) => void, matches: ExclusionMatches): Iam {
  return {
    ...iam,
    async readRole(roleName) {
      const role = await iam.readRole(roleName)
      advance()
      return role
    },
    async *scanRoles() {
      for await (const page of iam.scanRoles()) {
        advance(page.length)
        for (const role of page) if (!('kind' in role)) matches.add(role)
        yield page
      }
    },
  }
}

/** A role that could not be read, or that was named and is not there, makes a plan incomplete. */
export function isComplete({ counts, roles }: Report): boolean {
  return counts.failed === 0 && !roles.some(({ reason }) => reason === 'gone')
}

/** What each exclusion matches, on stderr: one that matches nothing protects nobody. */
export function tellExclusions({ err }: Session, exclusions: Plan['exclusions']): void {
  for (const { says, remedy } of exclusions) {
    const line = `${says.charAt(0).toUpperCase()}${says.slice(1)}`
    err.say(remedy === undefined ? err.paint('dim', `${line}.`) : err.paint('yellow', `Warning: ${says}; ${remedy}.`))
  }
}
