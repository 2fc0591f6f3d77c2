import { countOf } from '../session/count-of.ts'
import type { Colour, Paint } from '../session/paint.ts'
import type { Finding, Level } from './finding.ts'

const COLOURS: Readonly<Record<Level, Colour>> = { ok: 'green', warning: 'yellow', failure: 'red' }

/** A line for each finding, and a second one for its remedy. */
export function formatFindings(findings: readonly Finding[], paint: Paint): readonly string[] {
  return findings.flatMap(({ check, level, message, remedy }) => [
    `  ${paint(COLOURS[level], level.padEnd(8))} ${paint('bold', check.padEnd(15))}  ${message}`,
    ...(remedy === undefined ? [] : [`           ${paint('dim', `→ ${remedy}`)}`]),
  ])
}

/** How many findings there are of each level. */
export function countFindings(findings: readonly Finding[]): Record<Level, number> {
  const counts = { ok: 0, warning: 0, failure: 0 }
  for (const { level } of findings) counts[level] += 1
  return counts
}

export function totalsOf({ ok, warning, failure }: Readonly<Record<Level, number>>): string {
  return `${ok} ok, ${countOf(warning, 'warning')}, ${countOf(failure, 'failure')}`
}
