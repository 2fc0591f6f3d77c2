import type { Caller } from '../../src/aws/caller.ts'
import { type EventSelectors, type Trail, trailReader } from '../../src/aws/cloudtrail.ts'
import { type Answer, answerOf, failure, judge, ok, type Unread, unchecked, type Verdict, warning } from './finding.ts'
import { selectsRoleWrites } from './selects-role-writes.ts'
import type { StackRemedies } from './stack-remedies.ts'

/** A trail, and what CloudTrail says of its state. */
export interface TrailFacts extends Trail {
  readonly isLogging: Answer<boolean>
  readonly selectors: Answer<EventSelectors>
}

/** Checks the trails that record the events of the caller's region. */
export async function checkTrailsOf({ target, region }: Caller, remedies: StackRemedies): Promise<readonly Verdict[]> {
  const reader = trailReader(target)
  const facts = await answerOf('cloudtrail:DescribeTrails', async () => {
    const trails = await reader.listTrails(region)
    return Promise.all(
      trails.map(async (trail) => {
        const [isLogging, selectors] = await Promise.all([
          answerOf('cloudtrail:GetTrailStatus', () => reader.isLogging(trail)),
          answerOf('cloudtrail:GetEventSelectors', () => reader.readSelectors(trail)),
        ])
        return { ...trail, isLogging, selectors }
      }),
    )
  })
  return judge('the trails', facts, (trails) => checkTrails(region, trails, remedies))
}

/**
 * Whether a trail records the calls of IAM that the rule waits for: without one, EventBridge hears of none (EventBridge
 * User Guide, "AWS service events delivered via CloudTrail").
 *
 * @param trails those that record the events of the region
 */
export function checkTrails(region: string, trails: readonly TrailFacts[], remedies: StackRemedies): Verdict {
  const { awsIn } = remedies
  const first = trails[0]
  if (first === undefined) {
    return failure(
      `no trail records the events of ${region}, so no event of IAM reaches the stack; only the sweep works`,
      `${awsIn(region, 'cloudtrail create-trail', '--name', 'management-events', '--is-multi-region-trail', '--s3-bucket-name', 'BUCKET')}, where BUCKET is one whose policy lets CloudTrail write into it, then ${awsIn(region, 'cloudtrail start-logging', '--name', 'management-events')}`,
    )
  }
  const good = trails.find((trail) => shortcomingOf(trail, remedies) === undefined && unreadOf(trail) === undefined)
  if (good !== undefined) return ok(`the trail ${good.name} logs write management events of ${region}`)
  const unsure = trails.find((trail) => shortcomingOf(trail, remedies) === undefined)
  if (unsure !== undefined) return uncheckedTrail(unsure, remedies)
  const lacks = trails.map((trail) => `${trail.name} ${shortcomingOf(trail, remedies)?.message}`)
  const more = lacks.length > LONGEST_LIST ? `; and ${lacks.length - LONGEST_LIST} more` : ''
  return failure(
    `no trail logs write management events of ${region}: ${lacks.slice(0, LONGEST_LIST).join('; ')}${more}`,
    shortcomingOf(first, remedies)?.remedy ?? '',
  )
}

const LONGEST_LIST = 3

interface Lack {
  /** Completes "the trail …". */
  readonly message: string
  readonly remedy: string
}

/** What is surely missing for a trail to do, as far as its state could be read. */
function shortcomingOf(
  { arn, homeRegion, includesGlobalServices, isLogging, selectors }: TrailFacts,
  { awsIn }: StackRemedies,
): Lack | undefined {
  if (!includesGlobalServices) {
    return {
      message: 'leaves out the events of global services, such as IAM',
      remedy: awsIn(homeRegion, 'cloudtrail update-trail', '--name', arn, '--include-global-service-events'),
    }
  }
  if (isLogging.kind === 'read' && !isLogging.value) {
    return { message: 'is stopped', remedy: awsIn(homeRegion, 'cloudtrail start-logging', '--name', arn) }
  }
  if (selectors.kind === 'read' && !selectsRoleWrites(selectors.value)) {
    return {
      message: "does not select all of IAM's write management events",
      // No command: put-event-selectors replaces all selectors, those of data events too.
      remedy: `in the CloudTrail console of ${homeRegion}, edit the trail's management events: API activity Write`,
    }
  }
  return undefined
}

function unreadOf({ isLogging, selectors }: TrailFacts): Unread | undefined {
  return [isLogging, selectors].find((answer) => answer.kind !== 'read')
}

/** CloudTrail answers members of an organization in several ways that it knows no such trail: that is no fault. */
function uncheckedTrail(trail: TrailFacts, { awsIn }: StackRemedies): Verdict {
  const unread = unreadOf(trail) ?? { kind: 'fault', error: undefined }
  if (unread.kind === 'denied' || !trail.isOfOrganization) return unchecked(`the trail ${trail.name}`, unread)
  const { name, arn, homeRegion } = trail
  return warning(
    `the organization's trail ${name} could not be checked: this account may not read its state`,
    `in the management account: ${awsIn(homeRegion, 'cloudtrail get-trail-status', '--name', arn)} and ${awsIn(homeRegion, 'cloudtrail get-event-selectors', '--trail-name', arn)}`,
  )
}
