import * as z from 'zod/mini'
import type { Stack } from '../../sandbox/package-stack.ts'
import { ACCOUNT } from './osls-calls.ts'

/** The names that the template gives; CloudFormation makes the others up. */
const Named = z.looseObject({
  AlarmName: z.optional(z.string()),
  DashboardName: z.optional(z.string()),
  FunctionName: z.optional(z.unknown()),
  LogGroupName: z.optional(z.string()),
  Name: z.optional(z.string()),
  Path: z.optional(z.string()),
  QueueName: z.optional(z.string()),
  RoleName: z.optional(z.string()),
  TopicName: z.optional(z.string()),
})

const inRegion = (service: string, rest: string) => `arn:aws:${service}:us-east-1:${ACCOUNT}:${rest}`

/** @returns the ARNs under which the stack's resources of a type are known to IAM, at least one */
export function arnsOfType({ template }: Stack, stackName: string, type: string): readonly string[] {
  const of = (wanted: string, arnOf: (named: z.infer<typeof Named>, madeUp: string) => string) =>
    Object.entries(template.Resources)
      .filter(([, resource]) => resource.Type === wanted)
      .map(([id, { Properties }]) => arnOf(Named.parse(Properties), `${stackName}-${id}-1ABCDEFGHIJKL`))
  const functions = () => of('AWS::Lambda::Function', (named) => inRegion('lambda', `function:${named.FunctionName}`))
  const queues = () => of('AWS::SQS::Queue', ({ QueueName }) => inRegion('sqs', `${QueueName}`))
  const buckets = () => of('AWS::S3::Bucket', () => `arn:aws:s3:::${bucketName(stackName)}`)
  switch (type) {
    case 'AWS::CloudWatch::Alarm':
      return of(type, ({ AlarmName }) => inRegion('cloudwatch', `alarm:${AlarmName}`))
    case 'AWS::CloudWatch::Dashboard':
      return of(type, ({ DashboardName }) => `arn:aws:cloudwatch::${ACCOUNT}:dashboard/${DashboardName}`)
    case 'AWS::Events::Rule':
      return of(type, ({ Name }, madeUp) => inRegion('events', `rule/${Name ?? madeUp.slice(0, 64)}`))
    case 'AWS::IAM::ManagedPolicy':
      return of(type, ({ Path }, madeUp) => `arn:aws:iam::${ACCOUNT}:policy${Path}${madeUp}`)
    case 'AWS::IAM::Role':
      return of(type, ({ Path, RoleName }) => `arn:aws:iam::${ACCOUNT}:role${Path}${RoleName}`)
    case 'AWS::Lambda::EventSourceMapping':
      return [inRegion('lambda', 'event-source-mapping:0a5b2a3c-9d5e-4f6a-8b7c-1d2e3f4a5b6c')]
    case 'AWS::Lambda::EventInvokeConfig':
    case 'AWS::Lambda::Function':
    case 'AWS::Lambda::Permission':
      return functions()
    case 'AWS::Logs::LogGroup':
      return of(type, ({ LogGroupName }) => inRegion('logs', `log-group:${LogGroupName}`))
    case 'AWS::S3::Bucket':
    case 'AWS::S3::BucketPolicy':
      return buckets()
    case 'AWS::SNS::Topic':
      return of(type, ({ TopicName }) => inRegion('sns', `${TopicName}`))
    case 'AWS::SQS::Queue':
    case 'AWS::SQS::QueuePolicy':
      return queues()
    default:
      throw new Error(`${type}: say here under which ARNs IAM knows resources of this type`)
  }
}

/**
 * As CloudFormation makes it up of the names of stack and resource: where both are too long for the 63 characters of a
 * bucket's name, it keeps 24 of each.
 */
function bucketName(stackName: string): string {
  const random = '1abcdefghijkl'
  const whole = `${stackName}-serverlessdeploymentbucket-${random}`
  if (whole.length <= 63) return whole
  return `${stackName.slice(0, 24)}-${'serverlessdeploymentbucket'.slice(0, 24)}-${random}`
}
