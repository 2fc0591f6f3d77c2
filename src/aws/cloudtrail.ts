import {
  CloudTrailClient,
  DescribeTrailsCommand,
  type EventSelector,
  GetEventSelectorsCommand,
  GetTrailStatusCommand,
  LookupEventsCommand,
  paginateLookupEvents,
  type AdvancedFieldSelector as SdkFieldSelector,
} from '@aws-sdk/client-cloudtrail'
import type { EventHistory } from '../cloudtrail/role-history.ts'
import { MalformedResponseError } from '../errors.ts'
import { type AwsTarget, maxAttempts, requestHandler } from './clients.ts'

/** A trail that records the events of a region: one of that region, or one of all regions that lives elsewhere. */
export interface Trail {
  readonly name: string
  readonly arn: string
  readonly homeRegion: string
  /** Of an organization: it lives in the management account, and other accounts may not be let read it. */
  readonly isOfOrganization: boolean
  /** Whether it records the events of services without regions, such as IAM. */
  readonly includesGlobalServices: boolean
}

/** Which events a trail records: those that any of its selectors takes. It has selectors of one kind only. */
export interface EventSelectors {
  readonly basic: readonly BasicSelector[]
  /** Of each: the conditions that an event must all meet. */
  readonly advanced: readonly (readonly FieldSelector[])[]
}

export interface BasicSelector {
  readonly readWriteType: string
  readonly includesManagementEvents: boolean
  /** Such as `kms.amazonaws.com`. */
  readonly excludedSources: readonly string[]
}

/** A condition on one field of an event's record, such as `eventCategory`. Lists that are empty say nothing. */
export interface FieldSelector {
  readonly field: string
  readonly equals: readonly string[]
  readonly startsWith: readonly string[]
  readonly endsWith: readonly string[]
  readonly notEquals: readonly string[]
  readonly notStartsWith: readonly string[]
  readonly notEndsWith: readonly string[]
}

export interface TrailReader {
  /** The trails that record the events of a region, wherever they live. */
  listTrails(region: string): Promise<readonly Trail[]>
  isLogging(trail: Trail): Promise<boolean>
  readSelectors(trail: Trail): Promise<EventSelectors>
}

/**
 * CloudTrail's trails. Their state is asked for where they live, by their ARN: elsewhere CloudTrail knows no selectors of
 * them (TrailNotFoundException).
 */
export function trailReader(target: AwsTarget): TrailReader {
  const clientIn = (region: string) => new CloudTrailClient({ requestHandler, maxAttempts, ...target, region })
  return {
    async listTrails(region) {
      const { trailList: trails } = await clientIn(region).send(new DescribeTrailsCommand({}))
      if (trails === undefined) throw new MalformedResponseError('DescribeTrails: found no list of trails')
      return trails.map((trail) => {
        const { Name: name, TrailARN: arn, HomeRegion: homeRegion } = trail
        if (name === undefined || arn === undefined || homeRegion === undefined) {
          throw new MalformedResponseError(`DescribeTrails: found a trail without name, ARN or region: ${arn ?? name}`)
        }
        const { IsOrganizationTrail: isOfOrganization = false, IncludeGlobalServiceEvents: includes = false } = trail
        return { name, arn, homeRegion, isOfOrganization, includesGlobalServices: includes }
      })
    },

    async isLogging({ arn, homeRegion }) {
      const { IsLogging: isLogging } = await clientIn(homeRegion).send(new GetTrailStatusCommand({ Name: arn }))
      if (isLogging !== undefined) return isLogging
      throw new MalformedResponseError(`GetTrailStatus: found nothing on logging in the answer for ${arn}`)
    },

    async readSelectors({ arn, homeRegion }) {
      const answer = await clientIn(homeRegion).send(new GetEventSelectorsCommand({ TrailName: arn }))
      const { EventSelectors: basic, AdvancedEventSelectors: advanced } = answer
      if (basic === undefined && advanced === undefined) {
        throw new MalformedResponseError(`GetEventSelectors: found no selectors in the answer for ${arn}`)
      }
      return {
        basic: (basic ?? []).map(basicSelectorOf),
        advanced: (advanced ?? []).map(({ FieldSelectors: fields = [] }) => fields.map(fieldSelectorOf)),
      }
    },
  }
}

/** What is left out has the API's default (CloudTrail API reference, EventSelector). */
function basicSelectorOf(selector: EventSelector): BasicSelector {
  const { ReadWriteType: readWriteType = 'All', IncludeManagementEvents: includesManagementEvents = true } = selector
  return { readWriteType, includesManagementEvents, excludedSources: selector.ExcludeManagementEventSources ?? [] }
}

function fieldSelectorOf(selector: SdkFieldSelector): FieldSelector {
  return {
    field: selector.Field ?? '',
    equals: selector.Equals ?? [],
    startsWith: selector.StartsWith ?? [],
    endsWith: selector.EndsWith ?? [],
    notEquals: selector.NotEquals ?? [],
    notStartsWith: selector.NotStartsWith ?? [],
    notEndsWith: selector.NotEndsWith ?? [],
  }
}

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
