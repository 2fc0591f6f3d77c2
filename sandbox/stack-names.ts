import { ENVIRONMENT } from '../fake-aws/environment.ts'

// As serverless.yml names them by default.

const PREFIX = 'okta-role-trust-dev'

export const PARAMETER = ENVIRONMENT.PARAMETER_NAME
export const QUEUE = ENVIRONMENT.QUEUE_NAME
export const { deadLetterQueue: DEAD_LETTER_QUEUE, rule: RULE, parameterRule: PARAMETER_RULE } = stackNames(PREFIX)
export const DASHBOARD = PREFIX

export type StackNames = ReturnType<typeof stackNames>

/** @param prefix of the stack, which is its name too */
export function stackNames(prefix = PREFIX) {
  return {
    prefix,
    queue: `${prefix}-role-events`,
    deadLetterQueue: `${prefix}-dead-letters`,
    rule: `${prefix}-role-events`,
    parameterRule: `${prefix}-parameter-changes`,
  }
}

export type FunctionId = 'role-event' | 'scheduled-sweep' | 'backfill' | 'dashboard-widget'
export type HubFunctionId = 'recorder' | 'check' | 'widget'

export function functionName(id: FunctionId | HubFunctionId, prefix = PREFIX): string {
  return `${prefix}-${id}`
}
