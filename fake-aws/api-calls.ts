import type { LookupEventsCommandInput } from '@aws-sdk/client-cloudtrail'
import type { PutEventsCommandInput } from '@aws-sdk/client-eventbridge'
import type {
  GetAccountAuthorizationDetailsCommandInput,
  GetAccountSummaryCommandInput,
  GetRoleCommandInput,
  GetSAMLProviderCommandInput,
  UpdateAssumeRolePolicyCommandInput,
} from '@aws-sdk/client-iam'
import type { GetFunctionConfigurationCommandInput } from '@aws-sdk/client-lambda'
import type { GetQueueUrlCommandInput, SendMessageBatchCommandInput } from '@aws-sdk/client-sqs'
import type { GetParameterCommandInput } from '@aws-sdk/client-ssm'
import type { GetCallerIdentityCommandInput } from '@aws-sdk/client-sts'
import type { StackCallInputs } from './deployed-stack.ts'

/** The calls that the account answers, with their inputs. */
export interface CallInputs extends StackCallInputs {
  GetRole: GetRoleCommandInput
  GetAccountAuthorizationDetails: GetAccountAuthorizationDetailsCommandInput
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
}

export type CallName = keyof CallInputs

export interface ApiCall {
  readonly name: CallName
  readonly input: CallInputs[CallName]
}

/** Once, at the next call, and for any role, unless it says otherwise. */
export interface FaultOptions {
  readonly times?: number
  readonly role?: string
  /** How many calls, of that role where one is named, are answered as ever before the fault comes. */
  readonly after?: number
}

/**
 * What comes instead of the answer: it throws, returns an odd answer, or never settles. The call is not carried out but by
 * its argument, which returns the answer.
 */
export type Fault = (carryOut: () => object) => object | Promise<object>

type Hooks = { readonly [Name in CallName]: ((input: CallInputs[Name]) => void)[] }

/** Records every call, and lets a test step in before it is answered. */
export class ApiCalls {
  readonly made: ApiCall[] = []
  readonly #faults: {
    readonly call: CallName
    readonly fault: Fault
    readonly role: string | undefined
    after: number
    left: number
  }[] = []
  readonly #hooks: Hooks = {
    GetRole: [],
    GetAccountAuthorizationDetails: [],
    GetAccountSummary: [],
    UpdateAssumeRolePolicy: [],
    GetSAMLProvider: [],
    GetParameter: [],
    GetQueueUrl: [],
    SendMessageBatch: [],
    PutEvents: [],
    LookupEvents: [],
    GetCallerIdentity: [],
    GetFunctionConfiguration: [],
    DescribeTrails: [],
    GetTrailStatus: [],
    GetEventSelectors: [],
    GetFunctionConcurrency: [],
    ListEventSourceMappings: [],
    DescribeRule: [],
    ListRules: [],
    ListTargetsByRule: [],
    ListRuleNamesByTarget: [],
    GetQueueAttributes: [],
    GetTopicAttributes: [],
  }

  before<Name extends CallName>(call: Name, hook: (input: CallInputs[Name]) => void): void {
    this.#hooks[call].push(hook)
  }

  disturb(call: CallName, fault: Fault, { times = 1, role, after = 0 }: FaultOptions): void {
    this.#faults.push({ call, fault, role, left: times, after })
  }

  /** How many faults have not come yet. */
  get faultsLeft(): number {
    return this.#faults.reduce((sum, { left }) => sum + left, 0)
  }

  /** Runs the next hook for the call, and then answers it, or lets the first fault happen that is due for it. */
  async answer<Name extends CallName>(name: Name, input: CallInputs[Name], carryOut: () => object): Promise<object> {
    this.made.push({ name, input })
    this.#hooks[name].shift()?.(input)
    const meant = this.#faults.filter(
      (fault) => fault.call === name && fault.left > 0 && (fault.role === undefined || isAbout(input, fault.role)),
    )
    const due = meant.find(({ after }) => after === 0)
    for (const fault of meant) if (fault.after > 0) fault.after -= 1
    if (due === undefined) return carryOut()
    due.left -= 1
    return due.fault(carryOut)
  }
}

/** A call on one role, or one that puts an event about it on the bus, perhaps with others. */
function isAbout(input: CallInputs[CallName], roleName: string): boolean {
  if ('RoleName' in input) return input.RoleName === roleName
  if (!('Entries' in input) || input.Entries === undefined) return false
  return input.Entries.some((entry) => 'Detail' in entry && JSON.parse(entry.Detail ?? '{}').roleName === roleName)
}
