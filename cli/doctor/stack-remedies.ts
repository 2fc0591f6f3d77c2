import { allowing, awsCommand, type Scope, serverlessCommand } from '../session/commands.ts'
import type { Deployment } from '../session/deployment.ts'

/** What mends a stack, as words with the commands in backquotes. */
export interface StackRemedies extends Deployment {
  /** By osls, with the settings of the file as it is, which weakens these settings. */
  deployFile(weakened: readonly string[]): string
  /** A command of the AWS CLI in the stack's region. */
  aws(call: string, ...words: readonly string[]): string
  awsIn(region: string, call: string, ...words: readonly string[]): string
}

/** @param deployment with the settings that the stack has, or would have: a remedy never deploys with others */
export function stackRemedies(scope: Scope, region: string, deployment: Deployment): StackRemedies {
  const awsIn = (region: string, call: string, ...words: readonly string[]) => {
    // IAM is one for the whole partition, and where no region says which, the AWS CLI takes the one of us-east-1.
    const place = call.startsWith('iam ') && region === 'us-east-1' ? [] : ['--region', region]
    return `\`${awsCommand(scope, call, ...place, ...words)}\``
  }
  return {
    ...deployment,
    deployFile: (weakened) => `\`${serverlessCommand(scope, 'deploy', ...allowing(weakened))}\``,
    aws: (call, ...words) => awsIn(region, call, ...words),
    awsIn,
  }
}
