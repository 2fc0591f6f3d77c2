import { formatError } from '../errors.ts'
import type { OutcomeEvent } from './outcome-event.ts'

/** Sends some events; returns those that were not accepted, each with the reason. */
export type SendEvents = (events: readonly OutcomeEvent[]) => Promise<ReadonlyMap<OutcomeEvent, string>>

/** Publishes outcomes while the next roles are worked on. */
export interface OutcomePublisher {
  /** Never waits and never fails. */
  publish(event: OutcomeEvent): void
  /** Waits until everything is sent, or until the deadline: what then still waits is given up, but no call under way. */
  settle(deadline: AbortSignal): Promise<void>
  /** Sends an event when everything else is settled, in a call of its own; none after the deadline. */
  publishLast(event: OutcomeEvent, deadline: AbortSignal): Promise<void>
}

/** The most events that PutEvents takes at once (EventBridge API reference). */
const BATCH_SIZE = 10

const TOO_LATE = 'the event bus did not answer in time'

/**
 * Sends the first event at once, and what comes meanwhile in the next call: so an invocation that is cut short has sent
 * nearly all, and no role waits for it.
 *
 * @param send must end within some seconds, whatever happens
 * @param onUnsent called with each event that was not sent, and the reason
 */
export function outcomePublisher(
  send: SendEvents,
  onUnsent: (event: OutcomeEvent, reason: string) => void,
): OutcomePublisher {
  const waiting: OutcomeEvent[] = []
  let sending: Promise<void> | undefined

  const sendWaiting = async (): Promise<void> => {
    while (waiting.length > 0) {
      for (const [event, reason] of await sendOrFail(waiting.splice(0, BATCH_SIZE), send)) onUnsent(event, reason)
    }
    sending = undefined
  }
  const publish = (event: OutcomeEvent): void => {
    waiting.push(event)
    sending ??= sendWaiting()
  }
  const settle = async (deadline: AbortSignal): Promise<void> => {
    const stop = () => {
      for (const event of waiting.splice(0)) onUnsent(event, TOO_LATE)
    }
    deadline.addEventListener('abort', stop)
    if (deadline.aborted) stop()
    await sending
    deadline.removeEventListener('abort', stop)
  }
  return {
    publish,
    settle,
    async publishLast(event, deadline) {
      await settle(deadline)
      if (deadline.aborted) return onUnsent(event, TOO_LATE)
      publish(event)
      await settle(deadline)
    },
  }
}

async function sendOrFail(events: readonly OutcomeEvent[], send: SendEvents): ReturnType<SendEvents> {
  try {
    return await send(events)
  } catch (error) {
    const reason = formatError(error)
    return new Map(events.map((event) => [event, reason]))
  }
}
