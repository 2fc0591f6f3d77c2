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

/** @throws ConfigurationError that says what to type */
export function readOptions(args: readonly string[]): Options {
  const { profile, account, ...others } = parse(args)
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
      },
    })
    return { ...values, region: values.region }
  } catch (error) {
    // It says which option is not known, or lacks its value.
    throw new ConfigurationError(`${error instanceof Error ? error.message : error}: type ${USAGE}`)
  }
}
