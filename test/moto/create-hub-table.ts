import { CreateTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb'

/** A table as release/hub.yml makes it. */
export async function createHubTable(client: DynamoDBClient, TableName: string): Promise<void> {
  await client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [
        { AttributeName: 'account', KeyType: 'HASH' },
        { AttributeName: 'stack', KeyType: 'RANGE' },
      ],
      AttributeDefinitions: [
        { AttributeName: 'account', AttributeType: 'S' },
        { AttributeName: 'stack', AttributeType: 'S' },
      ],
    }),
  )
}
