import type { Context, SQSEvent } from 'aws-lambda'
import { vi } from 'vitest'
import { type Account, type AccountOptions, createAccount } from './account/account.ts'
import { ENVIRONMENT } from './environment.ts'

export const QUEUE = ENVIRONMENT.QUEUE_NAME
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
  return account
}

/** The functions as after a cold start, with the stack's default parameters but for those given. */
export async function coldStart(parameters: Partial<typeof ENVIRONMENT> = {}) {
  vi.resetModules()
  for (const [name, value] of Object.entries({ ...ENVIRONMENT, ...RUNTIME, ...parameters })) vi.stubEnv(name, value)
  const [roleEvent, scheduledSweep, backfill] = await Promise.all([
    import('../handlers/role-event.ts'),
    import('../handlers/scheduled-sweep.ts'),
    import('../handlers/backfill.ts'),
  ])
  return { roleEvent: roleEvent.handler, scheduledSweep: scheduledSweep.handler, backfill: backfill.handler }
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

/** @param timeLeft milliseconds, asked anew each time */
export function contextOf(timeLeft: () => number = () => 900_000): Context {
  return {
    callbackWaitsForEmptyEventLoop: false,
    functionName: 'function',
    functionVersion: '$LATEST',
    invokedFunctionArn: 'arn:aws:lambda:us-east-1:111122223333:function:function',
    memoryLimitInMB: '256',
    awsRequestId: '00000000-0000-4000-8000-000000000000',
    logGroupName: 'group',
    logStreamName: 'stream',
    getRemainingTimeInMillis: timeLeft,
    done: () => {},
    fail: () => {},
    succeed: () => {},
  }
}

/** A batch of the queue; message ids are `m0`, `m1`, … */
export function batchOf(...bodies: readonly unknown[]): SQSEvent {
  return {
    Records: bodies.map((body, index) => ({
      messageId: `m${index}`,
      receiptHandle: 'handle',
      body: typeof body === 'string' ? body : JSON.stringify(body),
      attributes: {
        ApproximateReceiveCount: '1',
        SentTimestamp: '0',
        SenderId: 'x',
        ApproximateFirstReceiveTimestamp: '0',
      },
      messageAttributes: {},
      md5OfBody: '',
      eventSource: 'aws:sqs',
      eventSourceARN: `arn:aws:sqs:us-east-1:111122223333:${QUEUE}`,
      awsRegion: 'us-east-1',
    })),
  }
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
