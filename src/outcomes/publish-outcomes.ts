import { formatError } from '../errors.ts'
import type { OutcomeEvent } from './outcome-event.ts'

/** Sends some events; returns those that were not taken, each with the reason. */
export type SendEvents = (events: readonly OutcomeEvent[]) => Promise<ReadonlyMap<OutcomeEvent, string>>

/** Tells others of outcomes while the next roles are at work. */
export interface OutcomePublisher {
  /** Never waits and never fails. */
  tell(event: OutcomeEvent): void
  /** Waits until everything has been told. At the signal what still waits is given up; a call under way is waited for. */
  settle(deadline: AbortSignal): Promise<void>
}

/** The most events that PutEvents takes at once (EventBridge API reference). */
const BATCH_SIZE = 10

/**
 * Sends the first event at once, and what comes meanwhile together with the next: so an invocation that is cut short has
 * told nearly all, and no role waits for it.
 *
 * @param send must end within some seconds, whatever happens
 * @param onUnsent told of each event that did not get out, with the reason
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
  return {
    tell(event) {
      waiting.push(event)
      sending ??= sendWaiting()
    },
    async settle(deadline) {
      const stop = () => {
        for (const event of waiting.splice(0)) onUnsent(event, 'the event bus did not answer in time')
      }
      deadline.addEventListener('abort', stop)
      if (deadline.aborted) stop()
      await sending
      deadline.removeEventListener('abort', stop)
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
