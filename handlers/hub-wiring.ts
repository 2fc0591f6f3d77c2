import { Logger } from '@aws-lambda-powertools/logger'
import { dynamoDbClient } from '../src/aws/clients.ts'
import { hubTable } from '../src/aws/hub-table.ts'
import { ConfigurationError } from '../src/errors.ts'
import type { AccountTable } from '../src/hub/account-table.ts'

/**
 * What each function of the hub needs.
 *
 * @throws ConfigurationError where no table is named
 */
export function wireHub({
  TABLE_NAME: tableName,
  VERSION: version = 'unknown',
}: Readonly<Record<string, string | undefined>>): {
  readonly table: AccountTable
  readonly logger: Logger
  readonly version: string
} {
  if (tableName === undefined || tableName === '') {
    throw new ConfigurationError(
      'environment.TABLE_NAME: found nothing, expected the table of the hub. Deploy its template again',
    )
  }
  return { table: hubTable(dynamoDbClient(), tableName), logger: new Logger({ persistentKeys: { version } }), version }
}
