import { beforeAll, beforeEach, expect, inject, test, vi } from 'vitest'
import { dynamoDbClient } from '../../src/aws/clients.ts'
import { hubTable } from '../../src/aws/hub-table.ts'
import type { AccountTable, Entry } from '../../src/hub/account-table.ts'
import { createHubTable } from './create-hub-table.ts'

// What the hub asks of DynamoDB, put to a second DynamoDB: the one in memory knows no more than these conditions.

let table: AccountTable
let tables = 0

beforeAll(() => {
  vi.stubEnv('AWS_ENDPOINT_URL', inject('motoEndpoint'))
})

beforeEach(async () => {
  tables += 1
  const TableName = `hub-${tables}`
  const client = dynamoDbClient()
  await createHubTable(client, TableName)
  table = hubTable(client, TableName)
})

const entry = (told: string, other: Partial<Entry> = {}): Entry => ({
  account: '111122223333',
  stack: 'okta-role-trust-prod',
  told,
  sweep: '{}',
  ...other,
})

test('an entry is added once', async () => {
  expect(await table.add(entry('2'))).toBe(true)
  expect(await table.add(entry('3'))).toBe(false)
  expect(await table.readAll()).toEqual([entry('2')])
})

test('an entry takes the place of an older one only', async () => {
  expect(await table.replaceOlder(entry('2'))).toBe('unknown')
  await table.add(entry('2'))
  expect(await table.replaceOlder(entry('1'))).toBe('kept')
  expect(await table.replaceOlder(entry('2'))).toBe('kept')
  expect(await table.replaceOlder(entry('3'))).toBe('replaced')
  expect(await table.replaceOlder(entry('3', { stack: 'okta-role-trust-entra' }))).toBe('unknown')
  expect(await table.readAll()).toEqual([entry('3')])
})

test('the stacks of one account are counted', async () => {
  for (const stack of ['a', 'b']) await table.add(entry('1', { stack }))
  await table.add(entry('1', { account: '444455556666' }))
  expect(await table.countStacks('111122223333')).toBe(2)
  expect(await table.countStacks('777788889999')).toBe(0)
})

test('an entry is removed unless a newer one has come', async () => {
  await table.add(entry('1'))
  await table.replaceOlder(entry('2'))
  expect(await table.remove(entry('1'))).toBe(false)
  expect(await table.remove(entry('2'))).toBe(true)
  expect(await table.remove(entry('2'))).toBe(false)
  expect(await table.readAll()).toEqual([])
})

test('all entries are read, on however many pages', async () => {
  const sweep = 'x'.repeat(100_000)
  for (let index = 0; index < 30; index += 1) await table.add(entry('1', { account: `${index}`, sweep }))
  expect(await table.readAll()).toHaveLength(30)
})
