import { ConfigurationError } from '../../src/errors.ts'
import { audienceWarnings } from '../../src/resolve-wanted-access.ts'
import { type Answer, judge } from './answer.ts'
import { failure, ok, type Verdict, warning } from './finding.ts'
import type { StackRemedies } from './stack-remedies.ts'

/** A SAML provider as IAM knows it. */
export interface ProviderFacts {
  readonly arn: string
  readonly validUntil: Date | undefined
}

/** When to tell of a provider's end, in days: enough to get new metadata and to try them. */
const SOON = 30

const DAY = 24 * 60 * 60 * 1000

/** Where the providers' ARNs stand. */
export interface AccessOrigin {
  /** Such as `SSM parameter /okta/saml-provider-arn`. */
  readonly name: string
  /** What to do where nothing stands there. */
  readonly create: string
  /** What to do where something wrong stands there. */
  readonly correct: string
  /** How to deploy with another setting. */
  readonly deploy: string
}

/**
 * Whether the wanted access can be had, as the functions load it (rule 1).
 *
 * @param providers that stand there; undefined where nothing does
 */
export function checkParameter(
  { name, create, correct, deploy }: AccessOrigin,
  providers: Answer<readonly ProviderFacts[] | undefined>,
): readonly Verdict[] {
  if (providers.kind === 'fault' && providers.error instanceof ConfigurationError) {
    const words = providers.error.message
    return [failure(words, words.startsWith(name) ? correct : `${deploy}, with that setting`)]
  }
  return judge(name, providers, (found) => {
    if (found === undefined) return failure(`${name} is missing`, create)
    return ok(
      `${name} names ${found.length === 1 ? 'a SAML provider' : `${found.length} SAML providers`} that IAM knows`,
    )
  })
}

/** Whether Okta's certificate still holds: sign-ins fail as soon as it does not. */
export function checkProvider({ arn, validUntil }: ProviderFacts, { aws }: StackRemedies, now: Date): Verdict {
  if (validUntil === undefined) return ok(`${arn} has no end of validity`)
  const date = validUntil.toISOString().slice(0, 10)
  const update = ['--saml-provider-arn', arn, '--saml-metadata-document', 'file://okta-metadata.xml']
  const remedy = `${aws('iam update-saml-provider', ...update)} with new metadata of Okta in that file`
  const days = Math.floor((validUntil.getTime() - now.getTime()) / DAY)
  if (validUntil < now) return warning(`${arn} expired on ${date}: sign-ins through Okta fail`, remedy)
  if (days < SOON) return warning(`${arn} expires on ${date}, in ${days === 1 ? '1 day' : `${days} days`}`, remedy)
  return ok(`${arn} is valid until ${date}`)
}

/** Whether the configured audiences are places that Okta could post to; without providers nobody knows the partition. */
export function checkAudiences(audiences: readonly string[], providers: readonly ProviderFacts[]): readonly Verdict[] {
  if (providers.length === 0) return []
  const arns = providers.map(({ arn }) => arn)
  return audienceWarnings(audiences, arns).map((words) =>
    warning(words, 'compare it with the ACS URL in the sign-on settings of the Okta app'),
  )
}
