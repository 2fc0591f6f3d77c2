import {
  GetRoleCommand,
  IAMClient,
  paginateGetAccountAuthorizationDetails,
  UpdateAssumeRolePolicyCommand,
} from '@aws-sdk/client-iam'
import pMap from 'p-map'
import { indexOf, isDue, SOME_DOCUMENT } from '../generated-account.ts'

const client = new IAMClient()

/** The calls that a sweep cannot do without, at its pace, and nothing decided or checked. */
export const handler = async ({ dryRun }: { readonly dryRun?: true }) => {
  const due: string[] = []
  for await (const page of paginateGetAccountAuthorizationDetails({ client, pageSize: 1000 }, { Filter: ['Role'] })) {
    for (const { RoleName: name = '' } of page.RoleDetailList ?? []) if (isDue(indexOf(name))) due.push(name)
  }
  await pMap(
    dryRun ? [] : due,
    async (name) => {
      await client.send(new GetRoleCommand({ RoleName: name }))
      await client.send(new GetRoleCommand({ RoleName: name }))
      await client.send(new UpdateAssumeRolePolicyCommand({ RoleName: name, PolicyDocument: SOME_DOCUMENT }))
    },
    { concurrency: 5 },
  )
}
