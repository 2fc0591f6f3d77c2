import {
  DescribeTrailsCommand,
  type DescribeTrailsCommandInput,
  GetEventSelectorsCommand,
  type GetEventSelectorsCommandInput,
  type GetEventSelectorsResponse,
  GetTrailStatusCommand,
  type GetTrailStatusCommandInput,
  type Trail,
  TrailNotFoundException,
} from '@aws-sdk/client-cloudtrail'
import {
  DescribeRuleCommand,
  type DescribeRuleCommandInput,
  ListRuleNamesByTargetCommand,
  type ListRuleNamesByTargetCommandInput,
  ListRulesCommand,
  type ListRulesCommandInput,
  ListTargetsByRuleCommand,
  type ListTargetsByRuleCommandInput,
  ResourceNotFoundException as RuleNotFoundException,
} from '@aws-sdk/client-eventbridge'
import {
  GetFunctionConcurrencyCommand,
  type GetFunctionConcurrencyCommandInput,
  type GetFunctionConfigurationCommandOutput,
  ListEventSourceMappingsCommand,
  type ListEventSourceMappingsCommandInput,
} from '@aws-sdk/client-lambda'
import { GetTopicAttributesCommand, type GetTopicAttributesCommandInput, NotFoundException } from '@aws-sdk/client-sns'
import { GetQueueAttributesCommand, type GetQueueAttributesCommandInput } from '@aws-sdk/client-sqs'

/** The calls that only ask how a deployed stack and its surroundings fare. */
export interface StackCallInputs {
  DescribeTrails: DescribeTrailsCommandInput
  GetTrailStatus: GetTrailStatusCommandInput
  GetEventSelectors: GetEventSelectorsCommandInput
  GetFunctionConcurrency: GetFunctionConcurrencyCommandInput
  ListEventSourceMappings: ListEventSourceMappingsCommandInput
  DescribeRule: DescribeRuleCommandInput
  ListTargetsByRule: ListTargetsByRuleCommandInput
  ListRuleNamesByTarget: ListRuleNamesByTargetCommandInput
  ListRules: ListRulesCommandInput
  GetQueueAttributes: GetQueueAttributesCommandInput
  GetTopicAttributes: GetTopicAttributesCommandInput
}

type StackCallName = keyof StackCallInputs

interface StackCall {
  readonly name: StackCallName
  readonly input: StackCallInputs[StackCallName]
  readonly answer: () => object
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

/** How the parts of a stack fare, as CloudTrail, Lambda, EventBridge, SQS and SNS tell. Names and ARNs are keys. */
export class DeployedStack {
  /** By ARN. Those of other accounts are listed, and their state is not told: so it is with an organization's. */
  readonly trails = new Map<string, TrailDefinition>()
  readonly functionStates = new Map<string, Partial<GetFunctionConfigurationCommandOutput>>()
  readonly reservedConcurrency = new Map<string, number>()
  /** State of the event source by `FUNCTION QUEUE_ARN`. */
  readonly eventSources = new Map<string, string>()
  readonly rules = new Map<string, RuleDefinition>()
  /** Messages by the name of the queue: waiting, in flight, delayed. */
  readonly depths = new Map<string, readonly [number, number, number]>()
  /** Subscriptions by ARN of the topic: confirmed, pending. */
  readonly topics = new Map<string, readonly [number, number]>()

  readonly #accountId: string

  constructor(accountId: string) {
    this.#accountId = accountId
  }

  /** What a command asks, and how it is answered; undefined for a command that is about something else. */
  callOf(command: object): StackCall | undefined {
    const call = <Name extends StackCallName>(
      name: Name,
      input: StackCallInputs[Name],
      answer: (input: StackCallInputs[Name]) => object,
    ): StackCall => ({ name, input, answer: () => answer(input) })
    if (command instanceof DescribeTrailsCommand) return call('DescribeTrails', command.input, this.#describeTrails)
    if (command instanceof GetTrailStatusCommand) return call('GetTrailStatus', command.input, this.#getTrailStatus)
    if (command instanceof GetEventSelectorsCommand) {
      return call('GetEventSelectors', command.input, this.#getEventSelectors)
    }
    if (command instanceof GetFunctionConcurrencyCommand) {
      return call('GetFunctionConcurrency', command.input, this.#getFunctionConcurrency)
    }
    if (command instanceof ListEventSourceMappingsCommand) {
      return call('ListEventSourceMappings', command.input, this.#listEventSourceMappings)
    }
    if (command instanceof ListRulesCommand) return call('ListRules', command.input, this.#listRules)
    if (command instanceof DescribeRuleCommand) return call('DescribeRule', command.input, this.#describeRule)
    if (command instanceof ListTargetsByRuleCommand) {
      return call('ListTargetsByRule', command.input, this.#listTargetsByRule)
    }
    if (command instanceof ListRuleNamesByTargetCommand) {
      return call('ListRuleNamesByTarget', command.input, this.#listRuleNamesByTarget)
    }
    if (command instanceof GetQueueAttributesCommand) {
      return call('GetQueueAttributes', command.input, this.#getQueueAttributes)
    }
    if (command instanceof GetTopicAttributesCommand) {
      return call('GetTopicAttributes', command.input, this.#getTopicAttributes)
    }
    return undefined
  }

  readonly #describeTrails = () => ({
    trailList: [...this.trails].map(([TrailARN, { isLogging, selectors, ...trail }]) => ({ ...trail, TrailARN })),
  })

  readonly #getTrailStatus = ({ Name: arn = '' }: GetTrailStatusCommandInput) => ({
    IsLogging: this.#ownTrail(arn).isLogging,
  })

  readonly #getEventSelectors = ({ TrailName: arn = '' }: GetEventSelectorsCommandInput) => ({
    TrailARN: arn,
    ...this.#ownTrail(arn).selectors,
  })

  #ownTrail(arn: string): TrailDefinition {
    const trail = arn.includes(`:${this.#accountId}:`) ? this.trails.get(arn) : undefined
    if (trail !== undefined) return trail
    const message = `Unknown trail: ${arn} for the user: ${this.#accountId}`
    throw new TrailNotFoundException({ message, $metadata: { httpStatusCode: 400 } })
  }

  readonly #getFunctionConcurrency = ({ FunctionName: name = '' }: GetFunctionConcurrencyCommandInput) => ({
    ReservedConcurrentExecutions: this.reservedConcurrency.get(name),
  })

  readonly #listEventSourceMappings = ({ FunctionName: name = '' }: ListEventSourceMappingsCommandInput) => ({
    EventSourceMappings: [...this.eventSources].flatMap(([key, State]) => {
      const [functionName, EventSourceArn] = key.split(' ')
      return functionName === name ? [{ UUID: 'a1b2c3d4-0000-4000-8000-000000000000', EventSourceArn, State }] : []
    }),
  })

  readonly #describeRule = ({ Name: name = '' }: DescribeRuleCommandInput) => {
    const { state, schedule } = this.#rule(name)
    return { Name: name, State: state, ScheduleExpression: schedule }
  }

  readonly #listTargetsByRule = ({ Rule: name = '' }: ListTargetsByRuleCommandInput) => ({
    Targets: this.#rule(name).targets.map((arn, index) => ({ Id: `target-${index}`, Arn: arn })),
  })

  /** One name a page, as EventBridge may answer. */
  readonly #listRuleNamesByTarget = ({ TargetArn: arn = '', NextToken }: ListRuleNamesByTargetCommandInput) => {
    const names = [...this.rules].filter(([, { targets }]) => targets.includes(arn)).map(([name]) => name)
    const start = Number(NextToken ?? 0)
    return {
      RuleNames: names.slice(start, start + 1),
      NextToken: start + 1 < names.length ? `${start + 1}` : undefined,
    }
  }

  readonly #listRules = ({ NamePrefix: prefix = '' }: ListRulesCommandInput) => ({
    Rules: [...this.rules]
      .filter(([name]) => name.startsWith(prefix))
      .map(([Name, { state, schedule }]) => ({ Name, State: state, ScheduleExpression: schedule })),
  })

  #rule(name: string): RuleDefinition {
    const rule = this.rules.get(name)
    if (rule !== undefined) return rule
    const message = `Rule ${name} does not exist on EventBus default.`
    throw new RuleNotFoundException({ message, $metadata: { httpStatusCode: 400 } })
  }

  readonly #getQueueAttributes = ({ QueueUrl: url = '' }: GetQueueAttributesCommandInput) => {
    const [waiting, inFlight, delayed] = this.depths.get(url.slice(url.lastIndexOf('/') + 1)) ?? [0, 0, 0]
    return {
      Attributes: {
        ApproximateNumberOfMessages: `${waiting}`,
        ApproximateNumberOfMessagesNotVisible: `${inFlight}`,
        ApproximateNumberOfMessagesDelayed: `${delayed}`,
      },
    }
  }

  readonly #getTopicAttributes = ({ TopicArn: arn = '' }: GetTopicAttributesCommandInput) => {
    const subscriptions = this.topics.get(arn)
    if (subscriptions === undefined) {
      throw new NotFoundException({ message: 'Topic does not exist', $metadata: { httpStatusCode: 404 } })
    }
    const [confirmed, pending] = subscriptions
    return { Attributes: { SubscriptionsConfirmed: `${confirmed}`, SubscriptionsPending: `${pending}` } }
  }
}
