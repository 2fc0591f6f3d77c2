import type { Colour, Paint } from '../session/paint.ts'
import type { Finding, Level } from './finding.ts'

const COLOURS: Readonly<Record<Level, Colour>> = { ok: 'green', warning: 'yellow', failure: 'red' }

/** A line for each finding, a second one for its remedy, and the totals last. */
export function formatFindings(findings: readonly Finding[], paint: Paint): readonly string[] {
  const lines = findings.flatMap(({ check, level, message, remedy }) => [
    `  ${paint(COLOURS[level], level.padEnd(8))} ${paint('bold', check.padEnd(15))}  ${message}`,
    ...(remedy === undefined ? [] : [`           ${paint('dim', `→ ${remedy}`)}`]),
  ])
  return [...lines, `  ${totalsOf(findings)}`]
}

function totalsOf(findings: readonly Finding[]): string {
  const count = (level: Level) => findings.filter((finding) => finding.level === level).length
  const [warnings, failures] = [count('warning'), count('failure')]
  const of = (number: number, noun: string) => `${number} ${noun}${number === 1 ? '' : 's'}`
  return `${count('ok')} ok, ${of(warnings, 'warning')}, ${of(failures, 'failure')}`
}
