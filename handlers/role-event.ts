import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch'
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda'
import { isFlapping, reasonToWait } from '../src/events/flapping.ts'
import { type IgnoredEvent, type RoleEvent, readEvent, readMessage } from '../src/events/read-event.ts'
import { type Attempt, remediateTasks, resultOf } from '../src/events/remediate-tasks.ts'
import { type RoleTask, tasksOf } from '../src/events/role-tasks.ts'
import { toldLately } from '../src/outcomes/told-lately.ts'
import type { Outcome, RoleResult } from '../src/role/outcome.ts'
import { roleKey } from '../src/role/role.ts'
import { countsOf } from '../src/sweep/report.ts'
import { deadlineBefore, TIME_TO_REPORT, TIME_TO_STOP_PUBLISHING } from '../src/time-budget.ts'
import { wireFlapping } from './flapping-wiring.ts'
import { wire } from './wiring.ts'

const {
  config,
  logger,
  roles,
  rules,
  freshRules,
  logIntent,
  logResult,
  outcomes,
  publishResult,
  measurePatch,
  installation,
  logIgnored,
  publishCounts,
} = wire(process.env)
const flappingOf = wireFlapping(installation, config.sid, logger)
const wasTold = toldLately(Date.now)

/**
 * On a batch of the queue of role events: remediates each role that they name, once. What fails is handed back alone,
 * tried again, and ends in the dead-letter queue (rule 6.1). Also takes one bare EventBridge event, and returns its
 * outcome.
 *
 * @throws ConfigurationError where the wanted access cannot be loaded: the whole batch is tried again then
 */
export const handler = (event: unknown, context: Context) =>
  isBatch(event) ? remediateBatch(event, context) : remediateEvent(event, context)

function isBatch(event: unknown): event is SQSEvent {
  return typeof event === 'object' && event !== null && 'Records' in event && Array.isArray(event.Records)
}

async function remediateBatch(batch: SQSEvent, context: Context): Promise<SQSBatchResponse> {
  const here = installation(context)
  const messages = new Map(batch.Records.map(({ messageId, body }) => [messageId, readMessage(body, config.tag, here)]))
  const attempts = await remediate(
    [...messages.values()].filter((message) => message.kind === 'role'),
    context,
  )

  const settle = async ({ messageId }: SQSRecord) => {
    const message = messages.get(messageId)
    if (message?.kind === 'ignored') logIgnored(message)
    if (message?.kind === 'unreadable') {
      logger.error(`message ${messageId} cannot be read and will end in the dead-letter queue`, {
        error: message.error,
      })
      throw message.error
    }
    const attempt = message?.kind === 'role' ? attempts.get(roleKey(message.roleName)) : undefined
    if (attempt !== undefined && attempt.kind !== 'done') throw attempt.error
  }
  return processPartialResponse(batch, settle, new BatchProcessor(EventType.SQS), { throwOnFullBatchFailure: false })
}

async function remediateEvent(event: unknown, context: Context): Promise<Outcome | IgnoredEvent> {
  const found = readEvent(event, config.tag, installation(context))
  if (found.kind === 'ignored') return logIgnored(found)
  const [attempt] = (await remediate([found], context)).values()
  if (attempt?.kind === 'done') return attempt.outcome
  throw attempt?.error
}

/** The attempts by the key of the role. */
async function remediate(events: readonly RoleEvent[], context: Context): Promise<ReadonlyMap<string, Attempt>> {
  if (events.length === 0) return new Map()
  const deadline = deadlineBefore(context.getRemainingTimeInMillis(), TIME_TO_REPORT)
  const attempts = await remediateTasks(tasksOf(events, Date.now()), await rules(context, deadline), {
    iam: roles(deadline),
    freshRules: () => freshRules(context, deadline),
    reasonToWait: ({ cause }: RoleTask) => reasonToWait(cause, (roleName) => flappingOf(roleName, context, deadline)),
    onIntent: (change, { cause }) => logIntent(change, cause),
    onAttempt: recordAttempt,
  })
  await outcomes.settle(deadlineBefore(context.getRemainingTimeInMillis(), TIME_TO_STOP_PUBLISHING))
  const results = attempts.map(resultOf).filter((result) => result !== undefined)
  const inScope = results.filter(isInScope).length
  const counts = { scanned: attempts.length, inScope, counts: countsOf(results) }
  publishCounts(counts, { flapping: results.filter(isFlapping).length })
  return new Map(attempts.map((attempt) => [roleKey(attempt.task.roleName), attempt]))
}

function isInScope(result: RoleResult): boolean {
  if (result.kind === 'planned') return result.reason !== 'withdrawal'
  return !['withdrawn', 'skipped', 'failed'].includes(result.kind)
}

function recordAttempt(attempt: Attempt): void {
  const result = resultOf(attempt)
  if (result !== undefined) {
    logResult(result, attempt.task.cause)
    if (!wasTold(result)) publishResult(result, attempt.task.cause)
    const { time } = attempt.task.cause
    if (result.kind === 'patched' && time !== undefined) measurePatch(time)
  }
  if (attempt.kind === 'too-early') logger.info(`${attempt.error.message}; the event will be tried again`)
}
