import { adviceFor, foldAlike, formatCounts, headOf } from '../format-role.ts'
import { countOf } from '../session/count-of.ts'
import type { Paint } from '../session/paint.ts'
import type { CheckedRole } from './check-role.ts'

/** One file with what was found in it. */
export interface CheckedFile {
  readonly label: string
  /** undefined: the standard input. */
  readonly path: string | undefined
  readonly roles: readonly CheckedRole[]
  /** A statement in the file's own language. */
  statementText(statement: NonNullable<CheckedRole['statement']>): string
}

const ORDER: readonly CheckedRole['kind'][] = ['blocked', 'unknown', 'planned', 'unchanged']

/** A file's roles in lines, and the totals last. */
export function formatCheckedFile({ label, roles, statementText }: CheckedFile, paint: Paint): readonly string[] {
  const sorted = roles.toSorted((one, other) => ORDER.indexOf(one.kind) - ORDER.indexOf(other.kind))
  const shown = sorted.map((role) => ({
    kind: role.kind,
    head: headOf(shownRole(role), paint),
    body: [
      ...tellRole(role, statementText).map((line) => `             ${line}`),
      ...adviceFor(role).map((words) => `             ${paint('dim', `→ ${words}`)}`),
    ],
  }))
  const totals =
    roles.length === 0 ? ['  no role carries the tag'] : [formatCounts(countOf(roles.length, 'tagged role'), roles)]
  return [label, ...foldAlike(shown, paint), ...totals]
}

/** What is said of a role below its name. */
export function tellRole(role: CheckedRole, statementText: CheckedFile['statementText']): readonly string[] {
  const { kind, reason, detail, statement, goes } = role
  return [
    ...(kind === 'unknown' && reason !== null ? [reason] : []),
    ...(detail === undefined ? [] : [detail]),
    ...goes.map(({ place, staleProviders: stale }) => {
      const why =
        stale.length === 0
          ? ''
          : `: it lets in ${stale.join(', ')}, which ${stale.length === 1 ? 'is' : 'are'} no longer wanted`
      return `Take ${place} out${why}.`
    }),
    ...(statement === null ? [] : ['Write this statement:', ...statementText(statement).split('\n')]),
  ]
}

function shownRole({ name, kind, reason, notes }: CheckedRole) {
  return { roleName: name, kind, ...(kind !== 'unknown' && reason !== null && { reason }), notes }
}
