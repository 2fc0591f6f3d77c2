import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Measured } from './monthly-usage.ts'

const PERFORMANCE = join(import.meta.dirname, '../../docs/performance.md')

/**
 * The figures of docs/performance.md.
 *
 * @throws Error where a row is missing
 */
export function readMeasured(): Measured {
  const text = readFileSync(PERFORMANCE, 'utf8')
  const seconds = (what: string): number => {
    const row = text.split('\n').find((line) => line.startsWith(`| ${what} `))
    const [, value, unit] = /^\| [^|]+\| ([\d.]+) (ms|s) /.exec(row ?? '') ?? []
    if (value === undefined) throw new Error(`docs/performance.md has no row "${what}" with a time`)
    return Number(value) / (unit === 'ms' ? 1000 : 1)
  }
  return {
    sweepStart: seconds('start of `scheduled-sweep`'),
    roleEventStart: seconds('start of `role-event`'),
    sweepOfThousandRoles: seconds('sweep over 1,000 roles'),
    thousandEvents: seconds('1,000 events of `role-event`, in batches of 10'),
  }
}
