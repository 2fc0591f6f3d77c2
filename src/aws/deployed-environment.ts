import { GetFunctionConfigurationCommand, LambdaClient, ResourceNotFoundException } from '@aws-sdk/client-lambda'
import { type AwsTarget, maxAttempts, requestHandler } from './clients.ts'

/** The environment that a function was deployed with, or undefined where there is no such function. */
export async function deployedEnvironment(
  target: AwsTarget,
  functionName: string,
): Promise<Readonly<Record<string, string>> | undefined> {
  const client = new LambdaClient({ requestHandler, maxAttempts, ...target })
  try {
    const answer = await client.send(new GetFunctionConfigurationCommand({ FunctionName: functionName }))
    return answer.Environment?.Variables ?? {}
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined
    throw error
  }
}
