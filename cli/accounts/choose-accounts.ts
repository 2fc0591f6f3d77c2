import { type ListedAccount, organizationReader } from '../../src/aws/organization.ts'
import { ConfigurationError, formatError } from '../../src/errors.ts'
import { denialOf } from '../error-message.ts'
import { readStandardInput, readText } from '../read-text.ts'
import { countOf } from '../session/count-of.ts'
import { startProgress } from '../session/progress.ts'
import type { Session } from '../session/session.ts'
import type { Account } from './account.ts'
import { parseAccounts } from './account-file.ts'
import type { AccountsRequest, Where } from './accounts-options.ts'

/** Nobody is there to be looked at. */
export class NoAccountsError extends ConfigurationError {}

/** For how long Organizations may throttle, in milliseconds: 5,000 accounts are 250 calls. */
const LISTING_TIME = 10 * 60_000

/** Nobody can sign in to an account in another state (Organizations User Guide, "Account states"). */
const ACTIVE = 'ACTIVE'

/**
 * The accounts to look at, by their ids; who is left out, and why, is said on stderr.
 *
 * @throws NoAccountsError where none is left; ConfigurationError where the caller may not list them; InvalidInputError of a wrong file
 */
export async function chooseAccounts(
  session: Session,
  { where, except }: Pick<AccountsRequest, 'where' | 'except'>,
): Promise<readonly Account[]> {
  const { err } = session
  const listed = distinct(await listAccounts(session, where))
  const others = listed.filter(({ accountId }) => !except.includes(accountId))
  for (const id of new Set(except)) {
    if (listed.some(({ accountId }) => accountId === id)) continue
    err.print(err.paint('yellow', `Warning: --except ${id}: no such account is among those to look at`))
  }
  const chosen = others.filter(({ state = ACTIVE }) => state === ACTIVE)
  const closed = others.filter((account) => !chosen.includes(account))
  for (const { accountId, name, state = '' } of closed) {
    err.print(
      err.paint('yellow', `Left out: ${[accountId, name].join(' ').trim()} is ${state}, and nobody can look at it`),
    )
  }
  if (chosen.length === 0) {
    const without = listed.length === 0 ? '' : `: all ${countOf(listed.length, 'account')} are left out`
    throw new NoAccountsError(`no account is to be looked at in ${shown(where)}${without}; name another place`)
  }
  return chosen
    .map(({ accountId, name }) => ({ accountId, name }))
    .toSorted((one, other) => (one.accountId < other.accountId ? -1 : 1))
}

async function listAccounts(session: Session, where: Where): Promise<readonly ListedAccount[]> {
  if (where.kind === 'file') {
    const isStandardInput = where.file === '-'
    const text = await (isStandardInput ? readStandardInput(session.terminal) : readText(where.file))
    const accounts = parseAccounts(text, isStandardInput ? 'standard input' : where.file)
    return accounts.map((account) => ({ ...account, state: undefined }))
  }
  const { target, account } = await session.caller()
  const progress = startProgress(session.terminal, 'listing accounts')
  const organization = organizationReader(target, AbortSignal.timeout(LISTING_TIME), progress.advance)
  try {
    if (where.kind === 'organization') return await organization.listAccounts().catch((error) => refuse(error, account))
    const found: ListedAccount[] = []
    // One after the other: Organizations allows few calls a second.
    for (const id of where.parentIds) {
      found.push(...(await organization.listAccountsBelow(id).catch((error) => refuse(error, account, id))))
    }
    return found
  } finally {
    progress.end()
  }
}

/** An OU that was named may lie below another. */
function distinct(accounts: readonly ListedAccount[]): readonly ListedAccount[] {
  return [...new Map(accounts.map((account) => [account.accountId, account])).values()]
}

/** What keeps the accounts from being listed, in words that help. Organizations answers members as if it knew nobody. */
function refuse(error: unknown, account: string, parentId?: string): never {
  const name = error instanceof Error ? error.name : ''
  const because = `(${formatError(error)})`
  if (name === 'AWSOrganizationsNotInUseException') {
    throw new ConfigurationError(
      `account ${account} is in no organization: name the accounts in a file, with --accounts FILE ${because}`,
    )
  }
  if (parentId !== undefined && /^(ParentNotFound|InvalidInput|OrganizationalUnitNotFound)/.test(name)) {
    throw new ConfigurationError(
      `--ou ${parentId}: the organization of account ${account} has no such OU; AWS Organizations shows the id of each under AWS accounts ${because}`,
    )
  }
  const denial = denialOf(error)
  if (denial === undefined) throw error
  const call =
    denial.action ||
    (parentId === undefined
      ? 'organizations:ListAccounts'
      : 'organizations:ListAccountsForParent and organizations:ListOrganizationalUnitsForParent')
  throw new ConfigurationError(
    `account ${account} may not list the accounts of its organization: sign in to the management account or to a delegated administrator of it, and have ${call} allowed; plan and doctor take a file of accounts instead, with --accounts FILE ${because}`,
  )
}

function shown(where: Where): string {
  switch (where.kind) {
    case 'organization':
      return 'the organization'
    case 'units':
      return where.parentIds.join(', ')
    case 'file':
      return where.file
  }
}
