import type { Context } from 'aws-lambda'
import { vi } from 'vitest'
import { type Account, type AccountOptions, createAccount } from '../fake-aws/account.ts'
import { ENVIRONMENT } from '../fake-aws/environment.ts'
import { reportOf } from '../fake-aws/invocation.ts'

export const QUEUE = ENVIRONMENT.QUEUE_NAME
export const DEAD_LETTER_QUEUE = `${ENVIRONMENT.STACK_NAME}-dead-letters`
export const PARAMETER = ENVIRONMENT.PARAMETER_NAME
export const OKTA = 'arn:aws:iam::111122223333:saml-provider/Okta'
export const AUDIENCE = 'https://signin.aws.amazon.com/saml'
export const TAGGED = { 'okta-sso': 'true' }

/** A role's trust policy before Okta. */
export const ec2 = { Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }
/** What this system writes. */
export const managed = {
  Sid: 'OktaSso',
  Effect: 'Allow',
  Principal: { Federated: OKTA },
  Action: 'sts:AssumeRoleWithSAML',
  Condition: { StringEquals: { 'SAML:aud': AUDIENCE } },
}
export const policy = (...Statement: readonly object[]) => ({ Version: '2012-10-17', Statement })

/** An account where Okta is set up and no role exists yet. */
export function accountWithOkta(options?: AccountOptions): Account {
  const account = createAccount(options).attach()
  account.addProvider('Okta', new Date('2036-01-01'))
  account.putParameter(PARAMETER, OKTA)
  account.addQueue(QUEUE)
  account.addQueue(DEAD_LETTER_QUEUE)
  return account
}

/** The functions as after a cold start, with the stack's default settings but for those given. */
export async function coldStart(parameters: Partial<typeof ENVIRONMENT & typeof RUNTIME> = {}) {
  vi.resetModules()
  for (const [name, value] of Object.entries({ ...ENVIRONMENT, ...RUNTIME, ...parameters })) vi.stubEnv(name, value)
  const [roleEvent, scheduledSweep, backfill, dashboardWidget] = await Promise.all([
    import('../handlers/role-event.ts'),
    import('../handlers/scheduled-sweep.ts'),
    import('../handlers/backfill.ts'),
    import('../handlers/dashboard-widget.ts'),
  ])
  return {
    roleEvent: roleEvent.handler,
    scheduledSweep: async (event: unknown, context: Context) => reportOf(await scheduledSweep.handler(event, context)),
    backfill: backfill.handler,
    dashboardWidget: dashboardWidget.handler,
  }
}

/** What Lambda sets, and the Powertools setting that sends logs and metrics through `console`. */
const RUNTIME = {
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
  POWERTOOLS_DEV: 'true',
  POWERTOOLS_METRICS_DISABLED: 'false',
  POWERTOOLS_LOG_LEVEL: 'DEBUG',
  POWERTOOLS_SERVICE_NAME: 'okta-role-trust',
  POWERTOOLS_METRICS_NAMESPACE: 'OktaRoleTrust',
}

const HEARTBEATS = ['Sweep Finished', 'Sweep Failed']

/** What is on the bus of what became of roles, and of sweeps over their cap. */
export function outcomesOf({ busEvents }: Account) {
  return busEvents.filter((event) => !HEARTBEATS.includes(event['detail-type']))
}

/** What is on the bus by which sweeps tell that they are alive. */
export function heartbeatsOf({ busEvents }: Account) {
  return busEvents.filter((event) => HEARTBEATS.includes(event['detail-type']))
}

/** Collects what the functions log and measure from here on, as parsed JSON; lines of the metrics have `_aws`. */
export function captureLogs(): Record<string, unknown>[] {
  const lines: Record<string, unknown>[] = []
  for (const method of ['debug', 'info', 'log', 'warn', 'error'] as const) {
    vi.spyOn(console, method).mockImplementation((line: string) => {
      lines.push(JSON.parse(line))
    })
  }
  return lines
}

/** The metrics among the lines, the latest value of each. */
export function metricsOf(lines: readonly Record<string, unknown>[]): Record<string, unknown> {
  return Object.assign({}, ...lines.filter((line) => '_aws' in line))
}
