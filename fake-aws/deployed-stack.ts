import {
  type DescribeTrailsCommandInput,
  type GetEventSelectorsCommandInput,
  type GetEventSelectorsResponse,
  type GetTrailStatusCommandInput,
  type Trail,
  TrailNotFoundException,
} from '@aws-sdk/client-cloudtrail'
import {
  type DescribeRuleCommandInput,
  type ListRuleNamesByTargetCommandInput,
  type ListRulesCommandInput,
  type ListTargetsByRuleCommandInput,
  ResourceNotFoundException as RuleNotFoundException,
} from '@aws-sdk/client-eventbridge'
import type { SimulatePrincipalPolicyCommandInput } from '@aws-sdk/client-iam'
import type {
  GetFunctionConcurrencyCommandInput,
  GetFunctionConfigurationCommandOutput,
  ListEventSourceMappingsCommandInput,
  ListTagsCommandInput,
} from '@aws-sdk/client-lambda'
import { type GetTopicAttributesCommandInput, NotFoundException } from '@aws-sdk/client-sns'
import type { GetQueueAttributesCommandInput } from '@aws-sdk/client-sqs'
import type { Answers } from './api-calls.ts'

/** The calls that only ask for the state of a deployed stack and of what it depends on. */
export interface StackCallInputs {
  DescribeTrails: DescribeTrailsCommandInput
  GetTrailStatus: GetTrailStatusCommandInput
  GetEventSelectors: GetEventSelectorsCommandInput
  GetFunctionConcurrency: GetFunctionConcurrencyCommandInput
  ListEventSourceMappings: ListEventSourceMappingsCommandInput
  ListTags: ListTagsCommandInput
  DescribeRule: DescribeRuleCommandInput
  ListTargetsByRule: ListTargetsByRuleCommandInput
  ListRuleNamesByTarget: ListRuleNamesByTargetCommandInput
  ListRules: ListRulesCommandInput
  GetQueueAttributes: GetQueueAttributesCommandInput
  GetTopicAttributes: GetTopicAttributesCommandInput
  SimulatePrincipalPolicy: SimulatePrincipalPolicyCommandInput
}

export interface TrailDefinition extends Trail {
  readonly isLogging: boolean
  readonly selectors: Pick<GetEventSelectorsResponse, 'EventSelectors' | 'AdvancedEventSelectors'>
}

export interface RuleDefinition {
  readonly state: string
  readonly schedule?: string
  readonly targets: readonly string[]
}

/** The state of a stack's parts, as CloudTrail, Lambda, EventBridge, SQS and SNS show it. Names and ARNs are keys. */
export class DeployedStack {
  /** By ARN. Those of other accounts, such as an organization's, are listed without their state. */
  readonly trails = new Map<string, TrailDefinition>()
  readonly functionStates = new Map<string, Partial<GetFunctionConfigurationCommandOutput>>()
  /** Of every function, as those of the stack are handed on. */
  tags: Readonly<Record<string, string>> = {}
  readonly reservedConcurrency = new Map<string, number>()
  /** State of the event source by `FUNCTION QUEUE_ARN`. */
  readonly eventSources = new Map<string, string>()
  readonly rules = new Map<string, RuleDefinition>()
  /** Messages by the name of the queue: waiting, in flight, delayed. */
  readonly depths = new Map<string, readonly [number, number, number]>()
  /** Subscriptions by ARN of the topic: confirmed, pending. */
  readonly topics = new Map<string, readonly [number, number]>()
  /** ARNs of the roles that may not do what a simulation asks; all others may. */
  readonly deniedRoles = new Set<string>()

  readonly #accountId: () => string

  constructor(accountId: () => string) {
    this.#accountId = accountId
  }

  readonly answers: Answers<StackCallInputs> = {
    DescribeTrails: () => ({
      trailList: [...this.trails].map(([TrailARN, { isLogging, selectors, ...trail }]) => ({ ...trail, TrailARN })),
    }),

    GetTrailStatus: ({ Name: arn = '' }) => ({
      IsLogging: this.#ownTrail(arn).isLogging,
    }),

    GetEventSelectors: ({ TrailName: arn = '' }) => ({
      TrailARN: arn,
      ...this.#ownTrail(arn).selectors,
    }),

    GetFunctionConcurrency: ({ FunctionName: name = '' }) => ({
      ReservedConcurrentExecutions: this.reservedConcurrency.get(name),
    }),

    ListEventSourceMappings: ({ FunctionName: name = '' }) => ({
      EventSourceMappings: [...this.eventSources].flatMap(([key, State]) => {
        const [functionName, EventSourceArn] = key.split(' ')
        return functionName === name ? [{ UUID: 'a1b2c3d4-0000-4000-8000-000000000000', EventSourceArn, State }] : []
      }),
    }),

    ListTags: () => ({ Tags: this.tags }),

    DescribeRule: ({ Name: name = '' }) => {
      const { state, schedule } = this.#rule(name)
      return { Name: name, State: state, ScheduleExpression: schedule }
    },

    ListTargetsByRule: ({ Rule: name = '' }) => ({
      Targets: this.#rule(name).targets.map((arn, index) => ({ Id: `target-${index}`, Arn: arn })),
    }),

    /** One name a page, as EventBridge may answer. */
    ListRuleNamesByTarget: ({ TargetArn: arn = '', NextToken }) => {
      const names = [...this.rules].filter(([, { targets }]) => targets.includes(arn)).map(([name]) => name)
      const start = Number(NextToken ?? 0)
      return {
        RuleNames: names.slice(start, start + 1),
        NextToken: start + 1 < names.length ? `${start + 1}` : undefined,
      }
    },

    ListRules: ({ NamePrefix: prefix = '' }) => ({
      Rules: [...this.rules]
        .filter(([name]) => name.startsWith(prefix))
        .map(([Name, { state, schedule }]) => ({ Name, State: state, ScheduleExpression: schedule })),
    }),

    GetQueueAttributes: ({ QueueUrl: url = '' }) => {
      const [waiting, inFlight, delayed] = this.depths.get(url.slice(url.lastIndexOf('/') + 1)) ?? [0, 0, 0]
      return {
        Attributes: {
          ApproximateNumberOfMessages: `${waiting}`,
          ApproximateNumberOfMessagesNotVisible: `${inFlight}`,
          ApproximateNumberOfMessagesDelayed: `${delayed}`,
        },
      }
    },

    GetTopicAttributes: ({ TopicArn: arn = '' }) => {
      const subscriptions = this.topics.get(arn)
      if (subscriptions === undefined) {
        throw new NotFoundException({ message: 'Topic does not exist', $metadata: { httpStatusCode: 404 } })
      }
      const [confirmed, pending] = subscriptions
      return { Attributes: { SubscriptionsConfirmed: `${confirmed}`, SubscriptionsPending: `${pending}` } }
    },

    SimulatePrincipalPolicy: ({ PolicySourceArn: arn = '', ActionNames: [action] = [] }) => ({
      EvaluationResults: [
        { EvalActionName: action, EvalDecision: this.deniedRoles.has(arn) ? 'explicitDeny' : 'allowed' },
      ],
    }),
  }

  #ownTrail(arn: string): TrailDefinition {
    const trail = arn.includes(`:${this.#accountId()}:`) ? this.trails.get(arn) : undefined
    if (trail !== undefined) return trail
    const message = `Unknown trail: ${arn} for the user: ${this.#accountId()}`
    throw new TrailNotFoundException({ message, $metadata: { httpStatusCode: 400 } })
  }

  #rule(name: string): RuleDefinition {
    const rule = this.rules.get(name)
    if (rule !== undefined) return rule
    const message = `Rule ${name} does not exist on EventBus default.`
    throw new RuleNotFoundException({ message, $metadata: { httpStatusCode: 400 } })
  }
}
