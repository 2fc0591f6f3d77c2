import { readFileSync } from 'node:fs'
import timers from 'node:timers/promises'
import type { SQSBatchResponse } from 'aws-lambda'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Account } from '../../fake-aws/account.ts'
import { batchOf, contextOf, eventFor, sample } from '../../fake-aws/invocation.ts'
import type { Report } from '../../src/sweep/report.ts'
import {
  TIME_TO_HAND_ON,
  TIME_TO_REPORT,
  TIME_TO_START_A_ROLE,
  TIME_TO_STOP_PUBLISHING,
} from '../../src/time-budget.ts'
import { readPage } from '../dashboard-widget/read-page.ts'
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
import { COMMON_FAULTS, FAULT_CASES, type FaultCase, SIGNS, TIMES } from './fault-table.ts'
import { AFFECTED, strike } from './faults.ts'

// Runs the tables of docs/reliability.md: each fault, at each call, in each function. The document cannot say anything
// that is not so.

const BEFORE = policy(ec2)
const PATCHED = policy(ec2, managed)
/** Longer than every account allows: only about such a one the account is asked for its quota. */
const long = { ...ec2, Condition: { StringEquals: { 'aws:SourceAccount': 'x'.repeat(2048) } } }
const isLong = ({ call }: FaultCase) => call === 'GetAccountSummary'
/** The trust policy of the role that is struck. */
const beforeOf = (faultCase: FaultCase) => (isLong(faultCase) ? policy(long) : BEFORE)
const patchedOf = (faultCase: FaultCase) => (isLong(faultCase) ? policy(long, managed) : PATCHED)
/** Due as well, and no business of the fault. */
const OTHERS = ['auditor', 'builder']
const ROLES = [...OTHERS, AFFECTED]

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
  // Nothing waits between rounds, nor for a changed parameter to show.
  vi.spyOn(timers, 'setTimeout').mockResolvedValue(undefined)
  // So that the functions, which stay warm, have forgotten the wanted access.
  vi.advanceTimersByTime(10 * 60_000)
})

function setUp(faultCase: FaultCase): void {
  const { place, fault } = faultCase
  account = accountWithOkta({ quota: 4096, ...(place === 'later page' && { pageSizes: [2] }) })
  for (const name of OTHERS) account.addRole({ name, tags: TAGGED, document: BEFORE })
  account.addRole({ name: AFFECTED, tags: TAGGED, document: beforeOf(faultCase) })
  // What was read at the start is too old to write by when the first role has been read.
  if (place === 'before a write') account.before('GetRole', () => vi.advanceTimersByTime(10_000))
  // A function that was killed gives nothing up any more; where only the call hangs, nobody has to wait for its limit.
  if (fault === 'killed') setOwnLimits(() => new AbortController().signal)
  else if (fault === 'hanging' || hasTimeOfItsOwn(faultCase)) setOwnLimits((timeout) => timeout(MOMENT))
}

/** What a sweep does when it is done with all roles. */
const isAfterwards = ({ call, place }: FaultCase) =>
  call === 'GetQueueAttributes' || ['of the dead-letter queue', 'of the heartbeat'].includes(place)

/** What is given up by a limit of its own, after all that the deadline ends. */
const hasTimeOfItsOwn = (faultCase: FaultCase) => faultCase.call === 'PutEvents' || isAfterwards(faultCase)

type Timeout = typeof AbortSignal.timeout

/** What becomes of the limits that calls have of their own; the deadlines of an invocation are longer, and stay. */
function setOwnLimits(limit: (timeout: Timeout) => AbortSignal): void {
  const timeout: Timeout = AbortSignal.timeout.bind(AbortSignal)
  vi.spyOn(AbortSignal, 'timeout').mockImplementation((milliseconds) =>
    milliseconds < 10_000 ? limit(timeout) : timeout(milliseconds),
  )
}

const isHandingOn = ({ call, place }: FaultCase) => call === 'SendMessageBatch' || place === 'to hand roles on'
const age = (fault: string) => (fault.endsWith('after five minutes') ? 301 : 0)
/** CloudTrail is only asked where somebody wrote the trust policy. */
const eventAbout = (name: string, { call, fault }: FaultCase) =>
  eventFor(call === 'LookupEvents' ? 'update-assume-role-policy' : 'tag-role', name, age(fault))
const messages = (faultCase: FaultCase) => ROLES.map((name) => eventAbout(name, faultCase))
/** As SQS numbers them in a batch of all three. */
const handedBack = (names: readonly string[]) => ({
  batchItemFailures: names.map((name) => ({ itemIdentifier: `m${ROLES.indexOf(name)}` })),
})

/** Whether all three roles wait for the one answer that does not come. */
const isShared = ({ call, place, fault }: FaultCase) =>
  place === 'before a write' || (call === 'LookupEvents' && ['out of time', 'killed'].includes(fault))

/** Runs the function once. */
function run(faultCase: FaultCase): Promise<unknown> {
  const { entry, place } = faultCase
  const context = contextOf(clockOf(faultCase))
  switch (entry) {
    case 'batch':
      return functions.roleEvent(batchOf(...messages(faultCase)), context)
    case 'one event':
      return functions.roleEvent(eventAbout(AFFECTED, faultCase), context)
    case 'scheduled-sweep':
      return functions.scheduledSweep({}, context)
    case 'parameter change':
      return functions.scheduledSweep(sample('parameter-changed'), context)
    case 'backfill':
      return functions.backfill(place === 'named in the payload' ? { roles: ROLES } : {}, context)
    case 'dashboard-widget':
      return functions.dashboardWidget(sample('dashboard-widget'), context)
  }
}

/** A moment, for what hangs: long enough that all else is done, too short to wait for. */
const MOMENT = 50

/** Time enough; or time that runs out while a call hangs; or so that the last role can no longer be started. */
function clockOf(faultCase: FaultCase): () => number {
  const { fault, entry } = faultCase
  const ample = 900_000
  const runsOut = fault.startsWith('out of time') && !hasTimeOfItsOwn(faultCase)
  if (['batch', 'one event', 'dashboard-widget'].includes(entry))
    return () => (runsOut ? TIME_TO_REPORT + MOMENT : ample)
  let looks = 0
  return () => {
    looks += 1
    if (isHandingOn(faultCase)) return looks <= ROLES.length ? ample : TIME_TO_REPORT + (runsOut ? MOMENT : 20_000)
    return looks === 1 && runsOut ? TIME_TO_HAND_ON + MOMENT : ample
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
function expectEnding(faultCase: FaultCase, ending: Ending): void {
  const { entry, word } = faultCase
  if (word === 'cut off' || word === 'no page') {
    expect(ending).toBe('none')
  } else if (word === 'not begun' || word === 'error') {
    expect(ending).toHaveProperty('error')
  } else if (entry === 'dashboard-widget') {
    expectPage(faultCase, returned(ending))
  } else if (entry === 'batch') {
    const comesBack = word === 'comes back' || word === 'too early'
    const back = isShared(faultCase) ? ROLES : [AFFECTED]
    expect(returned(ending)).toEqual(handedBack(comesBack ? back : []))
  } else if (entry === 'one event') {
    expect(returned(ending)).toMatchObject(
      word === 'gone' ? { kind: 'skipped', reason: 'gone' } : { kind: kindOf(word) },
    )
  } else {
    expect(kindIn(returned(ending), AFFECTED)).toBe(word === 'gone' ? 'skipped' : kindOf(word))
  }
}

/** What IAM may show of something new: no fault of a young event. */
const TOO_EARLY = ['NoSuchEntity', 'unique id for the ARN', 'unknown principal']

/** Words of which the role is written. */
const WRITTEN = ['patched', 'untold', 'silent', 'uncounted', 'unasked']
const kindOf = (word: string) => {
  if (word === 'assumed') return 'blocked'
  return WRITTEN.includes(word) ? 'patched' : word
}

/** What is wrong, and then the words of the fault. */
const PROBLEM =
  /^(The configuration is wrong, .* looked at\.SSM parameter|The roles could not .* of dashboard-widget\.\w+: \w)/

/** That a person can read what is wrong: in place of the roles, or beside them. */
function expectPage({ call, fault, word }: FaultCase, page: unknown): void {
  const { alerts, rows } = readPage(String(page))
  if (word === 'problem page') {
    expect(rows).toEqual([])
    expect(alerts).toEqual([expect.stringMatching(PROBLEM)])
    return
  }
  expect(rows.map(({ role }) => role).toSorted()).toEqual(ROLES.toSorted())
  const struck = rows.find(({ role }) => role === AFFECTED)
  const lacks = { 'one odd role': 'without its name, ARN', 'one role without its trust policy': 'trust policy' }[fault]
  if (word === 'whole page') expect(alerts).toEqual([])
  else if (lacks !== undefined) expect(struck).toMatchObject({ state: 'Failed', why: expect.stringContaining(lacks) })
  else if (call === 'GetAccountSummary') {
    expect(struck).toMatchObject({ state: 'Blocked', why: expect.stringContaining('that quota is assumed, because') })
  } else expect(alerts).toEqual([expect.stringContaining('expired')])
}

/** That log and metrics show what the document says of the word. */
function expectSigns(faultCase: FaultCase, ending: Ending): void {
  const { entry, word, fault } = faultCase
  const { log = [], alarms = [], metrics: unwatched = [] } = SIGNS.get(word) ?? {}
  const logged = logs.map(({ message }) => `${message}`)
  if (word !== 'cut off' || isSentToWrite(faultCase)) {
    const texts = log.map((text) => text.replace('NAME', AFFECTED))
    expect(texts.filter((text) => logged.some((line) => line.includes(text)))).toHaveLength(Math.min(texts.length, 1))
  }
  const isToldAsPatched = logged.some((line) => line.includes(`role ${AFFECTED} has been patched`))
  expect(isToldAsPatched).toBe(WRITTEN.includes(word) || (word === 'cut off' && hasTimeOfItsOwn(faultCase)))
  // Whether an invocation that is killed counts as an error, Lambda alone can say.
  if (word === 'cut off' || word === 'no page') return
  const metrics = metricsOf(logs)
  expect(Boolean(metrics.EventsNotSent)).toBe(unwatched.includes('EventsNotSent'))
  const hasErrors = ending !== 'none' && 'error' in ending
  expect({ blocked: Boolean(metrics.RolesBlocked), errors: hasErrors }).toEqual({
    blocked: alarms.includes('blocked-roles'),
    errors: alarms.some((alarm) => alarm.endsWith('errors')),
  })
  // One event that fails is an error of the function, and of the role too unless it is only too early.
  const mayFail =
    alarms.includes('failed-roles') || (entry === 'one event' && word === 'error' && !TOO_EARLY.includes(fault))
  expect(Boolean(metrics.RolesFailed)).toBe(mayFail)
}

/** That no role holds anything but what it held, or the finished change. */
function expectRoles(faultCase: FaultCase): void {
  const { place, fault, entry, word } = faultCase
  const isTaken = WRITTEN.includes(word) || fault.endsWith('after IAM took it') || hasTimeOfItsOwn(faultCase)
  expect(account.trustPolicy(AFFECTED)).toEqual(isTaken ? patchedOf(faultCase) : beforeOf(faultCase))
  const isAlone = entry === 'one event'
  const isPage = entry === 'dashboard-widget'
  const beforeAnyRole = word === 'not begun' || (word === 'cut off' && !isOfOneRole(faultCase))
  // A read that hangs to the end leaves no time for the others: they are handed on.
  const handedOn = place === 'named in the payload' && fault === 'out of time'
  const expected = isAlone || isPage || beforeAnyRole || isShared(faultCase) || handedOn ? BEFORE : PATCHED
  for (const name of OTHERS) expect(account.trustPolicy(name)).toEqual(expected)
}

/** Whether the others have gone on by then. A backfill looks at all named roles before it changes the first one. */
const isOfOneRole = (faultCase: FaultCase) => {
  const { call, place, entry } = faultCase
  return (
    (call === 'GetAccountSummary' && entry === 'batch') ||
    isHandingOn(faultCase) ||
    isAfterwards(faultCase) ||
    (['GetRole', 'UpdateAssumeRolePolicy', 'PutEvents'].includes(call) && place !== 'named in the payload')
  )
}

/** Whether the change is on record by the time of the call. */
const isSentToWrite = (faultCase: FaultCase) =>
  faultCase.call === 'UpdateAssumeRolePolicy' || hasTimeOfItsOwn(faultCase)

/** What the third column of the words says: after the fault has passed. */
async function makeRight(faultCase: FaultCase, ending: Ending): Promise<void> {
  const { entry, word } = faultCase
  if (word === 'cut off' || word === 'no page') functions = await coldStart()
  const queued = account.messages(QUEUE)
  if (queued.length > 0) await functions.roleEvent(batchOf(...queued), contextOf())
  switch (word) {
    case 'patched':
    case 'untold':
    case 'silent':
    case 'uncounted':
    case 'unasked':
    case 'deferred':
      return
    case 'page':
    case 'whole page':
    case 'problem page':
    case 'no page': {
      const page = await run({ ...faultCase, fault: 'none' })
      expect(readPage(String(page)).rows).toHaveLength(ROLES.length)
      return
    }
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
    case 'assumed':
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
  // It reads its environment at each call, and a test's environment ends with the test.
  if (faultCase.entry === 'dashboard-widget') functions = await coldStart()
  strike(account, faultCase.call, faultCase.place, faultCase.fault)
  const ending = await endOf(faultCase)
  expect(account.faultsLeft).toBe(0)
  expectEnding(faultCase, ending)
  expectRoles(faultCase)
  expectSigns(faultCase, ending)

  await makeRight(faultCase, ending)
  if (faultCase.entry === 'dashboard-widget') {
    expect(account.writes).toEqual([])
    return
  }
  expect(account.trustPolicy(AFFECTED)).toEqual(patchedOf(faultCase))
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
  ['role-event, which has 30 seconds, gives up its calls', TIME_TO_REPORT],
  ['a sweep, which has 15 minutes, starts no more roles', TIME_TO_START_A_ROLE],
  ['a sweep gives up its calls, and hands on the roles that are left', TIME_TO_HAND_ON],
  ['a sweep gives up handing on, and reports', TIME_TO_REPORT],
  ['events that still wait for the bus are given up', TIME_TO_STOP_PUBLISHING],
])('%s at the time that the document tells', (what, time) => {
  expect(TIMES.get(what)).toBe(`${time / 1000} seconds before its end`)
})

describe('the table leaves nothing out', () => {
  const calls = [
    ['GetParameter', 'at the start', 6],
    ['GetParameter', 'before a write', 5],
    ['GetSAMLProvider', 'at the start', 6],
    ['GetSAMLProvider', 'before a write', 5],
    ['GetAccountAuthorizationDetails', 'first page', 4],
    ['GetAccountAuthorizationDetails', 'later page', 4],
    ['GetAccountSummary', '', 6],
    ['GetRole', 'named in the payload', 1],
    ['GetRole', 'first read', 5],
    ['GetRole', 'second read', 5],
    ['LookupEvents', '', 4],
    ['UpdateAssumeRolePolicy', '', 5],
    ['GetQueueUrl', 'to hand roles on', 3],
    ['GetQueueUrl', 'of the dead-letter queue', 2],
    ['GetQueueAttributes', '', 2],
    ['SendMessageBatch', '', 3],
    ['PutEvents', 'of a role', 5],
    ['PutEvents', 'of the heartbeat', 2],
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
