import type {
  GetAccountAuthorizationDetailsCommandInput,
  GetRoleCommandInput,
  GetSAMLProviderCommandInput,
  UpdateAssumeRolePolicyCommandInput,
} from '@aws-sdk/client-iam'
import type { GetFunctionConfigurationCommandInput } from '@aws-sdk/client-lambda'
import type { GetQueueUrlCommandInput, SendMessageBatchCommandInput } from '@aws-sdk/client-sqs'
import type { GetParameterCommandInput } from '@aws-sdk/client-ssm'
import type { GetCallerIdentityCommandInput } from '@aws-sdk/client-sts'

/** The calls that the account answers, with their inputs. */
export interface CallInputs {
  GetRole: GetRoleCommandInput
  GetAccountAuthorizationDetails: GetAccountAuthorizationDetailsCommandInput
  UpdateAssumeRolePolicy: UpdateAssumeRolePolicyCommandInput
  GetSAMLProvider: GetSAMLProviderCommandInput
  GetParameter: GetParameterCommandInput
  GetQueueUrl: GetQueueUrlCommandInput
  SendMessageBatch: SendMessageBatchCommandInput
  GetCallerIdentity: GetCallerIdentityCommandInput
  GetFunctionConfiguration: GetFunctionConfigurationCommandInput
}

export type CallName = keyof CallInputs

export interface ApiCall {
  readonly name: CallName
  readonly input: CallInputs[CallName]
}

/** Once, and for any role, unless it says otherwise. */
export interface FaultOptions {
  readonly times?: number
  readonly role?: string
}

type Hooks = { readonly [Name in CallName]: ((input: CallInputs[Name]) => void)[] }

/** Records every call, and lets a test step in before it is answered. */
export class ApiCalls {
  readonly made: ApiCall[] = []
  readonly #faults: { call: CallName; error: Error; role: string | undefined; left: number }[] = []
  readonly #hooks: Hooks = {
    GetRole: [],
    GetAccountAuthorizationDetails: [],
    UpdateAssumeRolePolicy: [],
    GetSAMLProvider: [],
    GetParameter: [],
    GetQueueUrl: [],
    SendMessageBatch: [],
    GetCallerIdentity: [],
    GetFunctionConfiguration: [],
  }

  before<Name extends CallName>(call: Name, hook: (input: CallInputs[Name]) => void): void {
    this.#hooks[call].push(hook)
  }

  fail(call: CallName, error: Error, { times = 1, role }: FaultOptions): void {
    this.#faults.push({ call, error, role, left: times })
  }

  /** Runs the next hook for the call, then throws the first fault that is due for it. */
  enter<Name extends CallName>(name: Name, input: CallInputs[Name]): void {
    this.made.push({ name, input })
    this.#hooks[name].shift()?.(input)
    const role = 'RoleName' in input ? input.RoleName : undefined
    const due = this.#faults.find(
      (fault) => fault.call === name && fault.left > 0 && (fault.role === undefined || fault.role === role),
    )
    if (due === undefined) return
    due.left -= 1
    throw due.error
  }
}
