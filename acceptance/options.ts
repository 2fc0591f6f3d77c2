import { parseArgs } from 'node:util'
import { ConfigurationError } from '../src/errors.ts'

/** What a run was asked for. */
export interface Options {
  readonly profile: string
  /** Id of the account that is meant. */
  readonly account: string
  readonly region: string | undefined
  /** Do not ask. */
  readonly yes: boolean
  /** Make nothing: delete what earlier runs have left. */
  readonly clean: boolean
}

const USAGE = '`npm run acceptance -- --profile PROFILE --account ACCOUNT_ID`'

export const HELP = `npm run acceptance -- --profile PROFILE --account ACCOUNT_ID [options]

Deploys a stack of its own into a real account, signs in there by SAML, says what it saw, and deletes all that it made.
It shows what it will make, and asks. Take an account where nothing of worth runs.

  --profile PROFILE     of the shared configuration files: whose credentials are used
  --account ACCOUNT_ID  12 digits: nothing is made where the profile belongs to another account
  --region REGION       by default that of the profile
  --yes                 do not ask
  --clean               make nothing: delete what runs that were killed have left
  -h, --help            show this

CONTRIBUTING.md, "A run on real AWS", says what it makes, costs and may do.`

/**
 * @returns `help` where that was asked for
 * @throws ConfigurationError that says what to type
 */
export function readOptions(args: readonly string[]): Options | 'help' {
  const { help, profile, account, ...others } = parse(args)
  if (help) return 'help'
  if (!profile) throw new ConfigurationError(`no --profile was given, and nothing was made: type ${USAGE}`)
  if (!account) {
    throw new ConfigurationError(
      `no --account was given, and nothing was made: type ${USAGE} with the id of the account that you mean`,
    )
  }
  if (!/^\d{12}$/.test(account)) {
    throw new ConfigurationError(`--account ${account}: found no id of an account, expected 12 digits: type ${USAGE}`)
  }
  return { profile, account, ...others }
}

function parse(args: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        profile: { type: 'string' },
        account: { type: 'string' },
        region: { type: 'string' },
        yes: { type: 'boolean', default: false },
        clean: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    })
    return { ...values, region: values.region }
  } catch (error) {
    // It says which option is not known, or lacks its value.
    throw new ConfigurationError(`${error instanceof Error ? error.message : error}: type ${USAGE}`)
  }
}
