import { createAccount } from '../fake-aws/account.ts'
import { ENVIRONMENT } from '../fake-aws/environment.ts'
import type { StoredRole } from '../fake-aws/role-store.ts'
import { serveAccount } from '../fake-aws/server.ts'
import { GeneratedRoles, generatedRole } from './generated-account.ts'
import { type ProgramOptions, runProgram } from './run-program.ts'
import type { Setup } from './setup.ts'

/** So long may CloudTrail take to show a call, in milliseconds: no run sees its own writes. */
const LAG = 15 * 60_000

/** How many roles the account has, and how each of them is made. */
interface Roles {
  readonly roles: number
  readonly roleOf?: (index: number) => StoredRole
}

/**
 * Runs a program with a new account of generated roles, over HTTP: the SDK's signing, parsing and waiting cost a sweep more
 * than its decisions, and an account behind stubbed clients would not show it.
 */
export async function runWithAccount(
  setup: Setup,
  program: string,
  { roles, roleOf = generatedRole, environment, ...options }: Roles & ProgramOptions,
) {
  const account = createAccount({ roles: new GeneratedRoles(roles, roleOf), pageSizes: [1000] })
  account.putParameter(ENVIRONMENT.PARAMETER_NAME, account.addProvider('Okta', new Date('2036-01-01')))
  account.cloudTrail.lag = LAG
  const { url, close } = await serveAccount(account)
  try {
    const result = await runProgram(setup, program, {
      ...options,
      environment: { ...environment, AWS_ENDPOINT_URL: url },
    })
    return { result, account, written: new Set(account.writes.map(({ roleName }) => roleName)).size }
  } finally {
    close()
  }
}
