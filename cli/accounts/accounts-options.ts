import { type CommandUnknownOpts, InvalidArgumentError, Option } from '@commander-js/extra-typings'
import * as z from 'zod/mini'
import { ConfigurationError } from '../../src/errors.ts'
import { readInput } from '../../src/input.ts'

/** Which accounts a command looks at, where it is not the caller's own alone. */
export type Where =
  | { readonly kind: 'organization' }
  | { readonly kind: 'units'; readonly parentIds: readonly string[] }
  | { readonly kind: 'file'; readonly file: string }

export interface AccountsRequest {
  readonly where: Where
  /** Ids of accounts to leave out. */
  readonly except: readonly string[]
  /** Of the role to assume in each account, with its path and without the first slash; undefined: the stack's own. */
  readonly roleName: string | undefined
  /** How many accounts to look at at once. */
  readonly concurrency: number
}

const Options = z.looseObject({
  org: z.optional(z.boolean()),
  ou: z.optional(z.array(z.string())),
  accounts: z.optional(z.string()),
  except: z.optional(z.array(z.string())),
  roleName: z.optional(z.string()),
  concurrency: z.optional(z.number()),
})

/** Of an organizational unit, or of the root (AWS Organizations API Reference, "OrganizationalUnit" and "Root"). */
export const UNIT_ID = /^(?:ou-[0-9a-z]{4,32}-[0-9a-z]{8,32}|r-[0-9a-z]{4,32})$/

const CONCURRENCY = 16
/** More than this, and each would only wait for the others. */
const MOST_AT_ONCE = 64

const GROUP = 'Accounts to look at, instead of the one that the credentials are of:'

export function roleNameOption() {
  return new Option(
    '--role-name <name>',
    'role to assume in each account, with its path (default: the reader of the stack)',
  ).argParser(readRoleName)
}

/** Adds the options that {@link readAccountsRequest} reads, in a group of their own in the help. */
export function addAccountsOptions<Extended extends CommandUnknownOpts>(command: Extended): Extended {
  const options = [
    new Option('--org', 'all accounts of the organization').conflicts(['ou', 'accounts']),
    new Option('--ou <id>', 'the accounts of this OU and of those below it; may be given several times')
      .argParser(collected(UNIT_ID, 'the id of an OU, such as ou-ab12-cdef3456, or of the root'))
      .conflicts(['org', 'accounts']),
    new Option('--accounts <file>', 'the accounts of a file, an id and a name a line; - is the standard input')
      .argParser((file: string, other: string | undefined) => {
        if (other === undefined && file !== '') return file
        throw new InvalidArgumentError('expected one file; put the accounts of several into one.')
      })
      .conflicts(['org', 'ou']),
    new Option('--except <id>', 'leave this account out; may be given several times').argParser(
      collected(/^\d{12}$/, 'the 12 digits of an account id'),
    ),
    roleNameOption(),
    new Option(
      '--concurrency <number>',
      `how many accounts at once, at most ${MOST_AT_ONCE} (default: ${CONCURRENCY})`,
    ).argParser(readConcurrency),
  ]
  for (const option of options) command.addOption(option.helpGroup(GROUP))
  return command
}

/** @throws ConfigurationError where options are given that mean something across accounts only */
export function readAccountsRequest(command: CommandUnknownOpts): AccountsRequest | undefined {
  const { org, ou, accounts, except = [], roleName, concurrency } = readInput(Options, command.opts(), 'options')
  const where = whereOf(org, ou, accounts)
  if (where !== undefined) return { where, except, roleName, concurrency: concurrency ?? CONCURRENCY }
  const given = [
    ...(except.length > 0 ? ['--except'] : []),
    ...(roleName === undefined ? [] : ['--role-name']),
    ...(concurrency === undefined ? [] : ['--concurrency']),
  ]
  if (given.length === 0) return undefined
  throw new ConfigurationError(
    `${given.join(', ')}: this is for a look at several accounts; give --org, --ou or --accounts too, or leave it out`,
  )
}

/** Adds those that say which accounts, out of sight, to a command that {@link refuseAccounts}. */
export function addRefusedAccountsOptions<Extended extends CommandUnknownOpts>(command: Extended): Extended {
  for (const flags of ['--org', '--ou <id>', '--accounts <file>']) command.addOption(new Option(flags).hideHelp())
  return command
}

/**
 * @param plan the command that looks at several accounts
 * @throws ConfigurationError that says why only one account is changed
 */
export function refuseAccounts(command: CommandUnknownOpts, plan: string): void {
  const { org, ou, accounts } = readInput(z.looseObject({}), command.opts(), 'options')
  if ((org ?? ou ?? accounts) === undefined) return
  throw new ConfigurationError(
    `apply changes the roles of one account, that of the credentials: in all others the functions of each stack write, within their cap. Look at them with \`${plan}\`, and apply in one with its --profile`,
  )
}

function whereOf(
  org: boolean | undefined,
  parentIds: readonly string[] | undefined,
  file: string | undefined,
): Where | undefined {
  if (org) return { kind: 'organization' }
  if (parentIds !== undefined) return { kind: 'units', parentIds }
  return file === undefined ? undefined : { kind: 'file', file }
}

function collected(pattern: RegExp, expected: string) {
  return (text: string, others: readonly string[] | undefined): readonly string[] => {
    if (!pattern.test(text)) throw new InvalidArgumentError(`expected ${expected}.`)
    return [...(others ?? []), text]
  }
}

/** A role's path and name (IAM API reference, CreateRole). */
function readRoleName(text: string): string {
  const name = text.replace(/^\//, '')
  if (/^(?:[!-.0-~]+\/)*[\w+=,.@-]{1,64}$/.test(name) && !name.startsWith('arn:')) return name
  throw new InvalidArgumentError('expected the name of a role, with its path where it has one: path/name.')
}

function readConcurrency(text: string): number {
  const number = Number(text)
  if (/^\d+$/.test(text) && number >= 1 && number <= MOST_AT_ONCE) return number
  throw new InvalidArgumentError(`expected a whole number from 1 to ${MOST_AT_ONCE}.`)
}
