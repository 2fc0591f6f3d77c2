import { InvalidInputError } from '../../src/errors.ts'
import type { Account } from './account.ts'

/** How many wrong lines are told; the number of the others follows. */
const LONGEST_LIST = 3

const EXPECTED =
  'the 12 digits of an account id and then, after a space or a comma, its name if you like; # begins a comment'

/**
 * Accounts as a file lists them, one a line, with a name or without. What is listed twice is one account, by its first
 * name.
 *
 * @param label the name of the file, for the messages
 * @throws InvalidInputError that names each wrong line
 */
export function parseAccounts(text: string, label: string): readonly Account[] {
  const accounts = new Map<string, Account>()
  const problems: string[] = []
  for (const [index, whole] of text.split(/\r\n|\n|\r/).entries()) {
    const line = whole.replace(/(^|\s)#.*$/, '').trim()
    if (line === '') continue
    const [, accountId, name = ''] = /^(\d{12})(?:\s*[,;\s]\s*(.*))?$/.exec(line) ?? []
    if (accountId === undefined) problems.push(`${label}:${index + 1}: found ${shown(line)}, expected ${EXPECTED}`)
    else if (!accounts.has(accountId)) accounts.set(accountId, { accountId, name })
  }
  if (problems.length > 0) {
    const more = problems.length > LONGEST_LIST ? [`and ${problems.length - LONGEST_LIST} more wrong lines`] : []
    throw new InvalidInputError([...problems.slice(0, LONGEST_LIST), ...more])
  }
  if (accounts.size === 0) throw new InvalidInputError(`${label}: found no account, expected on each line ${EXPECTED}`)
  return [...accounts.values()]
}

/** Spreadsheets take an id for a number, and its first zeros away. */
function shown(line: string): string {
  const [, digits] = /^(\d+)(?:[,;\s]|$)/.exec(line) ?? []
  const text = JSON.stringify(line.length > 100 ? `${line.slice(0, 100)}…` : line)
  if (digits === undefined) return text
  const zeros = digits.length < 12 ? ', which may have lost zeros at its beginning' : ''
  return `${text} (${digits.length} digits${zeros})`
}
