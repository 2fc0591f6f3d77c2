import {
  GetFunctionConcurrencyCommand,
  GetFunctionConfigurationCommand,
  LambdaClient,
  paginateListEventSourceMappings,
  ResourceNotFoundException,
} from '@aws-sdk/client-lambda'
import { type AwsTarget, maxAttempts, requestHandler } from './clients.ts'

/** How Lambda says that a function fares. */
export interface FunctionState {
  /** `Active`, or why it cannot run. */
  readonly state: string
  /** Of the latest deployment: `Successful`, `InProgress` or `Failed`. */
  readonly lastUpdate: string
  readonly reason: string | undefined
}

/** What feeds a function from a queue. */
export interface EventSource {
  readonly uuid: string
  readonly arn: string
  /** `Enabled`, or another. */
  readonly state: string
}

export interface FunctionReader {
  /** Undefined where there is no such function. */
  readFunction(name: string): Promise<FunctionState | undefined>
  /** How many invocations at once are reserved for it; undefined where none are, or there is no such function. */
  readReservedConcurrency(name: string): Promise<number | undefined>
  /** Empty where there is no such function. */
  listEventSources(name: string): Promise<readonly EventSource[]>
}

export function functionReader(target: AwsTarget): FunctionReader {
  const client = new LambdaClient({ requestHandler, maxAttempts, ...target })
  return {
    readFunction: (name) =>
      unlessMissing(async () => {
        const answer = await client.send(new GetFunctionConfigurationCommand({ FunctionName: name }))
        const { State: state = 'of no known state', LastUpdateStatus: lastUpdate = 'Successful' } = answer
        return { state, lastUpdate, reason: answer.StateReason ?? answer.LastUpdateStatusReason }
      }),

    readReservedConcurrency: (name) =>
      unlessMissing(async () => {
        const answer = await client.send(new GetFunctionConcurrencyCommand({ FunctionName: name }))
        return answer.ReservedConcurrentExecutions
      }),

    async listEventSources(name) {
      const found = await unlessMissing(async () => {
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

async function unlessMissing<Value>(call: () => Promise<Value>): Promise<Value | undefined> {
  try {
    return await call()
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined
    throw error
  }
}
