import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch'
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda'
import { InvalidInputError } from '../src/errors.ts'
import { accountOf, type Heartbeat, readHeartbeat } from '../src/hub/heartbeat.ts'
import { recordHeartbeat } from '../src/hub/record-heartbeat.ts'
import { DECEIVING } from '../src/input.ts'
import { wireHub } from './hub-wiring.ts'

const { table, logger } = wireHub(process.env)

/** Whoever sends it can make everything wrong. In characters. */
const LONGEST_REASON = 1_000

/**
 * On a batch of the hub's queue: keeps the newest heartbeat of each account. One that cannot be read is logged and
 * dropped, since another try would not help; what cannot be written is handed back alone and tried again.
 */
export const handler = (batch: SQSEvent): Promise<SQSBatchResponse> =>
  processPartialResponse(batch, recordMessage, new BatchProcessor(EventType.SQS), { throwOnFullBatchFailure: false })

async function recordMessage({ messageId, body }: SQSRecord): Promise<void> {
  const heartbeat = read(body, messageId)
  if (heartbeat === undefined) return
  const { account, stack } = heartbeat
  const recorded = await recordHeartbeat(heartbeat, table)
  if (recorded === 'too-many-stacks') {
    logger.warn(`account ${account} tells of more stacks than are kept, and ${stack} is left out`, { account })
  }
}

function read(body: string, messageId: string): Heartbeat | undefined {
  try {
    return readHeartbeat(body, Date.now())
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error
    const why = error.message.slice(0, LONGEST_REASON).replace(DECEIVING, ' ')
    logger.warn(`message ${messageId} is no heartbeat and is dropped: ${why}`, { account: accountOf(body) })
    return undefined
  }
}
