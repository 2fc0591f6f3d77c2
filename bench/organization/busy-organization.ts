import timers from 'node:timers/promises'
import { createAccount } from '../../fake-aws/account.ts'
import type { AnyCall } from '../../fake-aws/api-calls.ts'
import { ENVIRONMENT } from '../../fake-aws/environment.ts'
import { failure, Organization } from '../../fake-aws/organization.ts'
import { GeneratedRoles, generatedRole } from '../generated-account.ts'

/** How long AWS takes for a call, in milliseconds, the way there and back included: round numbers of what it often takes. */
const WAITS: Readonly<Record<string, number>> = {
  GetCallerIdentity: 40,
  ListAccounts: 150,
  AssumeRole: 60,
  GetFunctionConfiguration: 60,
  GetParameter: 40,
  GetSAMLProvider: 100,
  GetAccountAuthorizationDetails: 300,
}

/** Milliseconds that AWS takes for all calls in one account. */
export const WAIT_OF_AN_ACCOUNT = Object.entries(WAITS)
  .filter(([name]) => !['GetCallerIdentity', 'ListAccounts'].includes(name))
  .reduce((sum, [, wait]) => sum + wait, 0)

/** The same of listing so many accounts, and of learning who calls. */
export function waitOfTheList(accounts: number): number {
  return Math.ceil(accounts / 20) * (WAITS.ListAccounts ?? 0) + (WAITS.GetCallerIdentity ?? 0)
}

/** What Organizations takes of ListAccounts in a second, and at once (Organizations User Guide, "Quotas"). */
const RATE = { perSecond: 8, burst: 13 }

export interface BusyOptions {
  readonly accounts: number
  /** In each account; of 100, 2 are due. */
  readonly roles: number
  /** One account in 100 lets nobody in, one never answers, one is suspended, and of the calls that list them some are throttled. */
  readonly isIll?: boolean
}

/** An organization with a stack in each account, as slow as AWS is, and as sparing. */
export function busyOrganization({ accounts, roles, isIll = false }: BusyOptions): Organization {
  const tokens = bucketOf(RATE)
  let listings = 0
  const organization = new Organization({
    caller: idOf(0),
    onCall: async ({ name }: AnyCall, accountId) => {
      if (isIll && accountId === idOf(HANGING)) await new Promise(() => {})
      await timers.setTimeout(WAITS[name] ?? 50)
      if (name !== 'ListAccounts') return
      listings += 1
      if (!tokens() || (isIll && listings % 3 === 0)) throw failure('TooManyRequestsException', 'Rate exceeded')
    },
  })
  for (let index = 0; index < accounts; index += 1) {
    const id = idOf(index)
    organization.addAccount(id, {
      ...(isIll && isRefusing(index) && { reader: 'another' }),
      ...(isIll && index === SUSPENDED && { state: 'SUSPENDED' }),
      account: () => {
        const roleOf = (nth: number) => inAccount(generatedRole(nth), id)
        const account = createAccount({ id, roles: new GeneratedRoles(roles, roleOf), pageSizes: [1000] })
        account.putParameter(ENVIRONMENT.PARAMETER_NAME, account.addProvider('Okta', new Date('2036-01-01')))
        account.addFunction('okta-role-trust-dev-backfill', ENVIRONMENT)
        return account
      },
    })
  }
  return organization
}

const [HANGING, SUSPENDED] = [7, 11]

/** How many of so many accounts can be looked at where the organization is ill. */
export function countReachable(accounts: number): number {
  const indices = Array.from({ length: accounts }, (_, index) => index)
  return indices.filter((index) => index !== HANGING && index !== SUSPENDED && !isRefusing(index)).length
}

function isRefusing(index: number): boolean {
  return index % 100 === 50
}

function idOf(index: number): string {
  return `${100000000000 + index}`
}

function inAccount<Role>(role: Role, id: string): Role {
  return JSON.parse(JSON.stringify(role).replaceAll('111122223333', id))
}

function bucketOf({ perSecond, burst }: typeof RATE): () => boolean {
  let [tokens, last] = [burst, performance.now()]
  return () => {
    const now = performance.now()
    tokens = Math.min(burst, tokens + ((now - last) / 1000) * perSecond)
    last = now
    if (tokens < 1) return false
    tokens -= 1
    return true
  }
}
