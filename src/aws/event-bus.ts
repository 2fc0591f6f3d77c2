import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge'
import type { SendEvents } from '../outcomes/publish-outcomes.ts'
import { asOutOfTime } from './as-out-of-time.ts'

/** For how long a call may go on, retries included, in milliseconds. */
const TIME_LIMIT = 2_000

/**
 * Puts events on the default event bus of the account, at most ten at once. Fails where the call as a whole does.
 *
 * @param sender what each of the events says of where it comes from: the name of the stack, and the version of this system
 */
export function eventBus(
  client: EventBridgeClient,
  sender: { readonly stack: string; readonly productVersion: string },
): SendEvents {
  return async (events) => {
    const command = new PutEventsCommand({
      Entries: events.map(({ source, type, resources, detail }) => ({
        Source: source,
        DetailType: type,
        Resources: [...resources],
        Detail: JSON.stringify({ ...detail, ...sender }),
      })),
    })
    const { Entries: taken = [] } = await client
      .send(command, { abortSignal: AbortSignal.timeout(TIME_LIMIT) })
      .catch((error) => {
        throw asOutOfTime('PutEvents', error)
      })
    // The answer lists the events in the order in which they were sent (EventBridge API reference).
    const refused = new Map<(typeof events)[number], string>()
    for (const [index, event] of events.entries()) {
      const { EventId: id, ErrorCode: code, ErrorMessage: message } = taken[index] ?? {}
      if (id === undefined) refused.set(event, `${code ?? 'no answer for this event'}: ${message ?? 'no reason given'}`)
    }
    return refused
  }
}
