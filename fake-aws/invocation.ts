import { readFileSync } from 'node:fs'
import type { Context, SQSEvent } from 'aws-lambda'
import type { IgnoredEvent } from '../src/events/read-event.ts'
import type { Report } from '../src/sweep/report.ts'
import { ENVIRONMENT } from './environment.ts'

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

/** The report of a sweep; it has none for an event that it drops. */
export function reportOf(swept: Report | IgnoredEvent): Report {
  if ('reason' in swept) throw new Error(`dropped (${swept.reason}): ${swept.detail}`)
  return swept
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
      eventSourceARN: `arn:aws:sqs:us-east-1:111122223333:${ENVIRONMENT.QUEUE_NAME}`,
      awsRegion: 'us-east-1',
    })),
  }
}

/** A sample of events/, parsed anew for each caller. */
export function sample(name: string) {
  return JSON.parse(readFileSync(new URL(`../events/${name}.json`, import.meta.url), 'utf8'))
}

/** A sample event about a role of the given name, that happened now or some seconds ago. */
export function eventFor(name: string, roleName: string, secondsAgo = 0) {
  const { detail, ...envelope } = sample(name)
  const eventTime = new Date(Date.now() - secondsAgo * 1000).toISOString()
  return { ...envelope, detail: { ...detail, eventTime, requestParameters: { ...detail.requestParameters, roleName } } }
}
