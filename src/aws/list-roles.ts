import { type IAMClient, paginateListRoles } from '@aws-sdk/client-iam'
import { MalformedResponseError } from '../errors.ts'

/** A role as a list shows it: without its tags, but with what GetAccountAuthorizationDetails leaves out. */
export interface ListedRole {
  readonly roleName: string
  /** The longest session that the role allows, in seconds. */
  readonly maxSessionDuration: number
}

/** The most that ListRoles takes (IAM API reference). */
const PAGE_SIZE = 1000

/** What IAM allows where nobody chose (IAM API reference, CreateRole). */
const DEFAULT_DURATION = 3600

/**
 * The roles whose paths start with the prefix, by one call for up to 1,000.
 *
 * @throws MalformedResponseError where a role has no name; whatever else the SDK throws goes through
 */
export async function listRoles(client: IAMClient, pathPrefix = '/'): Promise<readonly ListedRole[]> {
  const listed: ListedRole[] = []
  for await (const { Roles: roles } of paginateListRoles({ client, pageSize: PAGE_SIZE }, { PathPrefix: pathPrefix })) {
    if (roles === undefined) throw new MalformedResponseError('ListRoles: found no list of roles')
    for (const { RoleName: roleName, MaxSessionDuration: maxSessionDuration = DEFAULT_DURATION } of roles) {
      if (roleName === undefined) throw new MalformedResponseError('ListRoles: found a role without its name')
      listed.push({ roleName, maxSessionDuration })
    }
  }
  return listed
}
