import { adviceFor } from '../format-role.ts'
import type { CheckedRole } from './check-role.ts'
import { type CheckedFile, tellRole } from './format-check.ts'

/** What makes an annotation of it on GitHub; a role that is right makes none. */
const LEVELS: Readonly<Record<CheckedRole['kind'], 'error' | 'warning' | undefined>> = {
  planned: 'error',
  blocked: 'error',
  unknown: 'warning',
  unchanged: undefined,
}

/** The roles of a file as workflow commands ("Workflow commands for GitHub Actions"), one a line. */
export function formatAnnotations({ path, roles, statementText }: CheckedFile): readonly string[] {
  return roles.flatMap((role) => {
    const level = LEVELS[role.kind]
    if (level === undefined) return []
    const reasons = [...(role.kind === 'unknown' ? [] : [role.reason]), ...role.notes].filter((word) => word !== null)
    const head = `${role.name}: ${role.kind}${reasons.length === 0 ? '' : ` (${reasons.join(', ')})`}`
    return [annotation(level, path, role.line, [head, ...tellRole(role, statementText), ...adviceFor(role)].join('\n'))]
  })
}

/** @param file undefined: the standard input */
export function annotation(
  level: 'error' | 'warning',
  file: string | undefined,
  line: number | undefined,
  message: string,
): string {
  const properties = { file, line, title: 'okta-role-trust' }
  const words = Object.entries(properties).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${escapedProperty(String(value))}`],
  )
  return `::${level} ${words.join(',')}::${escaped(message)}`
}

/** As @actions/core escapes them. */
function escaped(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

function escapedProperty(text: string): string {
  return escaped(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}
