import { readFileSync } from 'node:fs'
import type { SQSBatchResponse } from 'aws-lambda'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Report } from '../../src/report.ts'
import { LAST_CALL, LAST_START, LAST_WORD } from '../../src/time-budget.ts'
import type { Account } from '../account/account.ts'
import {
  accountWithOkta,
  captureLogs,
  coldStart,
  ec2,
  managed,
  metricsOf,
  policy,
  QUEUE,
  TAGGED,
} from '../functions.ts'
import { batchOf, contextOf } from '../invocation.ts'
import { eventFor } from '../samples.ts'
import { COMMON_FAULTS, FAULT_CASES, type FaultCase, SIGNS, TIMES } from './fault-table.ts'
import { STRUCK, strike } from './faults.ts'

// Runs the tables of docs/reliability.md: each fault, at each call, in each function. The document cannot say anything
// that is not so.

const BEFORE = policy(ec2)
const PATCHED = policy(ec2, managed)
/** Due as well, and no business of the fault. */
const OTHERS = ['auditor', 'builder']
const ROLES = [...OTHERS, STRUCK]

let account: Account
let logs: Record<string, unknown>[]
let functions: Awaited<ReturnType<typeof coldStart>>

beforeAll(async () => {
  vi.useFakeTimers({ toFake: ['Date'] })
  functions = await coldStart()
})

afterAll(() => {
  vi.useRealTimers()
})

beforeEach(() => {
  logs = captureLogs()
  vi.spyOn(Math, 'random').mockReturnValue(0)
  // So that the functions, which stay warm, have forgotten the wanted access.
  vi.advanceTimersByTime(10 * 60_000)
})

function setUp({ place }: FaultCase): void {
  account = accountWithOkta(place === 'later page' ? { pageSizes: [2] } : {})
  for (const name of ROLES) account.addRole({ name, tags: TAGGED, document: BEFORE })
}

const QUEUE_CALLS = ['GetQueueUrl', 'SendMessageBatch']
const age = (fault: string) => (fault.endsWith('after five minutes') ? 301 : 0)
const messages = ({ fault }: FaultCase) => ROLES.map((name) => eventFor('tag-role', name, age(fault)))
/** As SQS numbers them in a batch of all three. */
const STRUCK_ALONE = { batchItemFailures: [{ itemIdentifier: `m${ROLES.indexOf(STRUCK)}` }] }

/** Runs the function once. */
function run(faultCase: FaultCase): Promise<unknown> {
  const { entry, place, fault } = faultCase
  const context = contextOf(clockOf(faultCase))
  switch (entry) {
    case 'batch':
      return functions.roleEvent(batchOf(...messages(faultCase)), context)
    case 'one event':
      return functions.roleEvent(eventFor('tag-role', STRUCK, age(fault)), context)
    case 'scheduled-sweep':
      return functions.scheduledSweep({}, context)
    case 'backfill':
      return functions.backfill(place === 'named in the payload' ? { roles: ROLES } : {}, context)
  }
}

/** A moment, for what hangs: long enough that all else is done, too short to wait for. */
const MOMENT = 50

/** Time enough; or time that runs out while a call hangs; or so that the last role can no longer be started. */
function clockOf({ call, fault, entry }: FaultCase): () => number {
  const ample = 900_000
  const runsOut = fault.startsWith('out of time')
  if (entry === 'batch' || entry === 'one event') return () => (runsOut ? LAST_WORD + MOMENT : ample)
  let looks = 0
  return () => {
    looks += 1
    if (QUEUE_CALLS.includes(call)) return looks <= ROLES.length ? ample : LAST_WORD + (runsOut ? MOMENT : 20_000)
    return looks === 1 && runsOut ? LAST_CALL + MOMENT : ample
  }
}

type Ending = { readonly value: unknown } | { readonly error: unknown } | 'none'

/** How the run ended, if it did: one that is killed never does. */
async function endOf(faultCase: FaultCase): Promise<Ending> {
  const ended = run(faultCase).then(
    (value): Ending => ({ value }),
    (error): Ending => ({ error }),
  )
  if (!faultCase.fault.startsWith('killed')) return ended
  // Each answer of the account takes turns of the event loop and no time: after so many, whatever can go on has done so.
  const quiet = async (): Promise<Ending> => {
    for (let turn = 0; turn < 50; turn += 1) await new Promise(setImmediate)
    return 'none'
  }
  return Promise.race([ended, quiet()])
}

const returned = (ending: Ending): unknown => (ending !== 'none' && 'value' in ending ? ending.value : undefined)
const kindIn = (report: unknown, name: string) =>
  (report as Report | undefined)?.roles.find(({ roleName }) => roleName === name)?.kind

/** That the run ended as the word says. */
function expectEnding({ entry, word }: FaultCase, ending: Ending): void {
  if (word === 'cut off') {
    expect(ending).toBe('none')
  } else if (word === 'not begun' || word === 'error') {
    expect(ending).toHaveProperty('error')
  } else if (entry === 'batch') {
    const comesBack = word === 'comes back' || word === 'too early'
    expect(returned(ending)).toEqual(comesBack ? STRUCK_ALONE : { batchItemFailures: [] })
  } else if (entry === 'one event') {
    expect(returned(ending)).toMatchObject(word === 'gone' ? { kind: 'skipped', reason: 'gone' } : { kind: word })
  } else {
    expect(kindIn(returned(ending), STRUCK)).toBe(word === 'gone' ? 'skipped' : word)
  }
}

/** That log and metrics show what the document says of the word. */
function expectSigns({ call, entry, word, fault }: FaultCase, ending: Ending): void {
  const { log = [], alarms = [] } = SIGNS.get(word) ?? {}
  const logged = logs.map(({ message }) => `${message}`)
  if (word === 'cut off' && call !== 'UpdateAssumeRolePolicy') {
    expect(logged).not.toContainEqual(expect.stringContaining(`role ${STRUCK} has been patched`))
  } else {
    const texts = log.map((text) => text.replace('NAME', STRUCK))
    expect(texts.filter((text) => logged.some((line) => line.includes(text)))).not.toEqual([])
  }
  // Whether an invocation that is killed counts as an error, Lambda alone can say.
  if (word === 'cut off') return
  const metrics = metricsOf(logs)
  const hasErrors = ending !== 'none' && 'error' in ending
  expect({ blocked: Boolean(metrics.RolesBlocked), errors: hasErrors }).toEqual({
    blocked: alarms.includes('blocked-roles'),
    errors: alarms.some((alarm) => alarm.endsWith('errors')),
  })
  // One event that fails is an error of the function, and of the role too unless it is only too early.
  const mayFail =
    alarms.includes('failed-roles') || (entry === 'one event' && word === 'error' && fault !== 'NoSuchEntity')
  expect(Boolean(metrics.RolesFailed)).toBe(mayFail)
}

/** That no role holds anything but what it held, or the finished change. */
function expectRoles({ call, place, fault, entry, word }: FaultCase): void {
  const isTaken = word === 'patched' || fault.endsWith('after IAM took it')
  expect(account.trustPolicy(STRUCK)).toEqual(isTaken ? PATCHED : BEFORE)
  const isAlone = entry === 'one event'
  const beforeAnyRole = word === 'not begun' || (word === 'cut off' && !isOfOneRole(call, place))
  // A read that hangs to the end leaves no time for the others: they are handed on.
  const handedOn = place === 'named in the payload' && fault === 'out of time'
  const expected = isAlone || beforeAnyRole || handedOn ? BEFORE : PATCHED
  for (const name of OTHERS) expect(account.trustPolicy(name)).toEqual(expected)
}

/** Whether the others have gone on by then. A backfill looks at all named roles before it changes the first one. */
const isOfOneRole = (call: string, place: string) =>
  QUEUE_CALLS.includes(call) ||
  (['GetRole', 'UpdateAssumeRolePolicy'].includes(call) && place !== 'named in the payload')

/** What the third column of the words says: after the fault has passed. */
async function makeRight(faultCase: FaultCase, ending: Ending): Promise<void> {
  const { entry, word } = faultCase
  if (word === 'cut off') functions = await coldStart()
  const queued = account.messages(QUEUE)
  if (queued.length > 0) await functions.roleEvent(batchOf(...queued), contextOf())
  switch (word) {
    case 'patched':
    case 'deferred':
      return
    case 'comes back':
    case 'too early': {
      const back = new Set((returned(ending) as SQSBatchResponse).batchItemFailures.map((item) => item.itemIdentifier))
      const again = messages(faultCase).filter((_, index) => back.has(`m${index}`))
      expect(await functions.roleEvent(batchOf(...again), contextOf())).toEqual({ batchItemFailures: [] })
      return
    }
    case 'error':
    case 'not begun':
    case 'cut off':
      await run({ ...faultCase, fault: 'none', call: 'GetRole' })
      return
    case 'failed':
    case 'blocked':
    case 'gone':
      await functions.scheduledSweep({}, contextOf())
      return
    default:
      throw new Error(`the document explains no word ${word} for ${entry}`)
  }
}

const titled = FAULT_CASES.map(
  (one) => [`${one.entry}: ${one.fault} at ${one.call} ${one.place}`.trim(), one.word, one] as const,
)

test.each(titled)('%s: %s', async (_title, _word, faultCase) => {
  setUp(faultCase)
  strike(account, faultCase.call, faultCase.place, faultCase.fault)
  const ending = await endOf(faultCase)
  expect(account.faultsLeft).toBe(0)
  expectEnding(faultCase, ending)
  expectRoles(faultCase)
  expectSigns(faultCase, ending)

  await makeRight(faultCase, ending)
  expect(account.trustPolicy(STRUCK)).toEqual(PATCHED)
  if (faultCase.entry !== 'one event') for (const name of OTHERS) expect(account.trustPolicy(name)).toEqual(PATCHED)
})

test('every alarm that the document names is one of the stack', () => {
  const stack = readFileSync(new URL('../../infra/alarms.yml', import.meta.url), 'utf8')
  const names = [...stack.matchAll(/AlarmName: (.*)/g)].map(([, name = '']) =>
    name.replace(/\$\{self:functions\.([\w-]+)\.name\}/, '$1'),
  )
  for (const alarm of [...SIGNS.values()].flatMap(({ alarms }) => alarms)) {
    expect(names).toContainEqual(expect.stringMatching(`(^|-)${alarm}$`))
  }
})

test.each([
  ['role-event, which has 30 seconds, gives up its calls', LAST_WORD],
  ['a sweep, which has 15 minutes, starts no more roles', LAST_START],
  ['a sweep gives up its calls, and hands on the roles that are left', LAST_CALL],
  ['a sweep gives up handing on, and reports', LAST_WORD],
])('%s at the time that the document tells', (what, time) => {
  expect(TIMES.get(what)).toBe(`${time / 1000} seconds before its end`)
})

describe('the table leaves nothing out', () => {
  const calls = [
    ['GetParameter', '', 4],
    ['GetSAMLProvider', '', 4],
    ['GetAccountAuthorizationDetails', 'first page', 2],
    ['GetAccountAuthorizationDetails', 'later page', 2],
    ['GetRole', 'named in the payload', 1],
    ['GetRole', 'first read', 4],
    ['GetRole', 'second read', 4],
    ['UpdateAssumeRolePolicy', '', 4],
    ['GetQueueUrl', '', 2],
    ['SendMessageBatch', '', 2],
  ] as const

  test.each(calls)('of %s %s', (call, place, entries) => {
    for (const fault of [...COMMON_FAULTS, 'out of time', 'killed']) {
      const found = FAULT_CASES.filter((one) => one.call === call && one.place === place && one.fault === fault)
      expect(new Set(found.map(({ entry }) => entry)).size).toBe(entries)
      expect(found).toHaveLength(entries)
    }
  })

  test('and names no call or place that is not among these', () => {
    const known = new Set(calls.map(([call, place]) => `${call} ${place}`))
    expect(FAULT_CASES.filter(({ call, place }) => !known.has(`${call} ${place}`))).toEqual([])
    expect(COMMON_FAULTS).toHaveLength(6)
  })

  test('and explains every word that it uses, and no other', () => {
    expect([...SIGNS.keys()].toSorted()).toEqual([...new Set(FAULT_CASES.map(({ word }) => word))].toSorted())
  })
})
