import { type CloudTrailClient, type LookupEventsCommandInput, paginateLookupEvents } from '@aws-sdk/client-cloudtrail'
import { TRUST_POLICY_WRITE } from '../cloudtrail/role-call.ts'
import { readRecord, type TrustPolicyEvent } from '../cloudtrail/trust-policy-record.ts'
import { asOutOfTime } from './as-out-of-time.ts'

/** How many pages of 50 are read at most: CloudTrail allows two calls a second in an account and region. */
const MAX_PAGES = 4

/** For how long all of it may take, in milliseconds. */
const TIME_LIMIT = 8_000

/**
 * Who wrote trust policies lately, by CloudTrail's event history, the latest first. It is looked up by the name of the
 * call and not by the role: which resources CloudTrail lists for this call is documented nowhere. In an account with
 * more than 200 such writes since then, only the latest are seen.
 *
 * @param deadline no call outlasts it, however little of the time limit has passed
 * @throws OutOfTimeError at the deadline or the time limit; whatever else the call throws: it is throttled easily
 */
export async function recentTrustPolicyWrites(
  client: CloudTrailClient,
  since: Date,
  deadline: AbortSignal,
): Promise<readonly TrustPolicyEvent[]> {
  const abortSignal = AbortSignal.any([deadline, AbortSignal.timeout(TIME_LIMIT)])
  const input: LookupEventsCommandInput = {
    LookupAttributes: [{ AttributeKey: 'EventName', AttributeValue: TRUST_POLICY_WRITE }],
    StartTime: since,
  }
  const writes: TrustPolicyEvent[] = []
  let pages = 0
  try {
    for await (const { Events: events = [] } of paginateLookupEvents({ client }, input, { abortSignal })) {
      for (const { CloudTrailEvent: text = '' } of events) {
        const record = readRecord(text)
        if (record.kind === 'event' && record.event.call === TRUST_POLICY_WRITE) writes.push(record.event)
      }
      pages += 1
      if (pages === MAX_PAGES) break
    }
  } catch (error) {
    throw asOutOfTime('LookupEvents', error)
  }
  return writes
}
