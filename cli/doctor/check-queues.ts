import type { QueueDepth } from '../../src/aws/queue-depth.ts'
import { failure, ok, type Verdict } from './finding.ts'
import type { Part, StackPlace } from './stack-parts.ts'

/** How much waits for role-event. No number is too high by itself: a sweep may hand on every role of an account. */
export function checkQueue(name: string, depth: QueueDepth | undefined, { remedies }: StackPlace): Verdict {
  if (depth === undefined) return failure(`the queue ${name} is missing`, remedies.rebuild)
  const { waiting, inFlight, delayed } = depth
  if (waiting + inFlight + delayed === 0) return ok(`the queue ${name} is empty`)
  return ok(`the queue ${name} holds ${waiting} waiting, ${inFlight} in flight, ${delayed} delayed`)
}

/** Whether anything was given up. */
export function checkDeadLetters(
  deadLetters: Part,
  queue: Part,
  depth: QueueDepth | undefined,
  { stackName, remedies }: StackPlace,
): Verdict {
  if (depth === undefined) return failure(`the queue ${deadLetters.name} is missing`, remedies.rebuild)
  const messages = depth.waiting + depth.inFlight + depth.delayed
  if (messages === 0) return ok(`the queue ${deadLetters.name} is empty`)
  return failure(
    `${deadLetters.name} holds ${messages === 1 ? '1 message' : `${messages} messages`}: events that failed several times`,
    `mend what the log of ${stackName}-role-event names, then ${remedies.aws('sqs start-message-move-task', '--source-arn', deadLetters.arn, '--destination-arn', queue.arn)} (docs/operating.md, "A message in the dead-letter queue")`,
  )
}
