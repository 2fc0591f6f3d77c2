import { awsCommand, parameterOptions, type Scope, serverlessCommand } from '../session/commands.ts'

/** What mends a stack, as words with the commands in backquotes. */
export interface StackRemedies {
  /** Where nothing of it is there. */
  readonly deploy: string
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

/**
 * @param parameters with which the stack is or would be deployed, beside the defaults; undefined where nobody knows: a
 *   deployment takes every other parameter from the defaults, so a remedy must name all
 */
export function stackRemedies(
  scope: Scope,
  region: string,
  parameters: Readonly<Record<string, string>> | undefined,
): StackRemedies {
  const options = parameterOptions(parameters ?? {})
  const beside =
    parameters === undefined
      ? ', with each `--param` that it was deployed with (they cannot be read; what is not given becomes the default)'
      : ''
  const deploy = serverlessCommand(scope, 'deploy')
  const awsIn = (region: string, call: string, ...words: readonly string[]) => {
    // IAM is one for the whole partition, and where no region says which, the AWS CLI takes the one of us-east-1.
    const place = call.startsWith('iam ') && region === 'us-east-1' ? [] : ['--region', region]
    return `\`${awsCommand(scope, call, ...place, ...words)}\``
  }
  return {
    deploy: `\`${deploy}${options}\`${beside}`,
    deployAnew: `\`${deploy} --force${options}\`${beside}`,
    rebuild: `read what goes with the stack (docs/operating.md, "A part of the stack is gone"), then \`${serverlessCommand(scope, 'remove')}\`, then \`${deploy}${options}\`${beside}`,
    aws: (call, ...words) => awsIn(region, call, ...words),
    awsIn,
  }
}
