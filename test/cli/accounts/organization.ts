import { onTestFinished, vi } from 'vitest'
import { type Account, createAccount } from '../../../fake-aws/account.ts'
import { ENVIRONMENT } from '../../../fake-aws/environment.ts'
import { Organization, type OrganizationOptions } from '../../../fake-aws/organization.ts'
import { serveCalls } from '../../../fake-aws/server.ts'
import { ec2, PARAMETER, policy, TAGGED } from '../../functions.ts'

/** The account whose credentials call. */
export const CALLER = '111122223333'

/** An organization that answers the SDK's clients of this process. */
export async function serveOrganization(options?: OrganizationOptions): Promise<Organization> {
  const organization = new Organization({ caller: CALLER, ...options })
  const server = await serveCalls((call, accessKey) => organization.answer(call, accessKey))
  onTestFinished(() => server.close())
  const environment = { AWS_ENDPOINT_URL: server.url, AWS_ACCESS_KEY_ID: 'CALLER', AWS_SECRET_ACCESS_KEY: 'secret' }
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value)
  return organization
}

/** An account with a provider and a deployed stack, where so many roles are due. */
export function member(id: string, due = 0, settings: Partial<typeof ENVIRONMENT> = {}): Account {
  const account = createAccount({ id })
  account.putParameter(PARAMETER, account.addProvider('Okta', new Date('2036-01-01')))
  account.addFunction('okta-role-trust-dev-backfill', { ...ENVIRONMENT, ...settings })
  for (let index = 0; index < due; index += 1) {
    account.addRole({ name: `due-${index}`, tags: TAGGED, document: policy(ec2) })
  }
  return account
}
