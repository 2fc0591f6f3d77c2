import { createHash } from 'node:crypto'
import { AccessAnalyzerClient, type ValidatePolicyFinding } from '@aws-sdk/client-accessanalyzer'
import { CloudTrailClient } from '@aws-sdk/client-cloudtrail'
import { EventBridgeClient, EventBridgeServiceException } from '@aws-sdk/client-eventbridge'
import { IAMClient } from '@aws-sdk/client-iam'
import { LambdaClient, ResourceNotFoundException } from '@aws-sdk/client-lambda'
import { SNSClient } from '@aws-sdk/client-sns'
import { SQSClient, TooManyEntriesInBatchRequest } from '@aws-sdk/client-sqs'
import { SSMClient } from '@aws-sdk/client-ssm'
import { STSClient } from '@aws-sdk/client-sts'
import { mockClient } from 'aws-sdk-client-mock'
import {
  type Answers,
  type AnyCall,
  type ApiCall,
  ApiCalls,
  type CallInputs,
  type CallName,
  type Fault,
  type FaultOptions,
} from './api-calls.ts'
import { CloudTrail } from './cloud-trail.ts'
import { DeployedStack } from './deployed-stack.ts'
import {
  noSuchEntity,
  noSuchRole,
  parameterNotFound,
  queueDoesNotExist,
  requestAborted,
  unmodifiableEntity,
} from './errors.ts'
import { RoleStore, type StoredRole, withoutTags, withTags } from './role-store.ts'
import { trustPolicyRefusal } from './trust-policy-refusal.ts'

export interface AccountOptions {
  readonly id?: string
  readonly partition?: string
  /** Characters that a trust policy may have, white space not counted. */
  readonly quota?: number
  /** How many roles each page of a scan holds at most; the last number holds for all later pages. 0: an empty page. */
  readonly pageSizes?: readonly number[]
  /** Where its roles are kept; by default in a store that is empty. */
  readonly roles?: RoleStore
}

export interface RoleDefinition {
  readonly name: string
  readonly path?: string
  readonly tags?: Readonly<Record<string, string>>
  readonly document?: string | object
  /** In seconds; by default 3,600, as in IAM. */
  readonly maxSessionDuration?: number
}

export interface AppliedWrite {
  readonly roleName: string
  readonly document: string
}

/** An event as a rule on the default event bus sees it; id and time are left out. */
export interface BusEvent {
  readonly source: string
  readonly 'detail-type': string
  readonly account: string
  readonly region: string
  readonly resources: readonly string[]
  readonly detail: unknown
}

type ParameterType = 'String' | 'StringList' | 'SecureString'

const REGION = 'us-east-1'
const MAX_BATCH_ENTRIES = 10
/** What PutEvents took before 2026, all events together. */
const MAX_EVENTS_BYTES = 256 * 1024

export function createAccount(options: AccountOptions = {}): Account {
  return new Account(options)
}

/**
 * An AWS account in memory: the parts of IAM, SSM, SQS, EventBridge, CloudTrail, STS, SNS, Lambda and Access Analyzer that are used here, faults
 * and delays included. While attached, it answers every client of the SDK in this process, without the SDK's own retries;
 * server.ts has it answer over HTTP.
 */
export class Account {
  readonly id: string
  readonly partition: string
  /** Trust policies that IAM really took, in their order. Those that a test sets are not among them. */
  readonly writes: AppliedWrite[] = []
  /** What the default event bus took, in its order. */
  readonly busEvents: BusEvent[] = []

  readonly cloudTrail = new CloudTrail()
  readonly stack = new DeployedStack(() => this.id)

  readonly #quota: number
  readonly #pageSizes: readonly number[]
  readonly #roles: RoleStore
  readonly #providers = new Map<string, Date | undefined>()
  readonly #parameters = new Map<string, { value: string; type: ParameterType }>()
  readonly #queues = new Map<string, string[]>()
  readonly #functions = new Map<string, Readonly<Record<string, string>>>()
  readonly #apiCalls = new ApiCalls()
  #findInPolicy: (document: string) => readonly ValidatePolicyFinding[] = () => []
  #isRefused: (messageBody: string) => boolean = () => false
  #isEventRefused: (detail: string) => boolean = () => false
  #showsIds = false
  #rolesMade = 0
  #detach = () => {}

  constructor({
    id = '111122223333',
    partition = 'aws',
    quota = 2048,
    pageSizes = [100],
    roles = new RoleStore(),
  }: AccountOptions) {
    this.id = id
    this.partition = partition
    this.#quota = quota
    this.#pageSizes = pageSizes
    this.#roles = roles
  }

  /** Makes a role as it stands, without IAM's checks: old documents can hold what IAM would not take today. */
  addRole({ name, path = '/', tags = {}, document, maxSessionDuration }: RoleDefinition): StoredRole {
    if (this.#roles.get(name) !== undefined) throw new Error(`the account has a role ${name} already`)
    this.#rolesMade += 1
    const arn = `arn:${this.partition}:iam::${this.id}:role${path}${name}`
    const id = `AROA${`${this.#rolesMade}`.padStart(17, '0')}`
    const role = { name, path, arn, id, tags: withTags({}, tags), document: textOf(document), maxSessionDuration }
    this.#roles.put(role)
    return role
  }

  deleteRole(name: string): void {
    this.#roles.remove(this.role(name).name)
  }

  tagRole(name: string, tags: StoredRole['tags']): void {
    const role = this.role(name)
    this.#roles.put({ ...role, tags: withTags(role.tags, tags) })
  }

  untagRole(name: string, keys: readonly string[]): void {
    const role = this.role(name)
    this.#roles.put({ ...role, tags: withoutTags(role.tags, keys) })
  }

  /** What another writer leaves behind; IAM's checks do not run. */
  setTrustPolicy(name: string, document: string | object | undefined): void {
    this.#roles.put({ ...this.role(name), document: textOf(document) })
  }

  /** What another writer does: as `setTrustPolicy`, and CloudTrail records it. */
  overwriteTrustPolicy(name: string, document: object, actor: string): void {
    this.setTrustPolicy(name, document)
    this.cloudTrail.recordWrite(name, actor, undefined, document)
  }

  /** The role as it truly is, however far reads lag behind. */
  role(name: string): StoredRole {
    return this.#roles.get(name) ?? raise(new Error(`the account has no role ${name}`))
  }

  roles(): readonly StoredRole[] {
    return this.#roles.list()
  }

  /** The trust policy in force, as JSON; undefined where there is none. */
  trustPolicy(name: string): unknown {
    const { document } = this.role(name)
    return document === undefined ? undefined : JSON.parse(document)
  }

  /** @returns the provider's ARN */
  addProvider(name: string, validUntil?: Date): string {
    const arn = `arn:${this.partition}:iam::${this.id}:saml-provider/${name}`
    this.#providers.set(arn, validUntil)
    return arn
  }

  putParameter(name: string, value: string, type: ParameterType = 'String'): void {
    this.#parameters.set(name, { value, type })
  }

  deleteParameter(name: string): void {
    this.#parameters.delete(name)
  }

  addQueue(name: string): void {
    this.#queues.set(name, [])
  }

  /** A deployed function, of which only the environment matters here. */
  addFunction(name: string, environment: Readonly<Record<string, string>>): void {
    this.#functions.set(name, environment)
  }

  deleteFunction(name: string): void {
    this.#functions.delete(name)
  }

  /** The bodies of the messages that the queue took. */
  messages(queueName: string): readonly string[] {
    return this.#queues.get(queueName) ?? raise(new Error(`the account has no queue ${queueName}`))
  }

  /** From now on, SQS reports the messages whose body matches as failed. */
  refuseMessages(isRefused: (messageBody: string) => boolean): void {
    this.#isRefused = isRefused
  }

  /** From now on, the event bus reports the events whose detail matches as failed. */
  refuseEvents(isRefused: (detail: string) => boolean): void {
    this.#isEventRefused = isRefused
  }

  /** From now on, Access Analyzer finds this in a policy, which is given as it was sent; nothing by default. */
  findInPolicies(find: (document: string) => readonly ValidatePolicyFinding[]): void {
    this.#findInPolicy = find
  }

  get calls(): readonly ApiCall[] {
    return this.#apiCalls.made
  }

  countCalls(name: CallName): number {
    return this.calls.filter((call) => call.name === name).length
  }

  /** The next GetRole calls on the role, or on each role, see the state from before its latest change. */
  lagReads(reads: number, roleName?: string): void {
    this.#roles.lagReads(reads, roleName)
  }

  /** From now on, IAM shows the unique ids of roles in the place of their ARNs, as it can just after their creation. */
  showIdsForArns(isShown: boolean): void {
    this.#showsIds = isShown
  }

  /** Makes the next call of that name fail instead of being answered; faults for one call queue up. */
  failNext(call: CallName, error: Error, options: FaultOptions = {}): void {
    this.disturbNext(call, () => raise(error), options)
  }

  /** Lets something else happen than the answer to the next call of that name; faults for one call queue up. */
  disturbNext(call: CallName, fault: Fault, options: FaultOptions = {}): void {
    this.#apiCalls.disturb(call, fault, options)
  }

  /** How many faults have not happened yet: a test can see that the one it means did. */
  get faultsLeft(): number {
    return this.#apiCalls.faultsLeft
  }

  /** Runs the hook once, just before the next call of that name is answered; hooks for one call queue up. */
  before(call: CallName, hook: (call: ApiCall) => void): void {
    this.#apiCalls.before(call, hook)
  }

  /** Takes over all clients, also those that exist already, from whatever account had them, until `detach`. */
  attach(): this {
    const stubs = [
      mockClient(IAMClient),
      mockClient(SSMClient),
      mockClient(SQSClient),
      mockClient(EventBridgeClient),
      mockClient(CloudTrailClient),
      mockClient(STSClient),
      mockClient(LambdaClient),
      mockClient(SNSClient),
      mockClient(AccessAnalyzerClient),
    ]
    for (const { send } of stubs) {
      send.callsFake(
        async (command: { readonly input: object }, { abortSignal }: { abortSignal?: AbortSignal } = {}) => {
          const call = { name: command.constructor.name.replace(/Command$/, ''), input: command.input }
          return { ...(await untilAborted(() => this.answer(call), abortSignal)), $metadata: { httpStatusCode: 200 } }
        },
      )
    }
    this.#detach = () => {
      for (const stub of stubs) stub.restore()
    }
    return this
  }

  detach(): void {
    this.#detach()
    this.#detach = () => {}
  }

  /**
   * Answers a call as AWS would, or lets the fault happen that is due for it.
   *
   * @param call by its name and with the input of the SDK's command
   * @throws Error that the SDK raises
   */
  async answer(call: AnyCall): Promise<object> {
    if (!this.#isKnown(call)) throw new Error(`the account in memory knows no ${call.name}`)
    return this.#apiCalls.answer(call, () => this.#carryOut(call))
  }

  #isKnown(call: AnyCall): call is ApiCall {
    return Object.hasOwn(this.#answers, call.name)
  }

  #carryOut<Name extends CallName>({ name, input }: ApiCall<Name>): object {
    return this.#answers[name](input)
  }

  readonly #answers: Answers<CallInputs> = {
    ...this.stack.answers,
    GetRole: ({ RoleName: name = '' }) => {
      const role = this.#roles.read(name) ?? raise(noSuchRole(name))
      const tags = tagList(role)
      return { Role: { ...this.#fieldsOf(role), Tags: tags.length > 0 ? tags : undefined } }
    },

    GetAccountAuthorizationDetails: (input) => {
      const { Filter: filter, MaxItems: maxItems = 100, Marker: marker = '0/0' } = input
      const [page = 0, start = 0] = marker.split('/').map(Number)
      const size = Math.min(maxItems, this.#pageSizes[page] ?? this.#pageSizes.at(-1) ?? maxItems)
      if (filter !== undefined && !filter.includes('Role')) return { RoleDetailList: [], IsTruncated: false }

      const end = start + size
      const isTruncated = end < this.#roles.count
      return {
        // Unlike GetRole, this call shows a role without tags with an empty list.
        RoleDetailList: this.#roles
          .list(start, end)
          .map((role) => ({ ...this.#fieldsOf(role), Tags: tagList(role), ...PERMISSIONS })),
        IsTruncated: isTruncated,
        Marker: isTruncated ? `${page + 1}/${end}` : undefined,
      }
    },

    ListRoles: ({ PathPrefix: prefix = '/', MaxItems: maxItems = 100, Marker: marker = '0' }) => {
      // Unlike the others, this call shows no tags.
      const roles = this.#roles.list().filter(({ path }) => path.startsWith(prefix))
      const [start, size] = [Number(marker), Math.min(maxItems, this.#pageSizes[0] ?? maxItems)]
      const isTruncated = start + size < roles.length
      return {
        Roles: roles
          .slice(start, start + size)
          .map((role) => ({ ...this.#fieldsOf(role), MaxSessionDuration: role.maxSessionDuration ?? 3600 })),
        IsTruncated: isTruncated,
        Marker: isTruncated ? `${start + size}` : undefined,
      }
    },

    GetAccountSummary: () => ({
      SummaryMap: { Roles: this.#roles.count, AssumeRolePolicySizeQuota: this.#quota },
    }),

    UpdateAssumeRolePolicy: (input) => {
      const { RoleName: name = '', PolicyDocument: document = '' } = input
      const role = this.#roles.get(name) ?? raise(noSuchRole(name))
      if (/^\/aws-(service-role|reserved)\//.test(role.path)) throw unmodifiableEntity(name)
      const refusal = trustPolicyRefusal(document, this.#quota)
      if (refusal !== undefined) throw refusal
      this.#roles.put({ ...role, document })
      this.writes.push({ roleName: name, document })
      this.cloudTrail.recordWrite(name, undefined, undefined, document)
      return {}
    },

    GetSAMLProvider: ({ SAMLProviderArn: arn = '' }) => {
      if (!this.#providers.has(arn)) throw noSuchEntity(`Manifest not found for arn ${arn}`)
      return { ValidUntil: this.#providers.get(arn), CreateDate: new Date(0), Tags: [] }
    },

    GetParameter: ({ Name: name = '', WithDecryption: decrypted = false }) => {
      const { value, type } = this.#parameters.get(name) ?? raise(parameterNotFound())
      const ciphertext = `AQICAH${Buffer.from(value).toString('base64')}`
      const arn = `arn:${this.partition}:ssm:${REGION}:${this.id}:parameter/${name.replace(/^\//, '')}`
      return {
        Parameter: {
          Name: name,
          Type: type,
          Value: type === 'SecureString' && !decrypted ? ciphertext : value,
          ARN: arn,
        },
      }
    },

    GetCallerIdentity: () => ({
      Account: this.id,
      Arn: `arn:${this.partition}:sts::${this.id}:assumed-role/platform-engineer/alice`,
      UserId: 'AROAEXAMPLE:alice',
    }),

    GetFunctionConfiguration: ({ FunctionName: name = '' }) => {
      const variables = this.#functions.get(name)
      if (variables !== undefined) {
        const state = { State: 'Active', LastUpdateStatus: 'Successful', ...this.stack.functionStates.get(name) }
        return { FunctionName: name, Environment: { Variables: variables }, ...state }
      }
      const message = `Function not found: arn:${this.partition}:lambda:${REGION}:${this.id}:function:${name}`
      throw new ResourceNotFoundException({ message, $metadata: { httpStatusCode: 404 } })
    },

    /** One a page, as Access Analyzer may answer. */
    ValidatePolicy: ({ policyDocument: document = '', nextToken: token = '0' }) => {
      const all = this.#findInPolicy(document)
      const start = Number(token)
      return {
        findings: all.slice(start, start + 1),
        nextToken: start + 1 < all.length ? `${start + 1}` : undefined,
      }
    },

    /** One a page, as Lambda may answer. */
    ListFunctions: ({ Marker: marker = '0' }) => {
      const start = Number(marker)
      const all = [...this.#functions].map(([FunctionName, Variables]) => ({
        FunctionName,
        Environment: { Variables },
        ...this.stack.functionStates.get(FunctionName),
      }))
      return {
        Functions: all.slice(start, start + 1),
        NextMarker: start + 1 < all.length ? `${start + 1}` : undefined,
      }
    },

    GetQueueUrl: ({ QueueName: name = '' }) => {
      if (!this.#queues.has(name)) throw queueDoesNotExist()
      return { QueueUrl: `https://sqs.${REGION}.amazonaws.com/${this.id}/${name}` }
    },

    SendMessageBatch: ({ QueueUrl: url = '', Entries: entries = [] }) => {
      const queue = this.#queues.get(url.slice(url.lastIndexOf('/') + 1)) ?? raise(queueDoesNotExist())
      if (entries.length > MAX_BATCH_ENTRIES) {
        const message = `Maximum number of entries per request are ${MAX_BATCH_ENTRIES}. You have sent ${entries.length}.`
        throw new TooManyEntriesInBatchRequest({ message, $metadata: { httpStatusCode: 400 } })
      }
      const refused = entries.filter(({ MessageBody: body = '' }) => this.#isRefused(body))
      const taken = entries.filter((entry) => !refused.includes(entry))
      queue.push(...taken.map(({ MessageBody: body = '' }) => body))
      const failure = { Code: 'InternalError', Message: 'Please try again.', SenderFault: false }
      const successes = taken.map(({ Id, MessageBody: body = '' }) => ({
        Id,
        MessageId: `message-${Id}`,
        MD5OfMessageBody: createHash('md5').update(body).digest('hex'),
      }))
      // SQS leaves out the list that would be empty.
      return {
        Successful: taken.length > 0 ? successes : undefined,
        Failed: refused.length > 0 ? refused.map(({ Id }) => ({ Id, ...failure })) : undefined,
      }
    },

    PutEvents: ({ Entries: entries = [] }) => {
      const texts = entries.flatMap(({ Source, DetailType, Detail, Resources = [] }) => [
        Source ?? '',
        DetailType ?? '',
        Detail ?? '',
        ...Resources,
      ])
      if (entries.length > MAX_BATCH_ENTRIES || Buffer.byteLength(texts.join('')) >= MAX_EVENTS_BYTES) {
        throw eventBusFault('ValidationException', 'Total size of the entries in the request is over the limit.')
      }
      const answers = entries.map(({ Source = '', DetailType = '', Detail = '', Resources = [] }) => {
        if (this.#isEventRefused(Detail)) return { ErrorCode: 'InternalFailure', ErrorMessage: 'Please try again.' }
        const envelope = { account: this.id, region: REGION, resources: Resources }
        this.busEvents.push({ ...envelope, source: Source, 'detail-type': DetailType, detail: JSON.parse(Detail) })
        return { EventId: `event-${this.busEvents.length}` }
      })
      return { Entries: answers, FailedEntryCount: answers.filter(({ EventId }) => EventId === undefined).length }
    },

    LookupEvents: (input) => this.cloudTrail.lookUp(input),
  }

  #fieldsOf(role: StoredRole) {
    return fieldsOf(this.#showsIds ? { ...role, arn: role.id } : role)
  }
}

/** As the SDK does: a call is not even sent after the signal, and one that is under way is given up. */
async function untilAborted(answer: () => Promise<object>, signal: AbortSignal | undefined): Promise<object> {
  if (signal === undefined) return answer()
  if (signal.aborted) throw requestAborted()
  let onAbort = () => {}
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(requestAborted())
  })
  signal.addEventListener('abort', onAbort)
  try {
    return await Promise.race([answer(), aborted])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}

function fieldsOf({ name, path, arn, id, document }: StoredRole) {
  return {
    RoleName: name,
    Path: path,
    Arn: arn,
    RoleId: id,
    CreateDate: new Date(0),
    AssumeRolePolicyDocument: document === undefined ? undefined : urlEncoded(document),
  }
}

function tagList({ tags }: StoredRole) {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }))
}

const INLINE_POLICY = {
  Version: '2012-10-17',
  Statement: ['orders', 'invoices', 'exports'].map((bucket) => ({
    Effect: 'Allow',
    Action: ['s3:GetObject', 's3:PutObject', 's3:ListBucket'],
    Resource: [`arn:aws:s3:::acme-${bucket}`, `arn:aws:s3:::acme-${bucket}/*`],
  })),
}
/** What a scan is sent along with each role, asked for or not: more than a half of what it has to read. */
const PERMISSIONS = {
  InstanceProfileList: [],
  RolePolicyList: Object.freeze([{ PolicyName: 'access', PolicyDocument: urlEncoded(JSON.stringify(INLINE_POLICY)) }]),
  AttachedManagedPolicies: Object.freeze(
    ['ReadOnlyAccess', 'AmazonSSMManagedInstanceCore'].map((name) => ({
      PolicyName: name,
      PolicyArn: `arn:aws:iam::aws:policy/${name}`,
    })),
  ),
  RoleLastUsed: Object.freeze({ LastUsedDate: new Date('2026-02-01T00:00:00Z'), Region: REGION }),
}

/** RFC 3986, which encodes five characters more than encodeURIComponent does. */
function urlEncoded(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

function textOf(document: string | object | undefined): string | undefined {
  return typeof document === 'object' ? JSON.stringify(document) : document
}

function eventBusFault(name: string, message: string): EventBridgeServiceException {
  return new EventBridgeServiceException({ name, message, $fault: 'client', $metadata: { httpStatusCode: 400 } })
}

function raise(error: Error): never {
  throw error
}
