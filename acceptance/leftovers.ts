import { DescribeStacksCommand, paginateListStacks, StackStatus } from '@aws-sdk/client-cloudformation'
import {
  DeleteLogGroupCommand,
  ListTagsForResourceCommand,
  paginateDescribeLogGroups,
} from '@aws-sdk/client-cloudwatch-logs'
import {
  DeleteRuleCommand,
  ListRulesCommand,
  ListTagsForResourceCommand as ListTagsOfRuleCommand,
  ListTargetsByRuleCommand,
  RemoveTargetsCommand,
} from '@aws-sdk/client-eventbridge'
import {
  DeleteRoleCommand,
  DeleteSAMLProviderCommand,
  GetSAMLProviderCommand,
  ListRoleTagsCommand,
  ListSAMLProvidersCommand,
  paginateListRoles,
} from '@aws-sdk/client-iam'
import { DeleteQueueCommand, ListQueueTagsCommand, paginateListQueues } from '@aws-sdk/client-sqs'
import {
  DeleteParameterCommand,
  ListTagsForResourceCommand as ListTagsOfParameterCommand,
  paginateDescribeParameters,
} from '@aws-sdk/client-ssm'
import { entityId } from '../sandbox/saml-metadata.ts'
import { OWN_ROLES_PATH } from '../src/role/scope.ts'
import type { Account, AccountClients } from './account.ts'
import { removeStack } from './remove-stack.ts'
import { RUN_TAG, runIdOf } from './run-names.ts'

/** Something that is called as a run calls what it makes. */
export interface Leftover {
  /** Such as `the role okta-role-trust-acceptance-0123abcd-sign-in`. */
  readonly what: string
  readonly runId: string
  /** Whether it has the tag of the same run. What has not is somebody else's, whatever it is called. */
  readonly isTagged: boolean
  /** Deletes it; once it is gone, too. */
  remove(): Promise<void>
}

type Find = (clients: AccountClients, account: Account) => AsyncIterable<Leftover>

/**
 * Finds all that runs have left, in the order in which to delete it: whoever acts, first. What the stack has made goes
 * with the stack.
 */
export async function findLeftovers(clients: AccountClients, account: Account): Promise<readonly Leftover[]> {
  const found: Leftover[] = []
  for (const find of [stacks, rules, queues, roles, parameters, providers, logGroups]) {
    for await (const leftover of find(clients, account)) found.push(leftover)
  }
  return found
}

const stacks: Find = async function* ({ cloudFormation, s3 }) {
  const gone = StackStatus.DELETE_COMPLETE
  const StackStatusFilter = Object.values(StackStatus).filter((status) => status !== gone)
  for await (const { StackSummaries: summaries = [] } of paginateListStacks(
    { client: cloudFormation },
    { StackStatusFilter },
  )) {
    for (const { StackName = '' } of summaries) {
      const runId = runIdOf(StackName)
      if (runId === undefined) continue
      const described = await ifThere(() => cloudFormation.send(new DescribeStacksCommand({ StackName })))
      const [stack] = described?.Stacks ?? []
      if (stack === undefined) continue
      const isTagged = isOfRun(runId, stack.Tags)
      yield {
        what: `the stack ${StackName}`,
        runId,
        isTagged,
        remove: () => removeStack(cloudFormation, s3, StackName),
      }
    }
  }
}

/** Those of the stack have its name too, and go with it. */
const rules: Find = async function* ({ events }, { partition, region, account }) {
  let NextToken: string | undefined
  do {
    const page = await events.send(new ListRulesCommand({ NamePrefix: RUN_TAG, NextToken }))
    NextToken = page.NextToken
    for (const { Name = '', Arn = `arn:${partition}:events:${region}:${account}:rule/${Name}` } of page.Rules ?? []) {
      const runId = runIdOf(Name)
      if (runId === undefined || !isBesideStack(Name)) continue
      const tagged = await ifThere(() => events.send(new ListTagsOfRuleCommand({ ResourceARN: Arn })))
      if (tagged === undefined) continue
      const remove = async () => {
        const { Targets: targets = [] } = await events.send(new ListTargetsByRuleCommand({ Rule: Name }))
        const Ids = targets.map(({ Id = '' }) => Id)
        if (Ids.length > 0) await events.send(new RemoveTargetsCommand({ Rule: Name, Ids }))
        await events.send(new DeleteRuleCommand({ Name }))
      }
      yield { what: `the rule ${Name}`, runId, isTagged: isOfRun(runId, tagged.Tags), remove: unlessGone(remove) }
    }
  } while (NextToken !== undefined)
}

const queues: Find = async function* ({ sqs }) {
  for await (const { QueueUrls: urls = [] } of paginateListQueues({ client: sqs }, { QueueNamePrefix: RUN_TAG })) {
    for (const QueueUrl of urls) {
      const name = QueueUrl.split('/').at(-1) ?? ''
      const runId = runIdOf(name)
      if (runId === undefined || !isBesideStack(name)) continue
      const tagged = await ifThere(() => sqs.send(new ListQueueTagsCommand({ QueueUrl })))
      if (tagged === undefined) continue
      const remove = async () => void (await sqs.send(new DeleteQueueCommand({ QueueUrl })))
      yield { what: `the queue ${name}`, runId, isTagged: tagged.Tags?.[RUN_TAG] === runId, remove: unlessGone(remove) }
    }
  }
}

const roles: Find = async function* ({ iam }) {
  for await (const { Roles: all = [] } of paginateListRoles({ client: iam }, {})) {
    for (const { RoleName = '', Path } of all) {
      const runId = runIdOf(RoleName)
      if (runId === undefined || Path === OWN_ROLES_PATH) continue
      const tagged = await ifThere(() => iam.send(new ListRoleTagsCommand({ RoleName })))
      if (tagged === undefined) continue
      const remove = async () => void (await iam.send(new DeleteRoleCommand({ RoleName })))
      yield { what: `the role ${RoleName}`, runId, isTagged: isOfRun(runId, tagged.Tags), remove: unlessGone(remove) }
    }
  }
}

const parameters: Find = async function* ({ ssm }) {
  const ParameterFilters = [{ Key: 'Name', Option: 'BeginsWith', Values: [`/${RUN_TAG}`] }]
  for await (const { Parameters: all = [] } of paginateDescribeParameters({ client: ssm }, { ParameterFilters })) {
    for (const { Name = '' } of all) {
      const runId = runIdOf(Name)
      if (runId === undefined) continue
      const ask = { ResourceType: 'Parameter', ResourceId: Name } as const
      const tagged = await ifThere(() => ssm.send(new ListTagsOfParameterCommand(ask)))
      if (tagged === undefined) continue
      const remove = async () => void (await ssm.send(new DeleteParameterCommand({ Name })))
      yield {
        what: `the parameter ${Name}`,
        runId,
        isTagged: isOfRun(runId, tagged.TagList),
        remove: unlessGone(remove),
      }
    }
  }
}

const providers: Find = async function* ({ iam }, { isLocal }) {
  const { SAMLProviderList: all = [] } = await iam.send(new ListSAMLProvidersCommand({}))
  for (const { Arn: SAMLProviderArn = '' } of all) {
    const name = SAMLProviderArn.split('/').at(-1) ?? ''
    const runId = runIdOf(name)
    if (runId === undefined) continue
    const provider = await ifThere(() => iam.send(new GetSAMLProviderCommand({ SAMLProviderArn })))
    if (provider === undefined) continue
    const { Tags: tags, SAMLMetadataDocument: metadata = '' } = provider
    // A local AWS keeps no tags of providers: there, what only a run makes is the metadata with its name.
    const isTagged = isOfRun(runId, tags) || (isLocal && metadata.includes(`"${entityId(name)}"`))
    const remove = async () => void (await iam.send(new DeleteSAMLProviderCommand({ SAMLProviderArn })))
    yield { what: `the SAML provider ${name}`, runId, isTagged, remove: unlessGone(remove) }
  }
}

/**
 * Those of the functions, which else go with the stack. A function that still runs then makes one anew on a local AWS,
 * without a tag; in AWS it has no permission to.
 */
const logGroups: Find = async function* ({ logs }, { partition, region, account, isLocal }) {
  const logGroupNamePrefix = `/aws/lambda/${RUN_TAG}`
  for await (const { logGroups: all = [] } of paginateDescribeLogGroups({ client: logs }, { logGroupNamePrefix })) {
    for (const { logGroupName = '' } of all) {
      const runId = runIdOf(logGroupName.replace('/aws/lambda/', ''))
      if (runId === undefined) continue
      const resourceArn = `arn:${partition}:logs:${region}:${account}:log-group:${logGroupName}`
      const tagged = await ifThere(() => logs.send(new ListTagsForResourceCommand({ resourceArn })))
      if (tagged === undefined) continue
      const remove = async () => void (await logs.send(new DeleteLogGroupCommand({ logGroupName })))
      yield {
        what: `the log group ${logGroupName}`,
        runId,
        isTagged: tagged.tags?.[RUN_TAG] === runId || isLocal,
        remove: unlessGone(remove),
      }
    }
  }
}

/** Whether a run has made a rule or a queue beside its stack: one for outcomes, and on a local AWS copies of rules. */
function isBesideStack(name: string): boolean {
  return /-(?:outcomes|sandbox)$/.test(name)
}

interface Tag {
  readonly Key: string | undefined
  readonly Value: string | undefined
}

function isOfRun(runId: string, tags: readonly Tag[] = []): boolean {
  return tags.some(({ Key, Value }) => Key === RUN_TAG && Value === runId)
}

/** Undefined where it is gone: lists show some things longer than they are there. */
async function ifThere<Answer>(ask: () => Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await ask()
  } catch (error) {
    if (error instanceof Error && (GONE.test(error.name) || /does not exist/.test(error.message))) return undefined
    throw error
  }
}

/** By what name so ever a service says it. */
const GONE = /NotFound|NoSuchEntity|DoesNotExist|NonExistent|InvalidResourceId/

/** Somebody else, or the stack, may have deleted it meanwhile. */
function unlessGone(remove: () => Promise<void>): () => Promise<void> {
  return async () => void (await ifThere(remove))
}
