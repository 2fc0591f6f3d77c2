import type { AwsAccount } from './aws-account.ts'
import { audienceDoubt, defaultAudience } from './config/audience.ts'
import type { Config } from './config/read-config.ts'
import { ConfigurationError } from './errors.ts'
import { SAML_PROVIDER_ARN, type WantedAccess } from './trust-policy/wanted-access.ts'

/** Where the wanted access comes from. */
export interface AccessSources {
  /** The decrypted value of an SSM parameter, or undefined where there is none of that name. */
  readParameter(name: string): Promise<string | undefined>
  /** What IAM knows of a SAML provider, or undefined where it knows none of that ARN. */
  readSamlProvider(arn: string): Promise<{ readonly validUntil: Date | undefined } | undefined>
}

/** How old the parameter's value may be where a role is decided about, in milliseconds (rule 1.5). */
export const DECIDING_AGE = 5 * 60_000

/** How old it may be where a trust policy is written: many writes at a time share one read of it. */
export const WRITING_AGE = 5_000

export interface ResolvedAccess {
  readonly wanted: WantedAccess
  readonly warnings: readonly string[]
}

/**
 * Loads which providers every tagged role must trust (rule 1): reads the parameter, checks each ARN, and asks IAM for
 * each provider, since IAM would accept a trust policy that names one that does not exist.
 *
 * @param awsAccount where known, ARNs of another account or partition are refused
 * @throws ConfigurationError that names the parameter, what is wrong with it and what to do
 */
export async function resolveWantedAccess(
  config: Pick<Config, 'parameterName' | 'audiences' | 'actions' | 'sid'>,
  sources: AccessSources,
  awsAccount: AwsAccount | undefined,
  now: Date,
): Promise<ResolvedAccess> {
  const { parameterName } = config
  const origin = `SSM parameter ${parameterName}`
  const value = await sources.readParameter(parameterName)
  if (value === undefined) {
    const region = awsAccount?.region ?? 'REGION'
    const remedy = `aws ssm put-parameter --region ${region} --name ${parameterName} --type String --value SAML_PROVIDER_ARN`
    throw wrong(origin, `no such parameter in the region of the function; create it with: ${remedy}`)
  }
  return checkWantedAccess(value, origin, config, sources, awsAccount, now)
}

/**
 * The wanted access with the providers that a text names, checked as {@link resolveWantedAccess} does.
 *
 * @param value ARNs, separated by commas
 * @param origin where the text comes from, for the message of an error
 */
export async function checkWantedAccess(
  value: string,
  origin: string,
  config: Pick<Config, 'audiences' | 'actions' | 'sid'>,
  sources: Pick<AccessSources, 'readSamlProvider'>,
  awsAccount: AwsAccount | undefined,
  now: Date,
): Promise<ResolvedAccess> {
  const providers = readProviders(origin, value, awsAccount)
  const warnings: string[] = []
  for (const { arn } of providers) {
    const provider = await sources.readSamlProvider(arn)
    if (provider === undefined) {
      throw wrong(origin, `IAM knows no SAML provider ${arn}; create it, or put the right ARN there`)
    }
    if (provider.validUntil !== undefined && provider.validUntil < now) {
      const since = provider.validUntil.toISOString()
      warnings.push(`SAML provider ${arn} expired at ${since}: Okta sign-ins fail until its metadata is updated`)
    }
  }
  const audiences = config.audiences.length > 0 ? config.audiences : defaultAudiences(providers)
  const arns = providers.map(({ arn }) => arn)
  warnings.push(...audienceWarnings(config.audiences, arns))
  return { wanted: { providers: arns, audiences, actions: config.actions, sid: config.sid }, warnings }
}

/** What is odd about the configured audiences, in sentences without the full stop. */
export function audienceWarnings(audiences: readonly string[], providerArns: readonly string[]): readonly string[] {
  const partitions = providerArns.map((arn) => arn.split(':')[1] ?? '')
  return audiences.flatMap((audience) => {
    const doubt = audienceDoubt(audience, partitions)
    if (doubt === undefined) return []
    return [`audience ${audience}: ${doubt}; sign-ins fail unless it is the ACS URL that Okta posts to`]
  })
}

interface Provider {
  readonly arn: string
  readonly partition: string
}

function readProviders(origin: string, value: string, awsAccount: AwsAccount | undefined): readonly Provider[] {
  const arns = [...new Set(value.split(',').map((item) => item.trim()))]
  return arns.map((arn) => {
    const { partition, account } = SAML_PROVIDER_ARN.exec(arn)?.groups ?? {}
    if (partition === undefined || account === undefined) {
      throw wrong(
        origin,
        `found ${withoutSecrets(arn)}, expected a SAML provider ARN such as arn:aws:iam::111122223333:saml-provider/Okta, or several separated by commas`,
      )
    }
    if (awsAccount !== undefined && (partition !== awsAccount.partition || account !== awsAccount.account)) {
      throw wrong(
        origin,
        `found ${arn}, expected a SAML provider of this account (${awsAccount.account}, partition ${awsAccount.partition})`,
      )
    }
    return { arn, partition }
  })
}

/** The parameter may be a SecureString that holds something else by mistake: a secret must not get into a log. */
function withoutSecrets(item: string): string {
  return item === '' || item.startsWith('arn:') ? JSON.stringify(item) : `a text of ${item.length} characters`
}

function defaultAudiences(providers: readonly Provider[]): readonly string[] {
  return [...new Set(providers.map(({ partition }) => partition))].map((partition) => {
    const audience = defaultAudience(partition)
    if (audience !== undefined) return audience
    throw new ConfigurationError(
      `partition ${partition} has no default audience here; deploy with the setting audiences: the ACS URL set in Okta`,
    )
  })
}

function wrong(origin: string, what: string): ConfigurationError {
  return new ConfigurationError(`${origin}: ${what}`)
}
