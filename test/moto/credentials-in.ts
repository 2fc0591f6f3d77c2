import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts'

/** By these moto tells accounts apart; it knows no account that would be there or not. */
export async function credentialsIn(accountId: string) {
  const RoleArn = `arn:aws:iam::${accountId}:role/reader`
  const { Credentials: found } = await new STSClient({ region: 'us-east-1' }).send(
    new AssumeRoleCommand({ RoleArn, RoleSessionName: 'test' }),
  )
  const credentials = {
    accessKeyId: found?.AccessKeyId ?? '',
    secretAccessKey: found?.SecretAccessKey ?? '',
    sessionToken: found?.SessionToken ?? '',
  }
  return { credentials, region: 'us-east-1' }
}
