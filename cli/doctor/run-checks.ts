import { accessSources } from '../../src/aws/access-sources.ts'
import type { Caller } from '../../src/aws/caller.ts'
import { iamClient, ssmClient } from '../../src/aws/clients.ts'
import { trailReader } from '../../src/aws/trails.ts'
import { checkWantedAccess } from '../../src/resolve-wanted-access.ts'
import type { RoleSnapshot } from '../../src/role/role.ts'
import { isTagged, protectionOf } from '../../src/role/scope.ts'
import { ExclusionMatches, type ToldExclusion } from '../plan/exclusion-matches.ts'
import type { Session } from '../session/session.ts'
import type { Settings } from '../session/settings.ts'
import { type Answer, answerOf, judge } from './answer.ts'
import { type AccessOrigin, checkAudiences, checkParameter, checkProvider, type ProviderFacts } from './check-access.ts'
import { checkReach, checkUnreadable } from './check-reach.ts'
import { checkRegion } from './check-region.ts'
import { checkTrails } from './check-trails.ts'
import { examineStack } from './examine-stack.ts'
import { type Finding, ok, type Verdict, warning } from './finding.ts'
import { type StackRemedies, stackRemedies } from './stack-remedies.ts'

export interface ExamineOptions {
  /** Whether to look at the stack. */
  readonly stack: boolean
  readonly now: Date
}

/**
 * Examines all that has to be right for the system to work, at once; the findings come in a fixed order.
 *
 * @throws what keeps everything from being examined: no credentials, or settings that are wrong. What AWS denies in a
 *   single check is a finding
 */
export async function runChecks(session: Session, { stack, now }: ExamineOptions): Promise<readonly Finding[]> {
  const [asked, caller] = [await session.asked(), await session.caller()]
  const settings = await answerOf('lambda:GetFunctionConfiguration', session.settings)
  if (settings.kind === 'fault') throw settings.error
  const { partition, region, account, target } = caller
  const scope = { ...session.scope, region: regionOption(region, session.terminal.environment) }
  const parameters = settings.kind === 'read' ? settings.value.parameters : undefined
  const remedies = stackRemedies(scope, region, parameters)
  const place = { stackName: session.stackName, partition, region, account, remedies }
  const findings = await Promise.all([
    named('region', [checkRegion(asked.region, partition)]),
    named('trail', examineTrails(caller, remedies)),
    examineAccess(caller, settings, remedies, now),
    stack
      ? examineStack(target, place, stackRemedies(scope, region, undefined))
      : named('stack', [warning('the stack is not checked', 'leave out --no-stack')]),
    examineRoles(session, settings, remedies),
  ])
  return findings.flat()
}

/** Undefined where osls takes the region without being told (infra/region.cjs). */
function regionOption(region: string, environment: Readonly<Record<string, string | undefined>>): string | undefined {
  const { AWS_REGION, AWS_DEFAULT_REGION } = environment
  return region === (AWS_REGION ?? AWS_DEFAULT_REGION ?? 'us-east-1') ? undefined : region
}

async function named(check: string, verdicts: readonly Verdict[] | Promise<readonly Verdict[]>) {
  return (await verdicts).map((verdict) => ({ check, ...verdict }))
}

async function examineTrails({ target, region }: Caller, remedies: StackRemedies): Promise<readonly Verdict[]> {
  const reader = trailReader(target)
  const facts = await answerOf('cloudtrail:DescribeTrails', async () => {
    const trails = await reader.listTrails(region)
    return Promise.all(
      trails.map(async (trail) => {
        const [isLogging, selectors] = await Promise.all([
          answerOf('cloudtrail:GetTrailStatus', () => reader.isLogging(trail)),
          answerOf('cloudtrail:GetEventSelectors', () => reader.readSelectors(trail)),
        ])
        return { ...trail, isLogging, selectors }
      }),
    )
  })
  return judge('the trails', facts, (trails) => checkTrails(region, trails, remedies))
}

async function examineAccess(
  caller: Caller,
  settings: Answer<Settings>,
  remedies: StackRemedies,
  now: Date,
): Promise<readonly Finding[]> {
  if (settings.kind !== 'read')
    return named(
      'parameter',
      judge('the SSM parameter', settings, () => []),
    )
  const origin = originOf(settings.value, remedies)
  const providers = await answerOf('ssm:GetParameter or iam:GetSAMLProvider', () =>
    readProviders(settings.value, origin, caller, now),
  )
  const found = (providers.kind === 'read' && providers.value) || []
  return [
    ...(await named('parameter', checkParameter(origin, providers))),
    ...found.map((provider) => ({ check: 'provider', ...checkProvider(provider, remedies, now) })),
    ...(await named('audience', checkAudiences(settings.value.config.audiences, found))),
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

async function examineRoles(
  session: Session,
  settings: Answer<Settings>,
  remedies: StackRemedies,
): Promise<readonly Finding[]> {
  if (settings.kind !== 'read')
    return named(
      'group-mapping',
      judge('the roles in scope', settings, () => []),
    )
  const { tag, exclusions } = settings.value.config
  const facts = await answerOf('iam:GetAccountAuthorizationDetails', async () => {
    const [inScope, unreadable]: [RoleSnapshot[], string[]] = [[], []]
    const matches = new ExclusionMatches(exclusions)
    for await (const page of (await session.roles()).scanRoles()) {
      for (const role of page) {
        if ('kind' in role) {
          unreadable.push(role.roleName)
          continue
        }
        matches.add(role)
        if (isTagged(role.tags, tag) && protectionOf(role, exclusions) === undefined) inScope.push(role)
      }
    }
    return { inScope, unreadable, excluded: matches.tell() }
  })
  return [
    ...(await named(
      'group-mapping',
      judge('the roles in scope', facts, ({ inScope, unreadable }) => [
        checkReach(inScope),
        ...checkUnreadable(unreadable, remedies),
      ]),
    )),
    ...(await named('exclusions', facts.kind === 'read' ? facts.value.excluded.map(checkExclusion) : [])),
  ]
}

function checkExclusion({ message, remedy }: ToldExclusion): Verdict {
  return remedy === undefined ? ok(message) : warning(message, remedy)
}
