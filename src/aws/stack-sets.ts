import {
  type Capability,
  CloudFormationClient,
  CreateStackInstancesCommand,
  CreateStackSetCommand,
  DeleteStackInstancesCommand,
  DeleteStackSetCommand,
  DescribeStackSetCommand,
  DescribeStackSetOperationCommand,
  DescribeStacksCommand,
  paginateListStackInstances,
  paginateListStackSetOperationResults,
  StackSetNotFoundException,
  type StackSetOperationPreferences,
  StopStackSetOperationCommand,
  UpdateStackSetCommand,
} from '@aws-sdk/client-cloudformation'
import { MalformedResponseError } from '../errors.ts'
import { type AwsTarget, requestHandler } from './clients.ts'
import { unlessMissing } from './unless-missing.ts'

/** On whose behalf service-managed StackSets are operated: the management account calls for itself. */
export type CallAs = 'SELF' | 'DELEGATED_ADMIN'

type Values = Readonly<Record<string, string>>

/** What every instance of a set is made from. */
export interface StackSetContent {
  readonly template: string
  readonly parameters: Values
  readonly tags: Values
}

export interface StackSet extends StackSetContent {
  /** `SERVICE_MANAGED` or `SELF_MANAGED`. */
  readonly permissionModel: string | undefined
  /** Those that it was told to deploy to. */
  readonly organizationalUnits: readonly string[]
}

/** One stack of a set: `Status` and `DetailedStatus` of StackInstanceSummary (CloudFormation API Reference). */
export interface StackInstance {
  readonly account: string
  readonly organizationalUnit: string
  /** `CURRENT`, `OUTDATED` or `INOPERABLE`. */
  readonly status: string
  /** `SUCCEEDED`, `FAILED`, `CANCELLED`, `SKIPPED_SUSPENDED_ACCOUNT`, …; empty where AWS does not say. */
  readonly detailedStatus: string
  readonly reason: string
}

export interface OperationProgress {
  /** `RUNNING`, `QUEUED`, `STOPPING`, `SUCCEEDED`, `FAILED` or `STOPPED`. */
  readonly status: string
  readonly reason: string
  /** Accounts that the operation goes through, as far as it has found them. */
  readonly accounts: number
  readonly finished: number
  readonly failed: number
}

/** Whatever the SDK throws goes through. */
export interface StackSets {
  /** Undefined where there is none of that name. */
  describe(name: string): Promise<StackSet | undefined>
  /** @param retainsStacks whether the stack stays in an account that leaves the organizational units */
  create(name: string, content: StackSetContent, retainsStacks: boolean): Promise<void>
  /** Returns the id of the operation. Without organizational units it updates every instance. */
  update(name: string, content: StackSetContent, organizationalUnits?: readonly string[]): Promise<string>
  /** Returns the id of the operation. */
  createInstances(name: string, organizationalUnits: readonly string[]): Promise<string>
  /** Returns the id of the operation. The stacks are deleted with their instances. */
  deleteInstances(name: string, organizationalUnits: readonly string[]): Promise<string>
  deleteSet(name: string): Promise<void>
  listInstances(name: string): Promise<readonly StackInstance[]>
  readOperation(name: string, id: string): Promise<OperationProgress>
  /** Lets the operation finish the accounts that it is at, and start no other. */
  stopOperation(name: string, id: string): Promise<void>
  /** Of a stack of the caller's own account; undefined where it has none of that name. */
  readOutput(stackName: string, output: string): Promise<string | undefined>
}

/** A person follows an operation of many minutes: throttling in between must not end that. */
const MAX_ATTEMPTS = 10

/**
 * A tenth of the accounts may fail before CloudFormation starts no other, and a quarter is deployed to at a time, whatever has
 * failed till then: strict tolerance would begin with a single account (CloudFormation User Guide, "StackSets concepts").
 */
const PREFERENCES: StackSetOperationPreferences = {
  FailureTolerancePercentage: 10,
  MaxConcurrentPercentage: 25,
  ConcurrencyMode: 'SOFT_FAILURE_TOLERANCE',
  RegionConcurrencyType: 'PARALLEL',
}

/** The roles of the template have names, by which its functions and the organization's policies know them. */
const CAPABILITIES: readonly Capability[] = ['CAPABILITY_NAMED_IAM']

/** @param target whose region is the one that the stacks are deployed to as well */
export function stackSets(target: AwsTarget & { readonly region: string }, callAs: CallAs): StackSets {
  const client = new CloudFormationClient({ requestHandler, maxAttempts: MAX_ATTEMPTS, ...target })
  const ofSet = (name: string) => ({ StackSetName: name, CallAs: callAs })
  const Regions = [target.region]
  const targets = (units: readonly string[]) => ({ DeploymentTargets: { OrganizationalUnitIds: [...units] }, Regions })
  return {
    describe: (name) =>
      unlessMissing(StackSetNotFoundException, async () => {
        const { StackSet: found = {} } = await client.send(new DescribeStackSetCommand(ofSet(name)))
        const pairs = found.Parameters?.map(({ ParameterKey = '', ParameterValue = '' }) => [
          ParameterKey,
          ParameterValue,
        ])
        return {
          template: found.TemplateBody ?? '',
          parameters: Object.fromEntries(pairs ?? []),
          tags: Object.fromEntries(found.Tags?.map(({ Key = '', Value = '' }) => [Key, Value]) ?? []),
          permissionModel: found.PermissionModel,
          organizationalUnits: found.OrganizationalUnitIds ?? [],
        }
      }),

    async create(name, content, retainsStacks) {
      await client.send(
        new CreateStackSetCommand({
          ...ofSet(name),
          ...contentOf(content),
          Description: 'okta-role-trust: `npx --no okta-role-trust org` looks after it',
          PermissionModel: 'SERVICE_MANAGED',
          AutoDeployment: { Enabled: true, RetainStacksOnAccountRemoval: retainsStacks },
          ManagedExecution: { Active: true },
        }),
      )
    },

    async update(name, content, units) {
      const answer = await client.send(
        new UpdateStackSetCommand({
          ...ofSet(name),
          ...contentOf(content),
          ...(units && targets(units)),
          OperationPreferences: PREFERENCES,
        }),
      )
      return operationId('UpdateStackSet', answer)
    },

    async createInstances(name, units) {
      const input = { ...ofSet(name), ...targets(units), OperationPreferences: PREFERENCES }
      return operationId('CreateStackInstances', await client.send(new CreateStackInstancesCommand(input)))
    },

    async deleteInstances(name, units) {
      const input = { ...ofSet(name), ...targets(units), OperationPreferences: PREFERENCES, RetainStacks: false }
      return operationId('DeleteStackInstances', await client.send(new DeleteStackInstancesCommand(input)))
    },

    async deleteSet(name) {
      await client.send(new DeleteStackSetCommand(ofSet(name)))
    },

    async listInstances(name) {
      const found: StackInstance[] = []
      for await (const { Summaries: page = [] } of paginateListStackInstances({ client }, ofSet(name))) {
        for (const { Account, OrganizationalUnitId, Status, StatusReason, StackInstanceStatus } of page) {
          found.push({
            account: Account ?? '',
            organizationalUnit: OrganizationalUnitId ?? '',
            status: Status ?? '',
            detailedStatus: StackInstanceStatus?.DetailedStatus ?? '',
            reason: StatusReason ?? '',
          })
        }
      }
      return found
    },

    async readOperation(name, id) {
      const input = { ...ofSet(name), OperationId: id }
      const { StackSetOperation: operation = {} } = await client.send(new DescribeStackSetOperationCommand(input))
      let [accounts, finished, failed] = [0, 0, 0]
      for await (const { Summaries: page = [] } of paginateListStackSetOperationResults({ client }, input)) {
        accounts += page.length
        finished += page.filter(({ Status: status }) => status !== 'PENDING' && status !== 'RUNNING').length
        failed += page.filter(({ Status: status }) => status === 'FAILED').length
      }
      const { Status: status = '', StatusReason: reason = '' } = operation
      return { status, reason, accounts, finished, failed }
    },

    async stopOperation(name, id) {
      await client.send(new StopStackSetOperationCommand({ ...ofSet(name), OperationId: id }))
    },

    async readOutput(stackName, output) {
      const stack = await client.send(new DescribeStacksCommand({ StackName: stackName })).catch(unlessNoStack)
      return stack?.Stacks?.[0]?.Outputs?.find(({ OutputKey: key }) => key === output)?.OutputValue
    },
  }
}

function contentOf({ template, parameters, tags }: StackSetContent) {
  return {
    TemplateBody: template,
    Parameters: Object.entries(parameters).map(([ParameterKey, ParameterValue]) => ({ ParameterKey, ParameterValue })),
    Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
    Capabilities: [...CAPABILITIES],
  }
}

function operationId(call: string, { OperationId: id }: { readonly OperationId?: string | undefined }): string {
  if (id === undefined) throw new MalformedResponseError(`${call}: found no id of the operation`)
  return id
}

/** CloudFormation has no error of its own for that. */
function unlessNoStack(error: unknown): undefined {
  if (error instanceof Error && error.name === 'ValidationError' && /does not exist/.test(error.message))
    return undefined
  throw error
}
