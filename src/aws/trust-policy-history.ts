import { type CloudTrailClient, LookupEventsCommand } from '@aws-sdk/client-cloudtrail'
import type { TrustPolicyWrite } from '../flapping.ts'
import { readTrustPolicyWrite } from '../iam-call.ts'
import { faultOf } from './fault-of.ts'

/** How many pages of 50 are read at most: CloudTrail allows two calls a second in an account and region. */
const MAX_PAGES = 4

/** For how long all of it may take, in milliseconds. */
const TIME_LIMIT = 8_000

/**
 * Who wrote trust policies lately, by CloudTrail's event history, the latest first. It is looked up by the name of the
 * call and not by the role: which resources CloudTrail lists for this call is documented nowhere. In an account with more
 * than 200 such writes since then, only the latest are seen.
 *
 * @param deadline no call outlasts it, however little of the time limit has passed
 * @throws OutOfTimeError at the deadline or the time limit; whatever else the call throws: it is throttled easily
 */
export async function recentTrustPolicyWrites(client: CloudTrailClient, since: Date, deadline: AbortSignal) {
  const abortSignal = AbortSignal.any([deadline, AbortSignal.timeout(TIME_LIMIT)])
  const writes: TrustPolicyWrite[] = []
  let token: string | undefined
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const command = new LookupEventsCommand({
      LookupAttributes: [{ AttributeKey: 'EventName', AttributeValue: 'UpdateAssumeRolePolicy' }],
      StartTime: since,
      NextToken: token,
    })
    const { Events: events = [], NextToken: next } = await client.send(command, { abortSignal }).catch((error) => {
      throw faultOf('LookupEvents', error)
    })
    for (const { CloudTrailEvent: record = '' } of events) {
      const write = readTrustPolicyWrite(record)
      if (write !== undefined) writes.push(write)
    }
    if (next === undefined) break
    token = next
  }
  return writes
}
