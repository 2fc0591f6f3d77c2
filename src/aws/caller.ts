import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { createCredentialChain, fromEnv, fromIni, fromNodeProviderChain } from '@aws-sdk/credential-providers'
import type { AwsAccount } from '../aws-account.ts'
import { MalformedResponseError } from '../errors.ts'
import { type AwsTarget, maxAttempts, requestHandler } from './clients.ts'

/** Whose credentials are used. */
export interface Identity {
  /** Of the shared configuration files; undefined: what the AWS CLI would find. */
  readonly profile: string | undefined
  /** What AWS_PROFILE says. */
  readonly profileOfEnvironment: string | undefined
  /** Asked where a profile assumes its role with multi-factor authentication. */
  askMfaCode(serial: string): Promise<string>
}

/** Who calls AWS, in which account. */
export interface Caller extends AwsAccount {
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

/** Finds credentials and asks AWS whose they are (GetCallerIdentity takes no permission). */
export async function findCaller(identity: Identity, region: string): Promise<Caller> {
  const client = new STSClient({ region, credentials: credentialsOf(identity, region), requestHandler, maxAttempts })
  const { Arn: arn, Account: account } = await client.send(new GetCallerIdentityCommand({}))
  const partition = arn?.split(':')[1]
  if (arn === undefined || account === undefined || partition === undefined) {
    throw new MalformedResponseError(`GetCallerIdentity: found no ARN or no account: ${arn}, ${account}`)
  }
  return { arn, account, partition, region, target: { region, credentials: client.config.credentials } }
}

/**
 * Where the AWS CLI looks, in its order: the profile that is named on the command line, the keys of the environment,
 * the profile that the environment names, and only then whatever else there is (the SDK's own chain passes keys by
 * where AWS_PROFILE is set). A profile that is named is used and nothing else: the SDK's chain would go on to other
 * sources where it is wrong, and so to another account.
 */
function credentialsOf({ profile, profileOfEnvironment, askMfaCode }: Identity, region: string) {
  const options = { mfaCodeProvider: askMfaCode, clientConfig: { region } }
  if (profile !== undefined) return fromIni({ ...options, profile })
  if (profileOfEnvironment)
    return createCredentialChain(fromEnv(), fromIni({ ...options, profile: profileOfEnvironment }))
  const ofDefaultProfile = fromIni(options)
  return createCredentialChain(
    fromEnv(),
    () => ofDefaultProfile().catch((error: unknown) => throwSignedOut(error)),
    fromNodeProviderChain(options),
  )
}

/** A single sign-on that has ended says it all: the chain would go on, and say that nothing was found. */
function throwSignedOut(error: unknown): never {
  if (!(error instanceof Error) || !/expired|aws sso login/i.test(error.message)) throw error
  throw Object.assign(new Error(error.message, { cause: error }), { name: error.name })
}
