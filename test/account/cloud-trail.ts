import type { LookupEventsCommandInput } from '@aws-sdk/client-cloudtrail'
import { sample } from '../samples.ts'

interface HistoryRecord {
  readonly time: number
  readonly detail: { readonly eventName: string }
}

/** CloudTrail's event history, as far as LookupEvents shows it: the latest record first, page by page. */
export class CloudTrail {
  /** How late a record shows, in milliseconds. */
  lag = 0
  readonly #records: HistoryRecord[] = []

  /** Records a write of a trust policy by one of this system's functions, or by the user of that ARN. */
  recordWrite(roleName: string, actor?: string, errorCode?: string): void {
    const { detail } = sample(actor === undefined ? 'own-update' : 'update-assume-role-policy')
    const time = Date.now()
    const userIdentity = actor === undefined ? detail.userIdentity : { type: 'IAMUser', arn: actor }
    const requestParameters = { ...detail.requestParameters, roleName }
    const eventTime = new Date(time).toISOString()
    this.#records.unshift({ time, detail: { ...detail, userIdentity, requestParameters, eventTime, errorCode } })
  }

  lookUp(input: LookupEventsCommandInput) {
    const {
      LookupAttributes: attributes = [],
      StartTime: since = new Date(0),
      MaxResults: size = 50,
      NextToken,
    } = input
    const start = Number(NextToken ?? 0)
    const found = this.#records.filter(
      ({ time, detail }) =>
        time >= since.getTime() &&
        time <= Date.now() - this.lag &&
        attributes.every(
          ({ AttributeKey: key, AttributeValue: value }) => key === 'EventName' && value === detail.eventName,
        ),
    )
    return {
      Events: found.slice(start, start + size).map(({ detail }) => ({ CloudTrailEvent: JSON.stringify(detail) })),
      NextToken: start + size < found.length ? `${start + size}` : undefined,
    }
  }
}
