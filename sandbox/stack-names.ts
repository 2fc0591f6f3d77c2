import { ENVIRONMENT } from '../fake-aws/environment.ts'

// As serverless.yml names them by default.

const PREFIX = 'okta-role-trust-dev'

export const PARAMETER = ENVIRONMENT.PARAMETER_NAME
export const QUEUE = ENVIRONMENT.QUEUE_NAME
export const DEAD_LETTER_QUEUE = `${PREFIX}-dead-letters`
export const RULE = `${PREFIX}-role-events`
export const PARAMETER_RULE = `${PREFIX}-parameter-changes`
export const DASHBOARD = PREFIX

export type FunctionId = 'role-event' | 'scheduled-sweep' | 'backfill' | 'dashboard-widget'
export type HubFunctionId = 'recorder' | 'check' | 'widget'

export function functionName(id: FunctionId | HubFunctionId, prefix = PREFIX): string {
  return `${prefix}-${id}`
}
