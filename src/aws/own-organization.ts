import {
  AWSOrganizationsNotInUseException,
  DescribeOrganizationalUnitCommand,
  DescribeOrganizationCommand,
  OrganizationalUnitNotFoundException,
  OrganizationsClient,
  paginateListRoots,
} from '@aws-sdk/client-organizations'
import { type AwsTarget, maxAttempts, requestHandler } from './clients.ts'
import { unlessMissing } from './unless-missing.ts'

export interface Organization {
  /** Such as `o-a1b2c3d4e5`. */
  readonly id: string
  readonly managementAccount: string
}

/** Whatever the SDK throws goes through. */
export interface OwnOrganization {
  /** The one that the caller's account belongs to; undefined where it belongs to none. */
  read(): Promise<Organization | undefined>
  /** @param id of an organizational unit, or of the root */
  hasUnit(id: string): Promise<boolean>
}

export function ownOrganization(target: AwsTarget): OwnOrganization {
  const client = new OrganizationsClient({ requestHandler, maxAttempts, ...target })
  return {
    read: () =>
      unlessMissing(AWSOrganizationsNotInUseException, async () => {
        const { Organization: found = {} } = await client.send(new DescribeOrganizationCommand({}))
        return { id: found.Id ?? '', managementAccount: found.MasterAccountId ?? '' }
      }),

    async hasUnit(id) {
      if (id.startsWith('r-')) {
        for await (const { Roots: roots = [] } of paginateListRoots({ client }, {})) {
          if (roots.some((root) => root.Id === id)) return true
        }
        return false
      }
      const unit = await unlessMissing(OrganizationalUnitNotFoundException, () =>
        client.send(new DescribeOrganizationalUnitCommand({ OrganizationalUnitId: id })),
      )
      return unit !== undefined
    },
  }
}
