import { CreateAccessKeyCommand, CreateUserCommand, type IAMClient, PutUserPolicyCommand } from '@aws-sdk/client-iam'
import type { AccessKey } from './clients.ts'
import type { Caller } from './cloudtrail-event.ts'

/** A user of the account, in whose name CloudTrail records the calls. */
export type Person = Caller & AccessKey

const ADMINISTRATOR = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }

/** @param policy what they may do: by default everything in the account */
export async function createPerson(iam: IAMClient, userName: string, policy: object = ADMINISTRATOR): Promise<Person> {
  const { User: user } = await iam.send(new CreateUserCommand({ UserName: userName }))
  const PolicyDocument = JSON.stringify(policy)
  await iam.send(new PutUserPolicyCommand({ UserName: userName, PolicyName: 'own', PolicyDocument }))
  const { AccessKey: key } = await iam.send(new CreateAccessKeyCommand({ UserName: userName }))
  const { Arn: arn, UserId: userId } = user ?? {}
  const { AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey } = key ?? {}
  if (arn === undefined || userId === undefined || accessKeyId === undefined || secretAccessKey === undefined) {
    throw new Error(`The local AWS made no whole user of ${userName}`)
  }
  return { userName, arn, userId, accountId: arn.split(':')[4] ?? '', accessKeyId, secretAccessKey }
}
