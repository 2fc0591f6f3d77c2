import {
  type Account,
  ListAccountsCommand,
  ListAccountsForParentCommand,
  ListOrganizationalUnitsForParentCommand,
  OrganizationsClient,
} from '@aws-sdk/client-organizations'
import { MalformedResponseError } from '../errors.ts'
import { type AwsTarget, maxAttempts, requestHandler } from './clients.ts'
import { whileThrottled } from './throttling.ts'

/** An account of the organization. */
export interface ListedAccount {
  readonly accountId: string
  /** As somebody chose it: it may hold anything. */
  readonly name: string
  /** `ACTIVE`, or why nobody can sign in to it; undefined where Organizations does not say. */
  readonly state: string | undefined
}

/**
 * What Organizations tells the management account, and the accounts that it lets administer a service.
 *
 * @throws whatever the SDK throws; OutOfTimeError where it is throttled until the deadline; MalformedResponseError
 */
export interface OrganizationReader {
  /** All accounts, by a call for every 20. */
  listAccounts(): Promise<readonly ListedAccount[]>
  /** Those of the root or the OU and of all OUs below it. */
  listAccountsBelow(parentId: string): Promise<readonly ListedAccount[]>
}

/**
 * @param deadline until when throttled calls are repeated
 * @param onListed told how many accounts a page brought
 */
export function organizationReader(
  target: AwsTarget,
  deadline: AbortSignal,
  onListed: (accounts: number) => void,
): OrganizationReader {
  const client = new OrganizationsClient({ requestHandler, maxAttempts, ...target })
  const send = <Answer>(name: string, call: () => Promise<Answer>) => whileThrottled(name, deadline, call)
  const options = { abortSignal: deadline }

  const listed = (accounts: readonly Account[] = []) => {
    onListed(accounts.length)
    return accounts.map(listedAccount)
  }
  const accountsOf = (ParentId: string) =>
    allPages(async (NextToken) => {
      const command = new ListAccountsForParentCommand({ ParentId, NextToken })
      const page = await send('ListAccountsForParent', () => client.send(command, options))
      return { items: listed(page.Accounts), next: page.NextToken }
    })
  const unitsOf = (ParentId: string) =>
    allPages(async (NextToken) => {
      const command = new ListOrganizationalUnitsForParentCommand({ ParentId, NextToken })
      const page = await send('ListOrganizationalUnitsForParent', () => client.send(command, options))
      return { items: (page.OrganizationalUnits ?? []).flatMap(({ Id: id }) => id ?? []), next: page.NextToken }
    })
  return {
    listAccounts: () =>
      allPages(async (NextToken) => {
        const page = await send('ListAccounts', () => client.send(new ListAccountsCommand({ NextToken }), options))
        return { items: listed(page.Accounts), next: page.NextToken }
      }),

    // One after the other: Organizations allows few calls a second.
    async listAccountsBelow(parentId) {
      const found: ListedAccount[] = []
      const parents = [parentId]
      for (let parent = parents.pop(); parent !== undefined; parent = parents.pop()) {
        found.push(...(await accountsOf(parent)))
        parents.push(...(await unitsOf(parent)))
      }
      return found
    },
  }
}

/** A page may be empty while more follow (Organizations API reference, ListAccounts). */
async function allPages<Item>(
  load: (token: string | undefined) => Promise<{ readonly items: readonly Item[]; readonly next: string | undefined }>,
): Promise<readonly Item[]> {
  const found: Item[] = []
  let token: string | undefined
  do {
    const { items, next } = await load(token)
    found.push(...items)
    token = next
  } while (token !== undefined)
  return found
}

/** `State` has taken the place of `Status`, which Organizations retired in 2026. */
function listedAccount({ Id: accountId, Name: name = '', State: state, Status: status }: Account): ListedAccount {
  if (accountId === undefined) throw new MalformedResponseError('ListAccounts: found an account without its id')
  return { accountId, name, state: state ?? status }
}
