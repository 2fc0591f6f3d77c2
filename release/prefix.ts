import { stackName } from '../cli/stack-settings.ts'

/** The service of serverless.yml. The command line knows a stack by its stage, which follows. */
const SERVICE = stackName('')

/** The one stage that needs no file of settings. */
export const STAGE = 'dev'

/** Begins the names of all that is in the packaged stack, and stands nowhere else. */
export const STACK_NAME = stackName(STAGE)

/** Of a function, a role and a rule: the lowest of the limits on the names in this stack. */
const LONGEST_NAME = 64

/**
 * The Parameter that takes the stage's place: as long as the longest name that follows from it allows.
 *
 * @param resources in which it is placed already
 */
export function prefixParameter(resources: unknown) {
  const names = JSON.stringify(resources).matchAll(
    /"(?:Name|RoleName|FunctionName)":\{"Fn::Sub":"\$\{Prefix\}([\w-]+)"\}/g,
  )
  const longest = Math.max(...[...names].map(([, rest = '']) => rest.length))
  const stage = LONGEST_NAME - longest - SERVICE.length
  return {
    Type: 'String',
    Default: `${SERVICE}prod`,
    Description: `Begins the names of all that is in the stack, so that several can live in one account. The command line finds a stack by --stage and what follows ${SERVICE}`,
    // No command takes that stage: its settings would be those of all.
    AllowedPattern: `^${SERVICE}(?!default$)[A-Za-z0-9-]{1,${stage}}$`,
    ConstraintDescription: `${SERVICE} and 1 to ${stage} letters, digits and -, but not default`,
  }
}
