import { GetRoleCommand, IAMClient, UpdateAssumeRolePolicyCommand } from '@aws-sdk/client-iam'
import type { SQSEvent } from 'aws-lambda'
import { indexOf, isDue, SOME_DOCUMENT } from '../generated-account.ts'

const client = new IAMClient()

/** The calls on roles that role-event cannot do without, and nothing decided, checked, logged or told. */
export const handler = async ({ Records: records }: SQSEvent) => {
  await Promise.all(records.map(({ body }) => callFor(JSON.parse(body).detail.requestParameters.roleName)))
}

async function callFor(name: string): Promise<void> {
  await client.send(new GetRoleCommand({ RoleName: name }))
  if (!isDue(indexOf(name))) return
  await client.send(new GetRoleCommand({ RoleName: name }))
  await client.send(new UpdateAssumeRolePolicyCommand({ RoleName: name, PolicyDocument: SOME_DOCUMENT }))
}
