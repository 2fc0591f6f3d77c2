import { CreateRoleCommand } from '@aws-sdk/client-iam'
import pMap from 'p-map'
import { ADMIN, type Clients, clientsOf } from '../clients.ts'
import { policyOf, trusting } from '../trust-policies.ts'

/** An account of the organization. */
export interface Account {
  readonly accountId: string
  readonly clients: Clients
  createRole(roleName: string, isTagged: boolean): Promise<void>
}

/** The local AWS takes the 12 digits of an account for the key of its root user. */
export function clientsOfAccount(endpoint: string, accountId: string): Clients {
  return clientsOf(endpoint, { ...ADMIN, accessKeyId: accountId })
}

export function enterAccount(endpoint: string, accountId: string): Account {
  const clients = clientsOfAccount(endpoint, accountId)
  return {
    accountId,
    clients,
    createRole: async (RoleName, isTagged) => {
      const AssumeRolePolicyDocument = JSON.stringify(policyOf(trusting('ec2')))
      const Tags = [{ Key: 'okta-sso', Value: `${isTagged}` }]
      await clients.iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument, Tags }))
    },
  }
}

/** A few accounts at once: a machine has few cores, and most of the work is that of one process, the local AWS. */
export function forEachAccount<A, T>(accounts: readonly A[], act: (account: A) => Promise<T>): Promise<T[]> {
  return pMap(accounts, act, { concurrency: 3 })
}
