import { awsCommand, type Scope, serverlessCommand } from '../session/commands.ts'
import type { Deployment } from '../session/deployment.ts'

/** What mends a stack, as words with the commands in backquotes. */
export interface StackRemedies {
  /** Where nothing of it is there. */
  readonly deploy: string
  /** With the settings of the file as it is, which weakens these settings. */
  deployFile(weakened: readonly string[]): string
  /** A function alone, by its name in serverless.yml: its code stays, and its settings become those in force. */
  deploySettings(id: string, weakened: readonly string[]): string
  /** Where it is there, and a part of it could not be deployed: osls deploys nothing where it finds no change. */
  readonly deployAnew: string
  /**
   * Where a part of it was deleted: CloudFormation does not see that, finds no change in the template, and makes nothing
   * anew (CloudFormation User Guide, "Detect unmanaged configuration changes").
   */
  readonly rebuild: string
  /** A command of the AWS CLI in the stack's region. */
  aws(call: string, ...words: readonly string[]): string
  awsIn(region: string, call: string, ...words: readonly string[]): string
}

/** @param deployment with the settings that the stack has, or would have: a remedy never deploys with others */
export function stackRemedies(scope: Scope, region: string, { before, options, beside }: Deployment): StackRemedies {
  const deploy = serverlessCommand(scope, 'deploy')
  const allowing = (weakened: readonly string[]) => (weakened.length > 0 ? ` --allow ${weakened.join(',')}` : '')
  const awsIn = (region: string, call: string, ...words: readonly string[]) => {
    // IAM is one for the whole partition, and where no region says which, the AWS CLI takes the one of us-east-1.
    const place = call.startsWith('iam ') && region === 'us-east-1' ? [] : ['--region', region]
    return `\`${awsCommand(scope, call, ...place, ...words)}\``
  }
  return {
    deploy: `${before}\`${deploy}${options}\`${beside}`,
    deployFile: (weakened) => `\`${deploy}${allowing(weakened)}\``,
    deploySettings: (id, weakened) => {
      const command = serverlessCommand(scope, 'deploy', 'function', '--update-config', '--function', id)
      return `${before}\`${command}${allowing(weakened)}${options}\`${beside}`
    },
    deployAnew: `${before}\`${deploy} --force${options}\`${beside}`,
    rebuild: `read what goes with the stack (docs/operating.md, "A part of the stack is gone"), then ${before}\`${serverlessCommand(scope, 'remove')}\`, then \`${deploy}${options}\`${beside}`,
    aws: (call, ...words) => awsIn(region, call, ...words),
    awsIn,
  }
}
