import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const DOCUMENT = join(import.meta.dirname, '../docs/cost.md')
const HOURS_OF_A_MONTH = 730

/** What an hour of the idle stack costs, in US dollars, by docs/cost.md; a run takes less than one, and CloudWatch charges by the hour. */
export function costOfAnHour(): string {
  const [, month] = /^\| \*\*in all\*\* +\| +\| \*\*([\d.]+)\*\*/m.exec(readFileSync(DOCUMENT, 'utf8')) ?? []
  if (month === undefined) throw new Error('docs/cost.md: found no total of an idle stack')
  return (Number(month) / HOURS_OF_A_MONTH).toFixed(2)
}
