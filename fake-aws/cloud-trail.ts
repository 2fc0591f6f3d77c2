import { randomUUID } from 'node:crypto'
import type { LookupEventsCommandInput } from '@aws-sdk/client-cloudtrail'
import ownUpdate from '../events/own-update.json' with { type: 'json' }
import update from '../events/update-assume-role-policy.json' with { type: 'json' }

/** A call as a test records it. */
export interface RecordedCall {
  readonly name: string
  readonly roleName: string
  /** The ARN of a user; without it, one of this system's functions made the call. */
  readonly actor?: string | undefined
  readonly document?: string | object | undefined
  readonly errorCode?: string | undefined
  /** In milliseconds since the epoch; now, where it is left out. */
  readonly time?: number
}

interface HistoryRecord {
  readonly time: number
  readonly id: string
  readonly name: string
  /** The names of the resources that it lists. */
  readonly resources: readonly string[]
  /** As JSON text, or not. */
  readonly text: string
}

/** CloudTrail's event history, as far as LookupEvents shows it: the latest record first, page by page. */
export class CloudTrail {
  /** How late a record shows, in milliseconds. */
  lag = 0
  /** Whether a write of a trust policy lists the role among its resources: no document of AWS says so. */
  listsRoleOfWrites = true
  readonly #records: HistoryRecord[] = []

  /** Records a write of a trust policy by one of this system's functions, or by the user of that ARN. */
  recordWrite(roleName: string, actor?: string, errorCode?: string, document?: string | object): string {
    return this.recordCall({ name: 'UpdateAssumeRolePolicy', roleName, actor, errorCode, document })
  }

  /** @returns the id of the event */
  recordCall({ name, roleName, actor, document, errorCode, time = Date.now() }: RecordedCall): string {
    const { detail } = actor === undefined ? ownUpdate : update
    const key = name === 'CreateRole' ? 'assumeRolePolicyDocument' : 'policyDocument'
    const written = typeof document === 'object' ? JSON.stringify(document) : document
    return this.record({
      ...detail,
      eventName: name,
      eventTime: new Date(time).toISOString(),
      userIdentity: actor === undefined ? detail.userIdentity : { type: 'IAMUser', arn: actor },
      requestParameters: { roleName, [key]: written },
      errorCode,
    })
  }

  /** Records whatever CloudTrail may hold. */
  record(detail: Readonly<Record<string, unknown>>, text?: string): string {
    const id = randomUUID()
    const { eventName, eventTime, requestParameters } = detail
    const name = String(eventName)
    const roleName: unknown = Reflect.get(Object(requestParameters), 'roleName')
    const isListed = typeof roleName === 'string' && (this.listsRoleOfWrites || name !== 'UpdateAssumeRolePolicy')
    this.#records.push({
      time: Date.parse(String(eventTime)),
      id,
      name,
      resources: isListed ? [roleName] : [],
      text: text ?? JSON.stringify({ ...detail, eventID: id }),
    })
    return id
  }

  lookUp(input: LookupEventsCommandInput) {
    const {
      LookupAttributes: attributes = [],
      StartTime: since = new Date(0),
      MaxResults: size = 50,
      NextToken,
    } = input
    const start = Number(NextToken ?? 0)
    const found = this.#records
      .filter(
        (record) =>
          record.time >= since.getTime() &&
          record.time <= Date.now() - this.lag &&
          attributes.every(({ AttributeKey: key, AttributeValue: value = '' }) =>
            attributeOf(record, key).includes(value),
          ),
      )
      .reverse()
      .toSorted((one, other) => other.time - one.time)
    return {
      Events: found.slice(start, start + size).map(({ id, time, text }) => ({
        EventId: id,
        EventTime: new Date(time),
        CloudTrailEvent: text,
      })),
      NextToken: start + size < found.length ? `${start + size}` : undefined,
    }
  }
}

function attributeOf({ id, name, resources }: HistoryRecord, key: string | undefined): readonly string[] {
  if (key === 'ResourceName') return resources
  if (key === 'EventName') return [name]
  return key === 'EventId' ? [id] : []
}
