import type { EventBridgeClient } from '@aws-sdk/client-eventbridge'
import type { IAMClient } from '@aws-sdk/client-iam'
import { type Cast, castOf } from './role-stories.ts'
import type { Sandbox } from './sandbox.ts'
import { type FunctionId, type StackNames, stackNames } from './stack-names.ts'
import type { ServiceEvent, TrailEvent } from './trail.ts'

/** Where the stories are played: an account with the stack deployed into it. */
export interface StoryStage {
  readonly cast: Cast
  readonly names: StackNames
  readonly iam: IAMClient
  readonly events: EventBridgeClient
  /** IAM as a person uses it; of each change that is told which the record by CloudTrail is. */
  iamOfPerson(tell: (event: TrailEvent) => Promise<void>): IAMClient
  /** Brings a record to the event bus, where no CloudTrail does. */
  deliver(event: ServiceEvent): Promise<void>
  /** While this goes on, no event of what is done reaches the stack. */
  withoutEvents<Value>(work: () => Promise<Value>): Promise<Value>
  /** @throws Error in the words of the function where it fails */
  invoke(id: FunctionId, payload: unknown): Promise<unknown>
  trustPolicy(roleName: string): Promise<unknown>
  /** Of all roles that a story may change, and of others, by name. */
  allTrustPolicies(): Promise<ReadonlyMap<string, unknown>>
  countMessages(queueName: string): Promise<number>
  /** Whether an event is in the queue as soon as the call is made; else it takes minutes, and an empty queue says nothing. */
  readonly eventsComeAtOnce: boolean
  /** For how long events may take in all, in milliseconds; a failing one is tried again after 190 s. */
  readonly patience: number
  /** Between two looks, in milliseconds. */
  readonly pause: number
}

/** The sandbox with its own stack, which has the default settings. */
export function stageOf(sandbox: Sandbox): StoryStage {
  return {
    ...sandbox,
    cast: castOf(sandbox.key.provider),
    names: stackNames(),
    // Of what the account's root user does, no event tells.
    withoutEvents: (work) => work(),
    eventsComeAtOnce: true,
    patience: 120_000,
    pause: 200,
  }
}
