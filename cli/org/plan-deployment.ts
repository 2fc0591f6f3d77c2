import type { StackInstance, StackSet } from '../../src/aws/stack-sets.ts'
import { changedSettings, refusalsOf } from '../../src/config/setting-changes.ts'
import { readTags } from '../../src/config/stack-settings.ts'
import { ConfigurationError } from '../../src/errors.ts'
import { countOf } from '../session/count-of.ts'
import type { Session } from '../session/session.ts'
import { settingsOf } from '../stack-settings.ts'
import { findBucket } from './bundles.ts'
import { isContentChanged, type SetChange } from './deploy-set.ts'
import { isInOrder } from './format-instances.ts'
import { entityIdOf, identityContent } from './identity-content.ts'
import { contentOf, refuseForeignArns, settingsOfSet } from './org-settings.ts'
import { type OrganizationSession, readSet } from './organization-session.ts'
import { type Release, versionOf } from './release-files.ts'
import type { SamlMetadata } from './saml-metadata.ts'

type Values = Readonly<Record<string, string>>

/** As on the command line. */
interface Options {
  readonly ou?: readonly string[] | undefined
  readonly canary?: readonly string[] | undefined
  readonly metadata?: string | undefined
  readonly providerName?: string | undefined
  readonly hub?: string | undefined
  readonly bucket?: string | undefined
  readonly release: string
  readonly allow?: readonly string[] | undefined
}

export interface DeploymentPlan {
  readonly bucket: string
  /** In the order of their deployment: the engine last. */
  readonly sets: readonly SetChange[]
  readonly lines: readonly string[]
  readonly warnings: readonly string[]
}

/** @throws ConfigurationError where it must not be deployed */
export async function planDeployment(
  session: Session,
  organization: OrganizationSession,
  release: Release,
  given: Omit<Options, 'metadata'> & { readonly wanted: Values; readonly metadata: SamlMetadata | undefined },
): Promise<DeploymentPlan> {
  const { engine: name, sets, caller } = organization
  const before = await readSet(organization, name)
  const units = [...(given.ou ?? []), ...(before === undefined ? (given.canary ?? []) : [])]
  if (before === undefined && units.length === 0) {
    throw new ConfigurationError(
      `there is no StackSet ${name} yet: name the organizational units to deploy to with --ou (or the --stage of the one that is there)`,
    )
  }
  if (before !== undefined && before.parameters.Prefix !== name) {
    throw new ConfigurationError(
      `the StackSet ${name} has the Prefix ${before.parameters.Prefix}, so that it is of another stage or of somebody else, and nothing was changed: give the --stage that follows okta-role-trust- there, or another one`,
    )
  }
  const from = before && settingsOfSet(before)
  const bucket = await findBucket(session, organization, given.bucket ?? from?.deploymentBucket, given.release)
  const settings: Values & { readonly mode: string } = {
    ...given.wanted,
    ...(given.hub !== undefined && { hubBusArn: given.hub }),
    mode: from?.mode ?? 'report',
    deploymentBucket: bucket,
  }
  const changes =
    from === undefined
      ? []
      : changedSettings([{ functionName: '', from, to: settings }], settingsOf({}), caller.partition)
  if (from !== undefined && changes.some(({ setting }) => setting === 'sid')) {
    throw new ConfigurationError(
      `sid: the StackSet ${name} has ${from.sid}, and nothing was changed: with ${settings.sid} no account would renew its statements, or take them out; deploy another --stage with that Sid, or take the statements out first (docs/deploying.md, "Another Sid")`,
    )
  }
  const refusals = refusalsOf(changes, given.allow ?? [])
  if (refusals.length > 0) throw new ConfigurationError(`nothing was changed: ${refusals.join('; ')}`)
  const content = contentOf(session.scope.stage, settings, release)
  refuseForeignArns(settings, caller.partition)
  const instances = before === undefined ? [] : await sets.listInstances(name)
  if (units.length === 0 && before?.organizationalUnits.length === 0 && instances.length === 0) {
    throw new ConfigurationError(
      `the StackSet ${name} deploys to no organizational unit yet, and nothing was changed: name those to deploy to with --ou`,
    )
  }
  const engine: SetChange = {
    name,
    before,
    content,
    instances,
    newUnits: newUnitsOf(units, before, instances),
    retainsStacks: false,
  }
  const allUnits = [...new Set([...(before?.organizationalUnits ?? []), ...units])]
  const identity = await planIdentity(organization, release, { ...given, settings, units: allUnits })
  const all = identity === undefined ? [engine] : [identity, engine]
  const warnings = [...(given.metadata?.warnings ?? [])]
  if (given.wanted.mode !== settings.mode && before !== undefined) {
    warnings.push(`the mode stays ${settings.mode}: org resume and org pause change it, not a deployment`)
  }
  return {
    bucket,
    sets: all,
    lines: [
      ...all.flatMap((set) => describeSet(set)),
      ...changes.map(({ text }) => `    ${text}`),
      ...(before === undefined ? ['    mode: report (the first deployment only reports)'] : []),
    ],
    warnings,
  }
}

/** That of the SAML provider and the parameter; undefined where it is not to be touched. */
async function planIdentity(
  organization: OrganizationSession,
  { identity: template }: Release,
  given: Pick<Options, 'providerName'> & {
    readonly metadata: SamlMetadata | undefined
    readonly settings: Values
    readonly units: readonly string[]
  },
): Promise<SetChange | undefined> {
  const { identity: name, sets } = organization
  const { metadata, settings, units } = given
  const before = await readSet(organization, name)
  if (before === undefined && metadata === undefined && given.providerName === undefined) return undefined
  const deployed = before?.parameters.ProviderName
  const providerName = given.providerName ?? deployed ?? 'Okta'
  if (!/^[\w.-]{1,128}$/.test(providerName)) {
    throw new ConfigurationError(`--provider-name ${providerName}: expected 1 to 128 letters, digits and _ . -`)
  }
  if (deployed !== undefined && deployed !== providerName) {
    throw new ConfigurationError(
      `the StackSet ${name} has the SAML provider ${deployed}, and nothing was changed: leave out --provider-name; for another provider deploy another --stage (docs/deploying.md, "Other identity providers")`,
    )
  }
  const makesProvider = before !== undefined && entityIdOf(before.template) !== undefined
  if (makesProvider && metadata === undefined && given.providerName !== undefined) {
    throw new ConfigurationError(
      `the StackSet ${name} looks after the SAML provider ${providerName} itself, and nothing was changed: leave out --provider-name, or give --metadata FILE for new metadata`,
    )
  }
  const wanted = { providerName, parameterName: settings.parameterName ?? '', xml: metadata?.xml }
  const fresh = identityContent(template, wanted, readTags(settings.tags ?? ''))
  // Without metadata nobody knows better than what is deployed.
  const content =
    makesProvider && metadata === undefined && before !== undefined ? { ...fresh, template: before.template } : fresh
  const instances = before === undefined ? [] : await sets.listInstances(name)
  // In an account that leaves, roles still trust the provider.
  return { name, before, content, instances, newUnits: newUnitsOf(units, before, instances), retainsStacks: true }
}

function newUnitsOf(
  units: readonly string[],
  before: StackSet | undefined,
  instances: readonly StackInstance[],
): readonly string[] {
  const known = [
    ...(before?.organizationalUnits ?? []),
    ...instances.map(({ organizationalUnit }) => organizationalUnit),
  ]
  return [...new Set(units)].filter((unit) => !known.includes(unit))
}

/** What becomes of a StackSet, in a line or some. */
function describeSet(change: SetChange): readonly string[] {
  const { name, before, content, instances, newUnits } = change
  const behind = instances.filter((instance) => !isInOrder(instance)).length
  const [old, next] = [before && versionOf(before.template), versionOf(content.template)]
  const [oldEntity, entity] = [before && entityIdOf(before.template), entityIdOf(content.template)]
  const version = old === next ? (next ?? '') : [old, next].filter((one) => one !== undefined).join(' → ')
  const what = before === undefined ? 'a new StackSet' : isContentChanged(change) ? 'changes' : 'does not change'
  const provider = content.parameters.ProviderName
  return [
    `  ${name}: ${what}${version === '' ? '' : `, version ${version}`}`,
    ...(provider === undefined
      ? []
      : [`    SAML provider ${provider}${entity === undefined ? ' (which each account has already)' : ''}`]),
    ...(entity === oldEntity
      ? []
      : [`    entityID: ${[oldEntity, entity].filter((one) => one !== undefined).join(' → ')}`]),
    ...(newUnits.length === 0 ? [] : [`    new: ${newUnits.join(', ')}`]),
    ...(behind === 0
      ? []
      : [`    once more: ${countOf(behind, 'account')} that ${behind === 1 ? 'is' : 'are'} not current`]),
  ]
}
