import { type Account, createAccount } from '../../fake-aws/account.ts'
import { ENVIRONMENT } from '../../fake-aws/environment.ts'
import { addRealisticRoles } from '../../fake-aws/realistic-roles.ts'

/** The account of the demo, before anything was remediated. */
export function demoAccount(): Account {
  const account = createAccount().attach()
  addRealisticRoles(account)
  account.putParameter(ENVIRONMENT.PARAMETER_NAME, account.addProvider('Okta'))
  return account
}
