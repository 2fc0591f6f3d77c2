import {
  type EnvironmentResponse,
  GetFunctionConcurrencyCommand,
  GetFunctionConfigurationCommand,
  LambdaClient,
  ListTagsCommand,
  paginateListEventSourceMappings,
  paginateListFunctions,
  ResourceNotFoundException,
} from '@aws-sdk/client-lambda'
import { type AwsTarget, maxAttempts, requestHandler } from './clients.ts'
import { unlessMissing } from './unless-missing.ts'

/** How Lambda says that a function fares. */
export interface FunctionState {
  /** `Active`, or why it cannot run. */
  readonly state: string
  /** Of the latest deployment: `Successful`, `InProgress` or `Failed`. */
  readonly lastUpdate: string
  readonly reason: string | undefined
  readonly environment: Readonly<Record<string, string>>
  /** SHA-256 of its zip in Base64, as Lambda has it. */
  readonly codeSha256: string | undefined
}

/** What feeds a function from a queue. */
export interface EventSource {
  readonly uuid: string
  readonly arn: string
  /** `Enabled`, or another. */
  readonly state: string
}

export interface DeployedFunction {
  readonly name: string
  /** Undefined where it cannot be decrypted: `readEnvironment` says why. */
  readonly environment: Readonly<Record<string, string>> | undefined
}

/** Whatever the SDK throws goes through. Who asks for one environment gets an error too where it cannot be decrypted. */
export interface FunctionReader {
  /** All of the account in the region, whosesoever they are. */
  listFunctions(): Promise<readonly DeployedFunction[]>
  /** Undefined where there is no such function. */
  readFunction(name: string): Promise<FunctionState | undefined>
  /** The environment that it was deployed with; undefined where there is no such function. */
  readEnvironment(name: string): Promise<Readonly<Record<string, string>> | undefined>
  /** The tags of a function, by its ARN; those that the stack has are handed on to it. */
  readTags(arn: string): Promise<Readonly<Record<string, string>>>
  /** How many invocations at once are reserved for it; undefined where none are, or there is no such function. */
  readReservedConcurrency(name: string): Promise<number | undefined>
  /** Empty where there is no such function. */
  listEventSources(name: string): Promise<readonly EventSource[]>
}

export function functionReader(target: AwsTarget): FunctionReader {
  const client = new LambdaClient({ requestHandler, maxAttempts, ...target })
  const readConfiguration = (name: string) =>
    unlessMissing(ResourceNotFoundException, () =>
      client.send(new GetFunctionConfigurationCommand({ FunctionName: name })),
    )
  return {
    async listFunctions() {
      const found: DeployedFunction[] = []
      for await (const { Functions: functions = [] } of paginateListFunctions({ client }, {})) {
        for (const { FunctionName: name = '', Environment: environment } of functions) {
          found.push({
            name,
            environment: environment?.Error === undefined ? variablesOf(name, environment) : undefined,
          })
        }
      }
      return found
    },

    async readFunction(name) {
      const answer = await readConfiguration(name)
      if (answer === undefined) return undefined
      const { State: state = 'of no known state', LastUpdateStatus: lastUpdate = 'Successful' } = answer
      const environment = variablesOf(name, answer.Environment)
      return {
        state,
        lastUpdate,
        reason: answer.StateReason ?? answer.LastUpdateStatusReason,
        environment,
        codeSha256: answer.CodeSha256,
      }
    },

    async readEnvironment(name) {
      const answer = await readConfiguration(name)
      return answer && variablesOf(name, answer.Environment)
    },

    async readTags(arn) {
      const { Tags: tags = {} } = await client.send(new ListTagsCommand({ Resource: arn }))
      return tags
    },

    readReservedConcurrency: (name) =>
      unlessMissing(ResourceNotFoundException, async () => {
        const answer = await client.send(new GetFunctionConcurrencyCommand({ FunctionName: name }))
        return answer.ReservedConcurrentExecutions
      }),

    async listEventSources(name) {
      const found = await unlessMissing(ResourceNotFoundException, async () => {
        const sources: EventSource[] = []
        for await (const page of paginateListEventSourceMappings({ client }, { FunctionName: name })) {
          for (const { UUID: uuid = '', EventSourceArn: arn = '', State: state = '' } of page.EventSourceMappings ?? [])
            sources.push({ uuid, arn, state })
        }
        return sources
      })
      return found ?? []
    },
  }
}

/** Where Lambda cannot decrypt the variables it leaves them all out, which would look like the defaults. */
function variablesOf(name: string, environment: EnvironmentResponse | undefined): Readonly<Record<string, string>> {
  const { Variables: variables = {}, Error: problem } = environment ?? {}
  if (problem === undefined) return variables
  const { ErrorCode: code = 'MalformedResponseError', Message: message = 'Lambda gives no reason' } = problem
  // Not every answer names the permission, as AWS otherwise does where it denies a call.
  const what = code.startsWith('AccessDenied')
    ? `the caller is not authorized to perform kms:Decrypt on the environment of the function ${name}`
    : `the environment of the function ${name} cannot be decrypted`
  throw Object.assign(new Error(`${what}: ${message}`), { name: code })
}
