import type { BasicSelector, EventSelectors, FieldSelector } from '../../src/aws/cloudtrail.ts'
import { ROLE_CALLS } from '../../src/cloudtrail/role-call.ts'

/** What CloudTrail's record of a call says, in the fields that selectors can name. */
type EventRecord = Readonly<Record<string, string>>

/**
 * Whether a trail records all calls of IAM that the rule waits for: write management events, in CloudTrail's words. A
 * condition on something that differs from call to call, such as who made it, counts as one that leaves some out.
 */
export function selectsRoleWrites({ basic, advanced }: EventSelectors): boolean {
  const records = ROLE_CALLS.map((eventName) => ({
    eventCategory: 'Management',
    eventType: 'AwsApiCall',
    eventSource: 'iam.amazonaws.com',
    readOnly: 'false',
    eventName,
  }))
  return (
    basic.some(takesIamWrites) ||
    records.every((record) => advanced.some((selector) => selector.every((field) => meets(record, field))))
  )
}

function takesIamWrites({ readWriteType, includesManagementEvents, excludedSources }: BasicSelector): boolean {
  return includesManagementEvents && readWriteType !== 'ReadOnly' && !excludedSources.includes('iam.amazonaws.com')
}

/**
 * Whether an event meets a condition on a field: it matches one of the positive operators, where there are any, and none
 * of the negative ones (CloudTrail User Guide, "How CloudTrail evaluates multiple conditions for a field").
 */
function meets(record: EventRecord, selector: FieldSelector): boolean {
  const { field, equals, startsWith, endsWith, notEquals, notStartsWith, notEndsWith } = selector
  const value = record[field]
  if (value === undefined) return false
  const isSelected =
    equals.includes(value) ||
    startsWith.some((text) => value.startsWith(text)) ||
    endsWith.some((text) => value.endsWith(text))
  const isLeftOut =
    notEquals.includes(value) ||
    notStartsWith.some((text) => value.startsWith(text)) ||
    notEndsWith.some((text) => value.endsWith(text))
  const selectsNone = equals.length + startsWith.length + endsWith.length === 0
  return !isLeftOut && (selectsNone || isSelected)
}
