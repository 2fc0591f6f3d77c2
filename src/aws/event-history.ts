import { type CloudTrailClient, LookupEventsCommand, paginateLookupEvents } from '@aws-sdk/client-cloudtrail'
import type { EventHistory } from '../cloudtrail/role-history.ts'

/** The most that LookupEvents takes (CloudTrail API reference). */
const PAGE_SIZE = 50

/** How many pages of one lookup are read at most: CloudTrail allows two calls a second in an account and region. */
const MAX_PAGES = 60

/** How many records of one lookup are read at most. */
export const MAX_RECORDS = MAX_PAGES * PAGE_SIZE

/** CloudTrail's event history of the client's region. It reaches back 90 days, and takes no trail. */
export function eventHistory(client: CloudTrailClient): EventHistory {
  return {
    async lookUp(attribute, value, since, onPage) {
      const records: string[] = []
      let oldest = Date.now()
      let pages = 0
      const input = {
        LookupAttributes: [{ AttributeKey: attribute, AttributeValue: value }],
        StartTime: new Date(since),
      }
      for await (const page of paginateLookupEvents({ client, pageSize: PAGE_SIZE }, input)) {
        pages += 1
        onPage()
        for (const { CloudTrailEvent: record = '', EventTime: time } of page.Events ?? []) {
          records.push(record)
          oldest = Math.min(oldest, time?.getTime() ?? oldest)
        }
        if (pages === MAX_PAGES && page.NextToken !== undefined) return { records, completeSince: oldest }
      }
      return { records, completeSince: since }
    },

    async readEvent(eventId) {
      const command = new LookupEventsCommand({
        LookupAttributes: [{ AttributeKey: 'EventId', AttributeValue: eventId }],
        MaxResults: PAGE_SIZE,
      })
      const { Events: events = [] } = await client.send(command)
      return events.find((event) => event.EventId === eventId)?.CloudTrailEvent
    },
  }
}
