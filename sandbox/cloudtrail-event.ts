import { randomUUID } from 'node:crypto'

/** Who makes a call. */
export interface Caller {
  readonly userName: string
  readonly userId: string
  readonly arn: string
  readonly accountId: string
  readonly accessKeyId: string
}

/** A call of IAM as an SDK made it. */
export interface Call {
  readonly eventName: string
  readonly input: object
  readonly outcome:
    | { readonly kind: 'done'; readonly output: object }
    | { readonly kind: 'failed'; readonly errorCode: string; readonly errorMessage: string }
  readonly requestId: string
  readonly userAgent: string
  readonly time: Date
}

/**
 * The event that EventBridge delivers when CloudTrail has recorded the call, in the shape of those in events/ (CloudTrail
 * User Guide, "CloudTrail record contents").
 */
export function cloudTrailEvent({ eventName, input, outcome, requestId, userAgent, time }: Call, caller: Caller) {
  // CloudTrail knows no fractions of a second.
  const eventTime = `${time.toISOString().slice(0, 19)}Z`
  const { accountId, arn, accessKeyId, userId, userName } = caller
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': 'AWS API Call via CloudTrail',
    source: 'aws.iam',
    account: accountId,
    time: eventTime,
    region: 'us-east-1',
    resources: [],
    detail: {
      eventVersion: '1.10',
      userIdentity: { type: 'IAMUser', principalId: userId, arn, accountId, accessKeyId, userName },
      eventTime,
      eventSource: 'iam.amazonaws.com',
      eventName,
      awsRegion: 'us-east-1',
      sourceIPAddress: '198.51.100.24',
      userAgent,
      ...(outcome.kind === 'failed' && { errorCode: outcome.errorCode, errorMessage: outcome.errorMessage }),
      requestParameters: recorded(input),
      responseElements: outcome.kind === 'done' ? responseOf(outcome.output) : null,
      requestID: requestId,
      eventID: randomUUID(),
      readOnly: false,
      eventType: 'AwsApiCall',
      managementEvent: true,
      recipientAccountId: accountId,
      eventCategory: 'Management',
      tlsDetails: {
        tlsVersion: 'TLSv1.3',
        cipherSuite: 'TLS_AES_128_GCM_SHA256',
        clientProvidedHostHeader: 'iam.amazonaws.com',
      },
    },
  }
}

/** Calls that answer with nothing have no response elements. */
function responseOf(output: object): unknown {
  const elements = Object.entries(output).filter(([name, value]) => name !== '$metadata' && value !== undefined)
  return elements.length === 0 ? null : recorded(Object.fromEntries(elements))
}

/** Names start with a small letter. */
function recorded(fields: object): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(fields)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name.charAt(0).toLowerCase() + name.slice(1), recordedValue(value)]),
  )
}

function recordedValue(value: unknown): unknown {
  if (value instanceof Date) return timeOf(value)
  if (Array.isArray(value)) return value.map(recordedValue)
  return typeof value === 'object' && value !== null ? recorded(value) : value
}

/** As in `Nov 17, 2026 9:14:32 AM`. */
function timeOf(date: Date): string {
  const day = date.toLocaleDateString('en-US', { dateStyle: 'medium', timeZone: 'UTC' })
  const time = date.toLocaleTimeString('en-US', { timeStyle: 'medium', timeZone: 'UTC' })
  // Newer versions of Node put a narrow space before AM and PM.
  return `${day} ${time.replace('\u202f', ' ')}`
}
