import { accessSources } from '../../src/aws/access-sources.ts'
import type { Caller } from '../../src/aws/caller.ts'
import { iamClient, ssmClient } from '../../src/aws/clients.ts'
import { ConfigurationError } from '../../src/errors.ts'
import { audienceWarnings, checkWantedAccess } from '../../src/resolve-wanted-access.ts'
import { countOf } from '../session/count-of.ts'
import type { Settings } from '../session/settings.ts'
import {
  type Answer,
  answerOf,
  type Finding,
  failure,
  judge,
  named,
  ok,
  unchecked,
  type Verdict,
  warning,
} from './finding.ts'
import type { StackRemedies } from './stack-remedies.ts'

/** A SAML provider as IAM knows it. */
export interface ProviderFacts {
  readonly arn: string
  readonly validUntil: Date | undefined
}

/** How long before a provider expires to warn, in days: enough to get new metadata and to try it. */
const SOON = 30

const DAY = 24 * 60 * 60 * 1000

/** Where the providers' ARNs come from. */
export interface AccessOrigin {
  /** Such as `SSM parameter /okta/saml-provider-arn`. */
  readonly name: string
  /** What to do where nothing is there. */
  readonly create: string
  /** What to do where something wrong is there. */
  readonly correct: string
  /** How to deploy with another setting. */
  readonly deploy: string
}

/** Checks where the wanted access comes from, the providers, and the audiences. */
export async function checkAccess(
  caller: Caller,
  settings: Answer<Settings>,
  remedies: StackRemedies,
  now: Date,
): Promise<readonly Finding[]> {
  if (settings.kind !== 'read') return named('parameter', [unchecked('the SSM parameter', settings)])
  const origin = originOf(settings.value, remedies)
  const providers = await answerOf('ssm:GetParameter or iam:GetSAMLProvider', () =>
    readProviders(settings.value, origin, caller, now),
  )
  const found = (providers.kind === 'read' && providers.value) || []
  return [
    ...named('parameter', checkParameter(origin, providers)),
    ...named(
      'provider',
      found.map((provider) => checkProvider(provider, remedies, now)),
    ),
    ...named('audience', checkAudiences(settings.value.config.audiences, found)),
  ]
}

function originOf({ config, providerArn }: Settings, { aws, deploy }: StackRemedies): AccessOrigin {
  const known = `${aws('iam list-saml-providers')} shows the providers of the account`
  if (providerArn !== undefined) return { name: '--provider-arn', create: known, correct: known, deploy }
  const put = (...words: readonly string[]) =>
    aws('ssm put-parameter', '--name', config.parameterName, '--value', 'SAML_PROVIDER_ARN', ...words)
  return {
    name: `SSM parameter ${config.parameterName}`,
    create: put('--type', 'String'),
    correct: `${put('--overwrite')}; ${known}`,
    deploy,
  }
}

/** The providers that every tagged role must trust; undefined where the parameter is missing. */
async function readProviders(
  { config, providerArn }: Settings,
  origin: AccessOrigin,
  awsAccount: Caller,
  now: Date,
): Promise<readonly ProviderFacts[] | undefined> {
  const sources = accessSources(iamClient(awsAccount.target), ssmClient(awsAccount.target))
  const value = providerArn ?? (await sources.readParameter(config.parameterName))
  if (value === undefined) return undefined
  const found: ProviderFacts[] = []
  const noting = {
    readSamlProvider: async (arn: string) => {
      const provider = await sources.readSamlProvider(arn)
      if (provider !== undefined) found.push({ arn, ...provider })
      return provider
    },
  }
  await checkWantedAccess(value, origin.name, config, noting, awsAccount, now)
  return found
}

/**
 * Whether the wanted access can be had, as the functions load it (rule 1).
 *
 * @param providers that stand there; undefined where nothing is there
 */
export function checkParameter(
  { name, create, correct, deploy }: AccessOrigin,
  providers: Answer<readonly ProviderFacts[] | undefined>,
): readonly Verdict[] {
  if (providers.kind === 'fault' && providers.error instanceof ConfigurationError) {
    const { message } = providers.error
    return [failure(message, message.startsWith(name) ? correct : `${deploy}, with that setting`)]
  }
  return judge(name, providers, (found) => {
    if (found === undefined) return failure(`${name} is missing`, create)
    return ok(`${name} names ${countOf(found.length, 'SAML provider')} that IAM knows`)
  })
}

/** Whether Okta's certificate still holds: sign-ins fail as soon as it does not. */
export function checkProvider({ arn, validUntil }: ProviderFacts, { aws }: StackRemedies, now: Date): Verdict {
  if (validUntil === undefined) return ok(`${arn} does not expire`)
  const date = validUntil.toISOString().slice(0, 10)
  const update = ['--saml-provider-arn', arn, '--saml-metadata-document', 'file://okta-metadata.xml']
  const remedy = `${aws('iam update-saml-provider', ...update)} with new metadata from Okta in that file`
  const days = Math.floor((validUntil.getTime() - now.getTime()) / DAY)
  if (validUntil < now) return warning(`${arn} expired on ${date}: sign-ins through Okta fail`, remedy)
  if (days < SOON) return warning(`${arn} expires on ${date}, in ${countOf(days, 'day')}`, remedy)
  return ok(`${arn} is valid until ${date}`)
}

/** Whether the configured audiences are places that Okta could post to; without providers the partition is unknown. */
function checkAudiences(audiences: readonly string[], providers: readonly ProviderFacts[]): readonly Verdict[] {
  if (providers.length === 0) return []
  const arns = providers.map(({ arn }) => arn)
  return audienceWarnings(audiences, arns).map((message) =>
    warning(message, 'compare it with the ACS URL in the sign-on settings of the Okta app'),
  )
}
