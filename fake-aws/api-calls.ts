import type { ValidatePolicyCommandInput } from '@aws-sdk/client-accessanalyzer'
import type { LookupEventsCommandInput } from '@aws-sdk/client-cloudtrail'
import type { PutEventsCommandInput } from '@aws-sdk/client-eventbridge'
import type {
  GetAccountAuthorizationDetailsCommandInput,
  GetAccountSummaryCommandInput,
  GetRoleCommandInput,
  GetSAMLProviderCommandInput,
  ListRolesCommandInput,
  UpdateAssumeRolePolicyCommandInput,
} from '@aws-sdk/client-iam'
import type { GetFunctionConfigurationCommandInput, ListFunctionsCommandInput } from '@aws-sdk/client-lambda'
import type { GetQueueUrlCommandInput, SendMessageBatchCommandInput } from '@aws-sdk/client-sqs'
import type { GetParameterCommandInput } from '@aws-sdk/client-ssm'
import type { GetCallerIdentityCommandInput } from '@aws-sdk/client-sts'
import type { StackCallInputs } from './deployed-stack.ts'

/** The calls that the account answers, with their inputs. */
export interface CallInputs extends StackCallInputs {
  GetRole: GetRoleCommandInput
  GetAccountAuthorizationDetails: GetAccountAuthorizationDetailsCommandInput
  ListRoles: ListRolesCommandInput
  GetAccountSummary: GetAccountSummaryCommandInput
  UpdateAssumeRolePolicy: UpdateAssumeRolePolicyCommandInput
  GetSAMLProvider: GetSAMLProviderCommandInput
  GetParameter: GetParameterCommandInput
  GetQueueUrl: GetQueueUrlCommandInput
  SendMessageBatch: SendMessageBatchCommandInput
  PutEvents: PutEventsCommandInput
  LookupEvents: LookupEventsCommandInput
  GetCallerIdentity: GetCallerIdentityCommandInput
  GetFunctionConfiguration: GetFunctionConfigurationCommandInput
  ListFunctions: ListFunctionsCommandInput
  ValidatePolicy: ValidatePolicyCommandInput
}

export type CallName = keyof CallInputs

/** A call of whatever name, with its input as the SDK's commands hold it. */
export interface AnyCall {
  readonly name: string
  readonly input: object
}

/** A call that the account answers. */
export type ApiCall<Name extends CallName = CallName> = {
  readonly [Each in Name]: { readonly name: Each; readonly input: CallInputs[Each] }
}[Name]

/** What the calls of these inputs are answered with, each by its name. */
export type Answers<Inputs> = { readonly [Name in keyof Inputs]: (input: Inputs[Name]) => object }

/** Once, at the next call, and for any role, event and queue, unless it says otherwise. */
export interface FaultOptions {
  readonly times?: number
  readonly role?: string
  /** The kind of an event that the call puts on the bus, perhaps with others, as EventBridge's detail-type. */
  readonly event?: string
  /** A part of the name or URL of the queue that the call is about. */
  readonly queue?: string
  /** How many calls, of that role where one is named, are answered as usual before the fault happens. */
  readonly after?: number
}

/**
 * What happens instead of the answer: it throws, returns an odd answer, or never settles. Only its argument
 * carries the call out, and returns the answer.
 */
export type Fault = (carryOut: () => object) => object | Promise<object>

/** Records every call, and lets a test step in before it is answered. */
export class ApiCalls {
  readonly made: ApiCall[] = []
  readonly #faults: {
    readonly call: CallName
    readonly fault: Fault
    readonly about: Pick<FaultOptions, 'role' | 'event' | 'queue'>
    after: number
    left: number
  }[] = []
  readonly #hooks = new Map<CallName, ((call: ApiCall) => void)[]>()

  before(call: CallName, hook: (call: ApiCall) => void): void {
    this.#hooks.set(call, [...(this.#hooks.get(call) ?? []), hook])
  }

  disturb(call: CallName, fault: Fault, { times = 1, after = 0, ...about }: FaultOptions): void {
    this.#faults.push({ call, fault, about, left: times, after })
  }

  /** How many faults have not happened yet. */
  get faultsLeft(): number {
    return this.#faults.reduce((sum, { left }) => sum + left, 0)
  }

  /** Runs the next hook for the call, and then answers it, or lets the first fault happen that is due for it. */
  async answer(call: ApiCall, carryOut: () => object): Promise<object> {
    this.made.push(call)
    this.#hooks.get(call.name)?.shift()?.(call)
    const matching = this.#faults.filter(
      ({ call: name, left, about }) => name === call.name && left > 0 && isAbout(call, about),
    )
    const due = matching.find(({ after }) => after === 0)
    for (const fault of matching) if (fault.after > 0) fault.after -= 1
    if (due === undefined) return carryOut()
    due.left -= 1
    return due.fault(carryOut)
  }
}

function isAbout({ input }: ApiCall, { role, event, queue }: Pick<FaultOptions, 'role' | 'event' | 'queue'>): boolean {
  const entries = 'Entries' in input ? (input.Entries ?? []) : []
  const named = [
    'QueueName' in input ? input.QueueName : undefined,
    'QueueUrl' in input ? input.QueueUrl : undefined,
  ].join()
  return (
    (role === undefined || isOnRole(input, entries, role)) &&
    (event === undefined || entries.some((entry) => 'DetailType' in entry && entry.DetailType === event)) &&
    (queue === undefined || named.includes(queue))
  )
}

/** A call on one role, or one that puts an event about it on the bus, perhaps with others. */
function isOnRole(input: object, entries: readonly object[], roleName: string): boolean {
  if ('RoleName' in input) return input.RoleName === roleName
  return entries.some((entry) => 'Detail' in entry && JSON.parse(`${entry.Detail}`).roleName === roleName)
}
