import {
  type AttributeValue,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  DynamoDBClient,
  PutItemCommand,
  type PutItemCommandInput,
  QueryCommand,
  ScanCommand,
} from '@aws-sdk/client-dynamodb'
import { mockClient } from 'aws-sdk-client-mock'

type Item = Readonly<Record<string, AttributeValue>>
type Conditional = Pick<PutItemCommandInput, 'ConditionExpression' | 'ExpressionAttributeValues'>

/** How much a page of Scan may hold (DynamoDB API reference); sizes are those of the items as JSON here. */
const PAGE_BYTES = 1_000_000

/**
 * A table of DynamoDB in memory, with the key of the hub's. While attached, it answers every client of the SDK in this
 * process. Of conditions it knows those that the hub writes with, and refuses others.
 */
export function createHubTable() {
  const items = new Map<string, Item>()
  const faults: Error[] = []
  const readFaults: Error[] = []
  const keyOf = ({ account, stack }: Item) => `${textOf(account)} ${textOf(stack)}`

  const change = (item: Item, condition: Conditional, returnsOld: boolean, carryOut: () => void): void => {
    const fault = faults.shift()
    if (fault !== undefined) throw fault
    const old = items.get(keyOf(item))
    if (!holds(condition, old)) {
      throw new ConditionalCheckFailedException({
        message: 'The conditional request failed',
        $metadata: {},
        ...(returnsOld && old !== undefined && { Item: { ...old } }),
      })
    }
    carryOut()
  }

  return {
    /** What is in it, by account and stack. */
    items: () =>
      [...items.values()].map((item) => Object.fromEntries(Object.entries(item).map(([k, v]) => [k, textOf(v)]))),
    clear: () => items.clear(),
    /** The next write fails so. */
    failNext: (fault: Error) => faults.push(fault),
    /** Every read fails so from now on. */
    refuseReads: (fault: Error) => readFaults.push(fault),
    /** As if another version of the hub had written the sweeps. */
    overwrite: (change: (sweep: string) => string) => {
      for (const [key, item] of items) items.set(key, { ...item, sweep: { S: change(textOf(item.sweep)) } })
    },
    attach() {
      const mock = mockClient(DynamoDBClient)
      mock.on(PutItemCommand).callsFake((input: PutItemCommandInput) => {
        const { Item: item = {}, ReturnValuesOnConditionCheckFailure: returned } = input
        change(item, input, returned === 'ALL_OLD', () => items.set(keyOf(item), item))
        return {}
      })
      mock.on(DeleteItemCommand).callsFake(({ Key: key = {}, ...condition }) => {
        change(key, condition, false, () => items.delete(keyOf(key)))
        return {}
      })
      mock.on(QueryCommand).callsFake(({ ExpressionAttributeValues: values = {} }) => {
        const account = textOf(values[':account'])
        return { Count: [...items.values()].filter((item) => textOf(item.account) === account).length }
      })
      mock.on(ScanCommand).callsFake(({ ExclusiveStartKey: start }) => {
        const [fault] = readFaults
        if (fault !== undefined) throw fault
        const all = [...items.values()]
        const from = start === undefined ? 0 : all.findIndex((item) => keyOf(item) === keyOf(start)) + 1
        let end = from
        for (let bytes = 0; end < all.length && bytes < PAGE_BYTES; end += 1) bytes += JSON.stringify(all[end]).length
        const last = all[end - 1]
        return { Items: all.slice(from, end), ...(end < all.length && { LastEvaluatedKey: last }) }
      })
      return { calls: () => mock.calls().length, detach: () => mock.restore() }
    },
  }
}

function holds({ ConditionExpression: text = '', ExpressionAttributeValues: values = {} }: Conditional, old?: Item) {
  return text.split(' AND ').every((term) => {
    const [, name = '', sign, value = ''] = /^(\w+) ([<=]) (:\w+)$/.exec(term) ?? []
    if (term === 'attribute_exists(account)') return old !== undefined
    if (term === 'attribute_not_exists(account)') return old === undefined
    if (sign === undefined) throw new Error(`The condition ${term} is not known here`)
    if (old === undefined) return false
    return sign === '<' ? textOf(old[name]) < textOf(values[value]) : textOf(old[name]) === textOf(values[value])
  })
}

function textOf(value: AttributeValue | undefined): string {
  if (value?.S === undefined) throw new Error('The hub keeps texts only')
  return value.S
}
