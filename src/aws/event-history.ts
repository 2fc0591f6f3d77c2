import { type CloudTrailClient, type LookupAttribute, LookupEventsCommand } from '@aws-sdk/client-cloudtrail'
import type { EventHistory } from '../role-history.ts'

/** The most that LookupEvents takes (CloudTrail API reference). */
const PAGE_SIZE = 50

/** How many pages of one lookup are read at most: CloudTrail allows two calls a second in an account and region. */
const MAX_PAGES = 60

/** How many records of one lookup are read at most. */
export const MAX_RECORDS = MAX_PAGES * PAGE_SIZE

/** CloudTrail's event history of the client's region. It reaches back 90 days, and takes no trail. */
export function eventHistory(client: CloudTrailClient): EventHistory {
  const readPage = (attribute: LookupAttribute, since: number | undefined, token: string | undefined) =>
    client.send(
      new LookupEventsCommand({
        LookupAttributes: [attribute],
        StartTime: since === undefined ? undefined : new Date(since),
        MaxResults: PAGE_SIZE,
        NextToken: token,
      }),
    )
  return {
    async lookUp(attribute, value, since, onPage) {
      const records: string[] = []
      let oldest = Date.now()
      let token: string | undefined
      for (let page = 0; page < MAX_PAGES; page += 1) {
        const answer = await readPage({ AttributeKey: attribute, AttributeValue: value }, since, token)
        onPage()
        for (const { CloudTrailEvent: record = '', EventTime: time } of answer.Events ?? []) {
          records.push(record)
          oldest = Math.min(oldest, time?.getTime() ?? oldest)
        }
        token = answer.NextToken
        if (token === undefined) return { records, completeSince: since }
      }
      return { records, completeSince: oldest }
    },

    async readEvent(eventId) {
      const { Events: events = [] } = await readPage(
        { AttributeKey: 'EventId', AttributeValue: eventId },
        undefined,
        undefined,
      )
      return events.find((event) => event.EventId === eventId)?.CloudTrailEvent
    },
  }
}
