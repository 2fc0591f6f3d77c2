import type { CommandUnknownOpts } from '@commander-js/extra-typings'
import * as z from 'zod/mini'
import { accessSources } from '../../src/aws/access-sources.ts'
import type { Caller } from '../../src/aws/caller.ts'
import { iamClient, iamWriteClient, ssmClient } from '../../src/aws/clients.ts'
import { functionReader } from '../../src/aws/deployed-functions.ts'
import { iamRoleReader, iamRoles } from '../../src/aws/iam-roles.ts'
import { trustPolicyQuota } from '../../src/aws/trust-policy-quota.ts'
import type { AwsAccount } from '../../src/aws-account.ts'
import { cached } from '../../src/cached.ts'
import { ConfigurationError } from '../../src/errors.ts'
import { readInput } from '../../src/input.ts'
import {
  type AccessSources,
  checkWantedAccess,
  resolveWantedAccess,
  WRITING_AGE,
} from '../../src/resolve-wanted-access.ts'
import type { Rules } from '../../src/role/decide-role.ts'
import { LEAST_QUOTA, type Quota } from '../../src/role/quota.ts'
import type { RoleAccess } from '../../src/role/remediate-role.ts'
import type { RoleReader } from '../../src/sweep/survey-roles.ts'
import { SAML_PROVIDER_ARN } from '../../src/trust-policy/wanted-access.ts'
import { errorMessageOf, isOfCredentials, isOfTheNetwork } from '../error-message.ts'
import { stackName } from '../stack-settings.ts'
import { type Callers, findCallers } from './callers.ts'
import { awsCommand, type Scope } from './commands.ts'
import { redeploy } from './deployment.ts'
import { once } from './once.ts'
import { givenSettings, resolveSettings, type Settings } from './settings.ts'
import { type StackTags, stackTagsOf } from './stack-tags.ts'
import { SILENT, type Terminal, type Voice, voiceOf } from './terminal.ts'
import { eventRegionOf } from './wrong-region.ts'

const GlobalOptions = z.looseObject({
  profile: z.optional(z.string()),
  region: z.optional(z.string()),
  stage: z.string(),
})

/**
 * What the action of a command works with. Each call is made when it is first asked for, and its answer kept: a command
 * that asks for nothing of AWS needs no credentials.
 */
export interface Session extends Callers {
  readonly terminal: Terminal
  /** The answer, and nothing else: what a pipe should get. */
  readonly out: Voice
  /** Everything else: settings, warnings, questions, progress. */
  readonly err: Voice
  /** Of the stack, by --stage; the names of its functions and queues begin with it. */
  readonly stackName: string
  /** What the commands that a message tells people to type must name again. */
  readonly scope: Scope
  /** The options by which a later command decides as this one does: those of the settings, and `--no-stack` where no stack is. */
  settingsOptions(): Promise<readonly string[]>
  /**
   * The environment of the deployed functions, which is the same in all, or undefined where none of them is there;
   * `--no-stack` does not hide it.
   */
  deployed(): Promise<Readonly<Record<string, string>> | undefined>
  /** What the tags of the deployed functions tell of the stack; undefined where no stack is. */
  deployedTags(): Promise<StackTags | undefined>
  /** Of the stack, or of a file or the defaults, and the options of `addSettingsOptions`; the first call prints which on stderr. */
  settings(): Promise<Settings>
  /**
   * All that decides about a role; warns on stderr of a provider that has expired. In report mode too they are those of
   * whoever may write.
   */
  rules(): Promise<Rules>
  /** The same as of now: a question can wait long for its answer, and a provider may be replaced meanwhile. */
  freshRules(): Promise<Rules>
  /**
   * The same, the quota of the account and the name of the parameter, without a call to AWS where --no-stack and
   * --provider-arn say all: for what is not in AWS yet. Then says on stderr what is assumed.
   */
  rulesForFile(): Promise<{ readonly rules: Rules; readonly parameterName: string; readQuota(): Promise<Quota> }>
  /** IAM's roles. */
  roles(): Promise<RoleAccess & RoleReader>
  /**
   * The same command in another account, or by another's credentials. It shows no progress, and prints nothing by itself.
   *
   * @param profile that stands for the caller in the commands that a message tells people to type
   * @param onWarning told what this session would print on stderr as a warning
   */
  as(caller: Caller, profile: string | undefined, onWarning: (warning: string) => void): Session
}

/** What a session says by itself. */
interface Listener {
  onSettings(account: string, settings: Settings): void
  onWarning(warning: string): void
}

/**
 * The session of one run of a command. Throws nothing by itself: `errorMessageOf` makes a message of what its calls throw.
 *
 * @param onWrongRegion whether to refuse a region where no stack can live, or to look in the right one of the partition
 */
export function openSession(
  terminal: Terminal,
  command: CommandUnknownOpts,
  onWrongRegion: 'refuse' | 'correct' = 'refuse',
): Session {
  const options = readInput(GlobalOptions, command.optsWithGlobals(), 'options')
  const { print, paint } = voiceOf(terminal.stderr, terminal.environment)
  return sessionOf(terminal, options, findCallers(terminal, options, onWrongRegion), {
    onSettings: (account, { origin }) => print(paint('dim', `Account ${account}. Settings: ${origin}.`)),
    onWarning: (warning) => print(paint('yellow', `Warning: ${warning}`)),
  })
}

function sessionOf(
  terminal: Terminal,
  options: z.infer<typeof GlobalOptions>,
  { asked, caller }: Callers,
  { onSettings, onWarning }: Listener,
): Session {
  const { profile, stage } = options
  const [out, err] = [voiceOf(terminal.stdout, terminal.environment), voiceOf(terminal.stderr, terminal.environment)]
  const name = stackName(stage)
  const scope = { profile, stage, region: options.region }

  const deployedFunction = once(async () => {
    const { target, partition, region, account } = await caller()
    const { readEnvironment } = functionReader(target)
    // One of them may have been deleted: that must not lose the settings of the stack.
    for (const id of ['backfill', 'scheduled-sweep', 'role-event']) {
      const environment = await readEnvironment(`${name}-${id}`)
      const arn = `arn:${partition}:lambda:${region}:${account}:function:${name}-${id}`
      if (environment !== undefined) return { environment, arn }
    }
    return undefined
  })
  const deployed = async () => (await deployedFunction())?.environment
  const deployedTags = once(async () => {
    const found = await deployedFunction()
    return found && stackTagsOf(await functionReader((await caller()).target).readTags(found.arn))
  })
  const settings = once(async () => {
    const { region, account } = await caller()
    const environment = options.stack === false ? undefined : await deployed()
    const settings = await withDeployment(environment, deployedTags, scope, region, () =>
      resolveSettings(options, stage, region, environment),
    )
    onSettings(account, settings)
    return settings
  })
  const iam = once(async () => iamClient((await caller()).target))
  const printed = new Set<string>()
  const warn = (warnings: readonly string[]) => {
    for (const warning of warnings.filter((warning) => !printed.has(warning))) {
      onWarning(warning)
      printed.add(warning)
    }
  }
  const loadRules = async () => {
    const awsAccount = await caller()
    const { config, providerArn } = await settings()
    const sources = accessSources(await iam(), ssmClient(awsAccount.target))
    const { wanted, warnings } =
      providerArn === undefined
        ? await resolveWantedAccess(config, withRemedy(sources, awsAccount.region, scope), awsAccount, new Date())
        : await checkWantedAccess(providerArn, '--provider-arn', config, sources, awsAccount, new Date())
    warn(warnings)
    return { ...config, ...OF_A_PERSON, wanted }
  }
  const keptRules = cached(loadRules, Date.now)
  const rules = () => keptRules(Number.POSITIVE_INFINITY)
  const freshRules = () => keptRules(WRITING_AGE)
  const rulesForFile = once(async () => {
    if (options.stack !== false || typeof options.providerArn !== 'string') {
      try {
        const { parameterName } = (await settings()).config
        return { rules: await rules(), parameterName, readQuota: (await roles()).readQuota }
      } catch (error) {
        if (!isOfCredentials(error) && !isOfTheNetwork(error)) throw error
        const message = `${errorMessageOf(error, scope)}; with --no-stack and --provider-arn ARN, both together, AWS is not asked`
        throw new ConfigurationError(message, { cause: error })
      }
    }
    const { config, providerArn = '', origin } = resolveSettings(options, stage, '', undefined)
    err.print(err.paint('dim', `Settings: ${origin}.`))
    const unasked = { readSamlProvider: async () => ({ validUntil: undefined }) }
    const awsAccount = accountOfProviders(providerArn)
    const { wanted, warnings } = await checkWantedAccess(
      providerArn,
      '--provider-arn',
      config,
      unasked,
      awsAccount,
      new Date(),
    )
    warn(warnings)
    const assumed = `the account is ${awsAccount?.account}, IAM knows the SAML providers there, and a trust policy may have ${LEAST_QUOTA} characters`
    err.print(err.paint('dim', `Assumed, since AWS is not asked: ${assumed}.`))
    const readQuota = async () => ({ characters: LEAST_QUOTA, assumedBecause: 'AWS was not asked' })
    return { rules: { ...config, ...OF_A_PERSON, wanted }, parameterName: config.parameterName, readQuota }
  })
  const roles = once(async () => {
    const client = await iam()
    // Most sessions only read, and a client takes time and memory to make.
    const writer = once(async () => iamRoles(client, iamWriteClient(client)))
    return {
      ...iamRoleReader(client),
      writeTrustPolicy: async (roleName: string, document: string) =>
        (await writer()).writeTrustPolicy(roleName, document),
      readQuota: trustPolicyQuota(client)(),
    }
  })
  const settingsOptions = async () => {
    const given = givenSettings(options)
    return (await settings()).isFallback ? ['--no-stack', ...given] : given
  }
  return {
    terminal,
    out,
    err,
    stackName: name,
    scope,
    settingsOptions,
    asked,
    caller,
    deployed,
    deployedTags,
    settings,
    rules,
    freshRules,
    rulesForFile,
    roles,
    as: (caller, profile, onWarning) => {
      const callers = { asked: async () => caller, caller: async () => caller }
      const quiet = { ...terminal, stdout: SILENT, stderr: SILENT }
      return sessionOf(quiet, { ...options, profile }, callers, { onSettings: () => {}, onWarning })
    },
  }
}

/** Whoever applies a change writes by their own permissions, whatever the functions may. */
const OF_A_PERSON: Pick<Rules, 'mode'> = { mode: 'enforce' }

/** Of the first SAML provider in a list, whose others have to be there too; undefined where that is no ARN of one. */
function accountOfProviders(arns: string): AwsAccount | undefined {
  const { partition, account } = SAML_PROVIDER_ARN.exec(arns.split(',', 1).join().trim())?.groups ?? {}
  if (partition === undefined || account === undefined) return undefined
  return { partition, account, region: eventRegionOf(partition) ?? '' }
}

/** A wrong value that was deployed is put right by a deployment, which must have every other setting again. */
async function withDeployment(
  environment: Readonly<Record<string, string>> | undefined,
  deployedTags: () => Promise<StackTags | undefined>,
  scope: Scope,
  region: string,
  resolve: () => Settings,
): Promise<Settings> {
  try {
    return resolve()
  } catch (error) {
    if (environment === undefined || !(error instanceof ConfigurationError && error.cause !== undefined)) throw error
    const tags = await deployedTags().catch(() => undefined)
    const deploy = redeploy(scope, region, environment, tags)
    throw new ConfigurationError(`${error.message}. Put the right value into this, and type it: ${deploy}`)
  }
}

/** A person at a command line has another way out than the reader of a function's log. */
function withRemedy(sources: AccessSources, region: string, scope: Scope): AccessSources {
  return {
    ...sources,
    readParameter: async (name) => {
      const value = await sources.readParameter(name)
      if (value !== undefined) return value
      const create = awsCommand(
        scope,
        'ssm put-parameter',
        ...['--region', region, '--name', name, '--type', 'String', '--value', 'SAML_PROVIDER_ARN'],
      )
      throw new ConfigurationError(
        `there is no SSM parameter ${name} in ${region}: create it with \`${create}\`, or give --no-stack --provider-arn ARN`,
      )
    },
  }
}
