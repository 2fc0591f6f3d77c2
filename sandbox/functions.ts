import {
  GetFunctionConfigurationCommand,
  InvokeCommand,
  type LambdaClient,
  UpdateFunctionConfigurationCommand,
  waitUntilFunctionUpdatedV2,
} from '@aws-sdk/client-lambda'
import { type FunctionId, functionName, type HubFunctionId } from './stack-names.ts'

/** @throws Error in the words of the function where it fails */
export async function invoke(
  lambda: LambdaClient,
  id: FunctionId | HubFunctionId,
  payload: unknown,
  prefix?: string,
): Promise<unknown> {
  const command = new InvokeCommand({ FunctionName: functionName(id, prefix), Payload: JSON.stringify(payload) })
  const { Payload: answer, FunctionError: fault } = await lambda.send(command)
  const text = answer?.transformToString() ?? 'null'
  if (fault !== undefined) throw new Error(text)
  return JSON.parse(text)
}

/** What a function is configured with from now on. */
export interface Changes {
  /** Of its environment; the others keep their values. */
  readonly variables?: Readonly<Record<string, string>>
  /** In seconds. */
  readonly timeout?: number
}

/** Any change of its configuration, even to what it is, makes Lambda start a function anew: it remembers nothing then. */
export async function restart(
  lambda: LambdaClient,
  id: FunctionId | HubFunctionId,
  changes: Changes = {},
  prefix?: string,
): Promise<void> {
  const FunctionName = functionName(id, prefix)
  const { Environment, Timeout } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }))
  const Variables = { ...Environment?.Variables, ...changes.variables }
  await lambda.send(
    new UpdateFunctionConfigurationCommand({
      FunctionName,
      Environment: { Variables },
      Timeout: changes.timeout ?? Timeout,
    }),
  )
  await waitUntilFunctionUpdatedV2({ client: lambda, maxWaitTime: 60, minDelay: 1 }, { FunctionName })
}
