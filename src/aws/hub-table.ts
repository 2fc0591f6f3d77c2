import {
  type AttributeValue,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  PutItemCommand,
  paginateScan,
  QueryCommand,
} from '@aws-sdk/client-dynamodb'
import * as z from 'zod/mini'
import { MalformedResponseError } from '../errors.ts'
import type { AccountTable, Entry } from '../hub/account-table.ts'

const text = z.object({ S: z.string() })
const Item = z.object({ account: text, stack: text, told: text, sweep: text })

/**
 * The hub's table in DynamoDB: a text for each part of an entry, and the key of account and stack. Every write has a
 * condition, so that none depends on what was read before.
 */
export function hubTable(client: DynamoDBClient, TableName: string): AccountTable {
  return {
    async replaceOlder(entry) {
      const command = new PutItemCommand({
        TableName,
        Item: itemOf(entry),
        ConditionExpression: 'attribute_exists(account) AND told < :told',
        ExpressionAttributeValues: { ':told': { S: entry.told } },
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      })
      try {
        await client.send(command)
        return 'replaced'
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error
        return error.Item === undefined ? 'unknown' : 'kept'
      }
    },
    async countStacks(account) {
      const command = new QueryCommand({
        TableName,
        KeyConditionExpression: 'account = :account',
        ExpressionAttributeValues: { ':account': { S: account } },
        Select: 'COUNT',
        ConsistentRead: true,
      })
      const { Count: count } = await client.send(command)
      if (count === undefined) throw new MalformedResponseError('Query: found no number of items in the answer')
      return count
    },
    add: (entry) =>
      unlessConditionFails(
        client.send(
          new PutItemCommand({
            TableName,
            Item: itemOf(entry),
            ConditionExpression: 'attribute_not_exists(account)',
          }),
        ),
      ),
    async readAll() {
      const entries: Entry[] = []
      for await (const { Items: items = [] } of paginateScan({ client }, { TableName })) {
        for (const item of items) entries.push(entryOf(item))
      }
      return entries
    },
    remove: ({ account, stack, told }) =>
      unlessConditionFails(
        client.send(
          new DeleteItemCommand({
            TableName,
            Key: { account: { S: account }, stack: { S: stack } },
            ConditionExpression: 'told = :told',
            ExpressionAttributeValues: { ':told': { S: told } },
          }),
        ),
      ),
  }
}

function itemOf({ account, stack, told, sweep }: Entry): Record<string, AttributeValue> {
  return { account: { S: account }, stack: { S: stack }, told: { S: told }, sweep: { S: sweep } }
}

function entryOf(item: unknown): Entry {
  const { data } = z.safeParse(Item, item)
  if (data === undefined) throw new MalformedResponseError('Scan: found an item that the hub did not write')
  return { account: data.account.S, stack: data.stack.S, told: data.told.S, sweep: data.sweep.S }
}

async function unlessConditionFails(call: Promise<unknown>): Promise<boolean> {
  try {
    await call
    return true
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false
    throw error
  }
}
