import { version } from '../package.json'
import type { Account } from './account.ts'
import { type Row, tableOf } from './ledger.ts'
import type { Observed } from './observation.ts'

/** The account in the documentation of AWS. */
const NOBODY = '111122223333'

/** In place of the ARN of whoever ran it: AWS names it where it denies something, and it may hold an e-mail address. */
const SOMEBODY = 'WHOEVER-RAN-IT'

/** What a run ends with, so that it can be sent: no line names the account, or who ran it. */
export function reportOf(
  account: Account,
  rows: readonly Row[],
  observed: readonly Observed[],
  now: Date,
): readonly string[] {
  const { region, partition, isLocal } = account
  const date = now.toISOString().slice(0, 10)
  const place = isLocal ? `${date} a local AWS, which says nothing of AWS itself` : `${date} ${region} (${partition})`
  const lines = observed.map(({ line, observation }) => `\`${line}\`: ${place}: ${wordsOf(observation)}`)
  return [
    `okta-role-trust ${version}, Node ${process.versions.node}: acceptance run, ${place}`,
    '',
    ...tableOf(rows),
    ...(lines.length === 0 ? [] : ['', 'Lines of docs/compatibility.md:', '', ...lines]),
  ].map((line) => withoutNames(line.replace(/\s*\n\s*/g, ' '), account))
}

function withoutNames(line: string, { account, arn }: Account): string {
  // That of the root user holds no name, and stands for the account in trust policies.
  const nameless = arn.endsWith(':root') ? line : line.replaceAll(arn, SOMEBODY)
  return nameless.replaceAll(account, NOBODY)
}

function wordsOf(observation: Observed['observation']): string {
  if (observation instanceof Error) return `failed: ${observation.message}`
  return 'seen' in observation ? observation.seen : `not seen here, because ${observation.because}`
}
