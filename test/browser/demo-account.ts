import { type Account, createAccount } from '../account/account.ts'
import { addRealisticRoles } from '../account/realistic-roles.ts'
import { ENVIRONMENT } from '../environment.ts'

/** The account of the demo, before anything was remediated. */
export function demoAccount(): Account {
  const account = createAccount().attach()
  addRealisticRoles(account)
  account.putParameter(ENVIRONMENT.PARAMETER_NAME, account.addProvider('Okta'))
  return account
}
