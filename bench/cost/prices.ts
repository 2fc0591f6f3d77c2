/** What AWS takes in us-east-1, in US dollars, without any free tier. */
export interface Price {
  readonly what: string
  readonly dollars: number
  /** For how many of the unit. */
  readonly per: number
  readonly unit: string
  readonly page: string
  /** Where the figure was read, and of when that is: most of the pages fill in their prices only in a browser. */
  readonly read: string
}

const LAMBDA = 'https://aws.amazon.com/lambda/pricing/'
const CLOUDWATCH = 'https://aws.amazon.com/cloudwatch/pricing/'
const DYNAMODB = 'https://aws.amazon.com/dynamodb/pricing/'
const TRANSCRIPT = "API Evangelist's transcript, 2026-05-05"
const SURVEY = "FactualMinds' survey, 2026-06-13"

export const PRICES = {
  lambdaRequest: {
    what: 'Lambda, requests',
    dollars: 0.2,
    per: 1_000_000,
    unit: 'requests',
    page: LAMBDA,
    read: TRANSCRIPT,
  },
  lambdaGbSecond: {
    what: 'Lambda, GB-seconds on arm64',
    dollars: 0.0000133334,
    per: 1,
    unit: 'GB-second',
    page: LAMBDA,
    read: "Cloudchipr's guide, 2024",
  },
  sqsRequest: {
    what: 'SQS, requests, nearly all polls',
    dollars: 0.4,
    per: 1_000_000,
    unit: 'requests',
    page: 'https://aws.amazon.com/sqs/pricing/',
    read: SURVEY,
  },
  customEvent: {
    what: 'EventBridge, outcome events',
    dollars: 1,
    per: 1_000_000,
    unit: 'custom events',
    page: 'https://aws.amazon.com/eventbridge/pricing/',
    read: SURVEY,
  },
  crossAccountEvent: {
    what: 'EventBridge, events to the hub',
    dollars: 1,
    per: 1_000_000,
    unit: 'events to another account',
    page: 'https://aws.amazon.com/eventbridge/pricing/',
    read: "CloudBurn's guide, 2026-03-13",
  },
  tableWrite: {
    what: 'DynamoDB, write units',
    dollars: 0.625,
    per: 1_000_000,
    unit: 'write request units',
    page: DYNAMODB,
    read: "Airbyte's guide, 2025-07-21",
  },
  tableRead: {
    what: 'DynamoDB, read units',
    dollars: 0.125,
    per: 1_000_000,
    unit: 'read request units',
    page: DYNAMODB,
    read: "Airbyte's guide, 2025-07-21",
  },
  alarmMetric: {
    what: 'CloudWatch, metrics of alarms',
    dollars: 0.1,
    per: 1,
    unit: 'metric and month',
    page: CLOUDWATCH,
    read: TRANSCRIPT,
  },
  customMetric: {
    what: 'CloudWatch, custom metrics',
    dollars: 0.3,
    per: 1,
    unit: 'metric and month',
    page: CLOUDWATCH,
    read: TRANSCRIPT,
  },
  dashboard: {
    what: 'CloudWatch, dashboard',
    dollars: 3,
    per: 1,
    unit: 'dashboard and month',
    page: CLOUDWATCH,
    read: SURVEY,
  },
  logIngested: {
    what: 'CloudWatch Logs, GB taken in',
    dollars: 0.5,
    per: 1,
    unit: 'GB',
    page: CLOUDWATCH,
    read: TRANSCRIPT,
  },
  logStored: {
    what: 'CloudWatch Logs, GB kept',
    dollars: 0.03,
    per: 1,
    unit: 'GB and month',
    page: CLOUDWATCH,
    read: TRANSCRIPT,
  },
  trace: {
    what: 'X-Ray, traces',
    dollars: 5,
    per: 1_000_000,
    unit: 'traces',
    page: 'https://aws.amazon.com/xray/pricing/',
    read: 'a copy of the page, undated',
  },
  s3Stored: {
    what: 'S3, GB of packages',
    dollars: 0.023,
    per: 1,
    unit: 'GB and month',
    page: 'https://aws.amazon.com/s3/pricing/',
    read: "DevNotes' breakdown, undated",
  },
} as const satisfies Readonly<Record<string, Price>>

export type Item = keyof typeof PRICES

export function isItem(name: string): name is Item {
  return name in PRICES
}
