import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { fromIni, fromNodeProviderChain } from '@aws-sdk/credential-providers'
import { MalformedResponseError } from '../errors.ts'
import type { Home } from '../load-wanted-access.ts'
import { type AwsTarget, maxAttempts, requestHandler } from './clients.ts'

/** Whose credentials are used. */
export interface Identity {
  /** Of the shared configuration files; undefined: whatever the SDK finds first (environment, AWS_PROFILE, …). */
  readonly profile: string | undefined
  /** Asked where a profile assumes its role with multi-factor authentication. */
  askMfaCode(serial: string): Promise<string>
}

/** Who calls AWS, in which account. */
export interface Caller extends Home {
  readonly arn: string
  /** To make clients with, so that the credentials are looked for only once. */
  readonly target: AwsTarget
}

/** The region of the profile or the environment, or undefined where neither names one. */
export async function configuredRegion({ profile }: Pick<Identity, 'profile'>): Promise<string | undefined> {
  const { config } = new STSClient(profile === undefined ? {} : { profile })
  try {
    return await config.region()
  } catch {
    return undefined
  }
}

/**
 * Finds credentials and asks AWS whose they are (GetCallerIdentity takes no permission).
 *
 * A profile that is named is used and nothing else: the SDK's chain would go on to other sources where it is wrong, and
 * so to another account.
 */
export async function findCaller({ profile, askMfaCode }: Identity, region: string): Promise<Caller> {
  const options = { mfaCodeProvider: askMfaCode, clientConfig: { region } }
  const credentials = profile === undefined ? fromNodeProviderChain(options) : fromIni({ ...options, profile })
  const client = new STSClient({ region, credentials, requestHandler, maxAttempts })
  const { Arn: arn, Account: account } = await client.send(new GetCallerIdentityCommand({}))
  const partition = arn?.split(':')[1]
  if (arn === undefined || account === undefined || partition === undefined) {
    throw new MalformedResponseError(`GetCallerIdentity: found no ARN or no account: ${arn}, ${account}`)
  }
  return { arn, account, partition, region, target: { region, credentials: client.config.credentials } }
}
