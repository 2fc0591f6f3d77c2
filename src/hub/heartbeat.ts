import * as z from 'zod/mini'
import { readInput } from '../input.ts'
import { GONE_AFTER } from './silence.ts'
import { FailedSweep, FinishedSweep, type Sweep } from './sweep.ts'

/** What an account told of its last sweep. Who told it is what AWS wrote into the event; all else is what it claims. */
export interface Heartbeat {
  /** The account that EventBridge had the event from. */
  readonly account: string
  /** The name of the stack, of which an account can have several. */
  readonly stack: string
  /** In milliseconds since the epoch. */
  readonly time: number
  /** Of the event: tells two of the same second apart, and is the same where one comes twice. */
  readonly id: string
  readonly sweep: Sweep
}

/** How far clocks may differ, in milliseconds. Whoever puts an event may give it a time of their own. */
const FUTURE = 5 * 60_000

const OLDEST = 'a time after which an account is not gone yet'
const NEWEST = 'a time that is not to come'

const account = z.string('an account').check(z.regex(/^\d{12}$/, 'the 12 digits of an account'))

/** An event as EventBridge puts it into a queue; the times are those between which it may be of. */
const envelopeBetween = (oldest: number, newest: number) =>
  z.object(
    {
      id: z.string('the id of an event').check(z.regex(/^[A-Za-z0-9-]{1,64}$/, 'the id of an event')),
      source: z.literal('okta-role-trust', 'okta-role-trust'),
      'detail-type': z.enum(['Sweep Finished', 'Sweep Failed'], '"Sweep Finished" or "Sweep Failed"'),
      account,
      time: z.string('a time').check(
        z.regex(/^\d{4}-\d\d-\d\dT[\d:.]{5,20}Z$/, { error: 'a time', abort: true }),
        z.refine((time) => Date.parse(time) >= oldest, OLDEST),
        z.refine((time) => Date.parse(time) <= newest, NEWEST),
      ),
      detail: z.looseObject(
        {
          // As long as the names in a stack may be.
          stack: z.string('the name of a stack').check(z.regex(/^[A-Za-z][A-Za-z0-9-]{0,63}$/, 'the name of a stack')),
        },
        'an object',
      ),
    },
    'an event',
  )

/**
 * Reads an event of EventBridge, as it comes in a message of the queue. Nothing of its detail is taken for where it comes
 * from, and what has no place in a sweep is dropped.
 *
 * @param now in milliseconds since the epoch
 * @throws InvalidInputError where it is no heartbeat, or of a time that cannot be
 */
export function readHeartbeat(body: string, now: number): Heartbeat {
  const envelope = readInput(envelopeBetween(now - GONE_AFTER, now + FUTURE), parseJson(body), 'event')
  const { id, account, time, detail } = envelope
  const sweep =
    envelope['detail-type'] === 'Sweep Finished'
      ? readInput(FinishedSweep, { ...detail, kind: 'finished' }, 'event.detail')
      : readInput(FailedSweep, { ...detail, kind: 'failed' }, 'event.detail')
  return { account, stack: detail.stack, time: Date.parse(time), id, sweep }
}

/** The account that EventBridge had a message's event from, also where the rest of it is wrong. */
export function accountOf(body: string): string | undefined {
  return z.safeParse(z.object({ account }), parseJson(body)).data?.account
}

/** Undefined where it is no JSON, which is no event either. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
