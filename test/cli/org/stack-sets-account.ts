import { CloudFormationClient, StackSetNotFoundException } from '@aws-sdk/client-cloudformation'
import {
  AWSOrganizationsNotInUseException,
  OrganizationalUnitNotFoundException,
  OrganizationsClient,
} from '@aws-sdk/client-organizations'
import { S3Client } from '@aws-sdk/client-s3'
import { STSClient } from '@aws-sdk/client-sts'
import { mockClient } from 'aws-sdk-client-mock'
import { vi } from 'vitest'
import * as z from 'zod/mini'

export const ACCOUNT = '111122223333'
export const ORGANIZATION = 'o-a1b2c3d4e5'
export const [UNIT, CANARY] = ['ou-ab12-cdef3456', 'ou-ab12-canary01']
export const ENGINE = 'okta-role-trust-dev'

type Values = Readonly<Record<string, string>>

interface FakeInstance {
  readonly unit: string
  status: 'CURRENT' | 'OUTDATED' | 'INOPERABLE'
  detailed: string
  reason: string
  /** What the stack there was last deployed with. */
  parameters: Values
  template: string
}

interface FakeSet {
  readonly instances: Map<string, FakeInstance>
  readonly units: Set<string>
  template: string
  parameters: Values
  tags: Values
  permissionModel: string
  readonly retainsStacks: boolean
  readonly deploysAutomatically: boolean
}

interface Operation {
  looks: number
  status: string
  readonly accounts: readonly string[]
  readonly done: string[]
  readonly work: (account: string) => void
}

const Input = z.looseObject({
  Bucket: z.optional(z.string()),
  ExpectedBucketOwner: z.optional(z.string()),
  Key: z.optional(z.string()),
  IfNoneMatch: z.optional(z.string()),
  Body: z.optional(z.instanceof(Uint8Array)),
  OrganizationalUnitId: z.optional(z.string()),
  CallAs: z.optional(z.string()),
  OperationId: z.optional(z.string()),
  StackSetName: z._default(z.string(), ''),
  TemplateBody: z._default(z.string(), ''),
  PermissionModel: z._default(z.string(), ''),
  Parameters: z._default(z.array(z.object({ ParameterKey: z.string(), ParameterValue: z.string() })), []),
  Tags: z._default(z.array(z.object({ Key: z.string(), Value: z.string() })), []),
  AutoDeployment: z.optional(z.object({ Enabled: z.boolean(), RetainStacksOnAccountRemoval: z.boolean() })),
  DeploymentTargets: z.optional(z.object({ OrganizationalUnitIds: z.array(z.string()) })),
  Regions: z.optional(z.array(z.string())),
  OperationPreferences: z.optional(z.looseObject({ ConcurrencyMode: z.string() })),
  Capabilities: z._default(z.array(z.string()), []),
})
type CallInput = z.infer<typeof Input>

/** The account that deploys to an organization, in memory: StackSets, the bucket, and what Organizations tells. */
export class StackSetsAccount {
  readonly sets = new Map<string, FakeSet>()
  /** The accounts of each organizational unit. */
  readonly units = new Map([
    [UNIT, ['222222222222', '333333333333']],
    [CANARY, ['444444444444']],
  ])
  readonly objects = new Map<string, Uint8Array>()
  readonly bucket = {
    name: 'bundles',
    owner: ACCOUNT,
    region: 'us-east-1',
    policy: `{"Condition":{"StringEquals":{"aws:PrincipalOrgID":"${ORGANIZATION}"}}}`,
  }
  /** Whether the stack that makes the bucket is there. */
  hasBucketStack = true
  managementAccount = '999999999999'
  isInOrganization = true
  /** Accounts in which every stack fails, with the reason. */
  readonly failing = new Map<string, string>()
  /** What calls throw, by their names. */
  readonly faults = new Map<string, Error>()
  readonly calls: string[] = []
  readonly callAs = new Set<string>()
  /** Regions that stacks were deployed to. */
  readonly regions = new Set<string>()
  /** How the operations were told to deal with faults. */
  readonly concurrencyModes = new Set<string | undefined>()
  /** Called with the number of each call before it is answered: it may throw. */
  onCall = (_number: number) => {}
  /** Called at each look at an operation. */
  onLook = () => {}
  /** How many looks an operation takes for each account. */
  looksAnAccount = 0
  readonly #operations = new Map<string, Operation>()

  /** Answers for CloudFormation and S3, and for STS and Organizations too where nobody else does. */
  attach(alone = true): this {
    for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']) vi.stubEnv(name, 'test')
    const stubs = [
      mockClient(CloudFormationClient),
      mockClient(S3Client),
      ...(alone ? [mockClient(STSClient), mockClient(OrganizationsClient)] : []),
    ]
    for (const { send } of stubs) {
      send.callsFake(async (command: { readonly input: object }) => {
        const name = command.constructor.name.replace(/Command$/, '')
        this.calls.push(name)
        this.onCall(this.calls.length)
        const fault = this.faults.get(name)
        if (fault !== undefined) throw fault
        const input = Input.parse(command.input)
        if (input.CallAs !== undefined) this.callAs.add(input.CallAs)
        return { ...this.#answer(name, input), $metadata: { httpStatusCode: 200 } }
      })
    }
    return this
  }

  deny(name: string, message = 'Access Denied'): void {
    this.faults.set(name, failure('AccessDeniedException', message, 403))
  }

  /** @throws where there is none */
  set(name = ENGINE): FakeSet {
    const found = this.sets.get(name)
    if (found === undefined)
      throw new StackSetNotFoundException({ message: `StackSet ${name} not found`, $metadata: {} })
    return found
  }

  /** What of each account's stack, such as its mode. */
  deployed(parameter: string, name = ENGINE): Readonly<Record<string, string | undefined>> {
    const entries = [...this.set(name).instances].map(([account, { parameters }]) => [account, parameters[parameter]])
    return Object.fromEntries(entries)
  }

  #answer(name: string, input: CallInput): object {
    switch (name) {
      case 'GetCallerIdentity':
        return { Account: ACCOUNT, Arn: `arn:aws:iam::${ACCOUNT}:user/alice` }
      case 'DescribeOrganization':
        if (!this.isInOrganization)
          throw new AWSOrganizationsNotInUseException({ message: 'not in use', $metadata: {} })
        return { Organization: { Id: ORGANIZATION, MasterAccountId: this.managementAccount } }
      case 'ListRoots':
        return { Roots: [{ Id: 'r-ab12' }] }
      case 'DescribeOrganizationalUnit':
        if (!this.units.has(`${input.OrganizationalUnitId}`)) {
          throw new OrganizationalUnitNotFoundException({ message: 'none', $metadata: {} })
        }
        return {}
      case 'DescribeStacks':
        if (!this.hasBucketStack)
          throw failure('ValidationError', 'Stack with id okta-role-trust-bucket does not exist')
        return { Stacks: [{ Outputs: [{ OutputKey: 'BundleBucket', OutputValue: this.bucket.name }] }] }
      default:
        return name.includes('Stack') ? this.#answerForStackSets(name, input) : this.#answerForBucket(name, input)
    }
  }

  #answerForBucket(name: string, input: CallInput): object {
    const { Key: key = '', Body: body = new Uint8Array() } = input
    if (input.Bucket !== this.bucket.name) throw failure('NoSuchBucket', '', 404)
    if (input.ExpectedBucketOwner !== this.bucket.owner) throw failure('AccessDenied', 'Access Denied', 403)
    if (this.bucket.region !== 'us-east-1') throw failure('PermanentRedirect', '', 301)
    switch (name) {
      case 'HeadBucket':
        return { BucketRegion: this.bucket.region }
      case 'GetBucketPolicy':
        if (this.bucket.policy === '') throw failure('NoSuchBucketPolicy', 'none', 404)
        return { Policy: this.bucket.policy }
      case 'PutObject':
        if (input.IfNoneMatch !== '*') throw failure('AccessDenied', 'Access Denied', 403)
        if (this.objects.has(key)) throw failure('PreconditionFailed', 'there', 412)
        this.objects.set(key, body)
        return {}
      case 'GetObject':
        return { Body: { transformToByteArray: async () => this.objects.get(key) } }
      default:
        throw new Error(`the account in memory knows no ${name}`)
    }
  }

  #answerForStackSets(call: string, input: CallInput): object {
    const name = input.StackSetName
    for (const region of input.Regions ?? []) this.regions.add(region)
    if (/^(CreateStackInstances|UpdateStackSet|DeleteStackInstances)$/.test(call)) {
      this.concurrencyModes.add(input.OperationPreferences?.ConcurrencyMode)
    }
    if (/^(Create|Update)StackSet$/.test(call) && !input.Capabilities.includes('CAPABILITY_NAMED_IAM')) {
      throw failure('InsufficientCapabilitiesException', 'Requires capabilities : [CAPABILITY_NAMED_IAM]')
    }
    if (call === 'CreateStackSet') {
      this.sets.set(name, {
        ...contentOf(input),
        instances: new Map(),
        units: new Set(),
        permissionModel: input.PermissionModel,
        retainsStacks: input.AutoDeployment?.RetainStacksOnAccountRemoval === true,
        deploysAutomatically: input.AutoDeployment?.Enabled === true,
      })
      return {}
    }
    const set = this.set(name)
    const targets = input.DeploymentTargets?.OrganizationalUnitIds
    switch (call) {
      case 'DescribeStackSet':
        return {
          StackSet: {
            TemplateBody: set.template,
            Parameters: Object.entries(set.parameters).map(([ParameterKey, ParameterValue]) => ({
              ParameterKey,
              ParameterValue,
            })),
            Tags: Object.entries(set.tags).map(([Key, Value]) => ({ Key, Value })),
            PermissionModel: set.permissionModel,
            OrganizationalUnitIds: [...set.units],
          },
        }
      case 'ListStackInstances':
        return {
          Summaries: [...set.instances].map(([Account, { unit, status, detailed, reason }]) => ({
            Account,
            OrganizationalUnitId: unit,
            Status: status,
            StackInstanceStatus: { DetailedStatus: detailed },
            StatusReason: reason,
          })),
        }
      case 'CreateStackInstances': {
        const accounts = (targets ?? []).flatMap((unit) => {
          set.units.add(unit)
          return (this.units.get(unit) ?? []).map((account) => {
            const waiting = { unit, detailed: 'PENDING', reason: '', parameters: {}, template: '' }
            if (!set.instances.has(account)) set.instances.set(account, { ...waiting, status: 'OUTDATED' })
            return account
          })
        })
        return this.#start(accounts, (account) => this.#deploy(set, account))
      }
      case 'UpdateStackSet': {
        Object.assign(set, contentOf(input))
        for (const instance of set.instances.values()) {
          if (instance.status === 'CURRENT') Object.assign(instance, { status: 'OUTDATED', detailed: 'PENDING' })
        }
        const accounts = [...set.instances.keys()].filter(
          (account) => targets === undefined || targets.some((unit) => this.units.get(unit)?.includes(account)),
        )
        return this.#start(accounts, (account) => this.#deploy(set, account))
      }
      case 'DeleteStackInstances': {
        const accounts = [...set.instances]
          .filter(([, { unit }]) => targets?.includes(unit))
          .map(([account]) => account)
        for (const unit of targets ?? []) set.units.delete(unit)
        return this.#start(accounts, (account) => {
          const reason = this.failing.get(account)
          const instance = set.instances.get(account)
          if (reason === undefined) set.instances.delete(account)
          else if (instance !== undefined)
            Object.assign(instance, { status: 'INOPERABLE', detailed: 'INOPERABLE', reason })
        })
      }
      case 'DeleteStackSet':
        if (set.instances.size > 0) throw failure('StackSetNotEmptyException', 'StackSet is not empty')
        this.sets.delete(name)
        return {}
      case 'StopStackSetOperation':
        this.#operation(input).status = 'STOPPED'
        return {}
      case 'DescribeStackSetOperation':
        return { StackSetOperation: { Status: this.#look(this.#operation(input)) } }
      case 'ListStackSetOperationResults': {
        const { accounts, done } = this.#operation(input)
        return {
          Summaries: accounts.map((Account) => ({
            Account,
            Status: done.includes(Account) ? (this.failing.has(Account) ? 'FAILED' : 'SUCCEEDED') : 'PENDING',
          })),
        }
      }
      default:
        throw new Error(`the account in memory knows no ${call}`)
    }
  }

  #deploy(set: FakeSet, account: string): void {
    const instance = set.instances.get(account)
    if (instance === undefined) return
    const reason = this.failing.get(account)
    if (reason !== undefined) Object.assign(instance, { status: 'OUTDATED', detailed: 'FAILED', reason })
    else {
      const { template, parameters } = set
      Object.assign(instance, { status: 'CURRENT', detailed: 'SUCCEEDED', reason: '', template, parameters })
    }
  }

  #start(accounts: readonly string[], work: (account: string) => void): object {
    const id = `operation-${this.#operations.size}`
    this.#operations.set(id, { looks: 0, status: 'RUNNING', accounts, done: [], work })
    return { OperationId: id }
  }

  #operation({ OperationId: id = '' }: CallInput): Operation {
    const found = this.#operations.get(id)
    if (found === undefined) throw failure('OperationNotFoundException', 'none')
    return found
  }

  #look(operation: Operation): string {
    this.onLook()
    operation.looks += 1
    const { accounts, done, work } = operation
    for (const account of accounts.filter((one) => !done.includes(one))) {
      if (operation.status === 'STOPPED' || done.length * this.looksAnAccount > operation.looks) break
      work(account)
      done.push(account)
    }
    if (operation.status === 'RUNNING' && done.length === accounts.length) {
      const failed = accounts.filter((account) => this.failing.has(account)).length
      // What the command line tolerates.
      operation.status = failed * 10 > accounts.length ? 'FAILED' : 'SUCCEEDED'
    }
    return operation.status
  }
}

/** An error as the SDK raises it. */
export function failure(name: string, message: string, httpStatusCode = 400): Error {
  return Object.assign(new Error(message), { name, $metadata: { httpStatusCode } })
}

function contentOf({ TemplateBody, Parameters, Tags }: CallInput) {
  return {
    template: TemplateBody,
    parameters: Object.fromEntries(
      Parameters.map(({ ParameterKey, ParameterValue }) => [ParameterKey, ParameterValue]),
    ),
    tags: Object.fromEntries(Tags.map(({ Key, Value }) => [Key, Value])),
  }
}
