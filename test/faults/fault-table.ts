import { readFileSync } from 'node:fs'
import type { CallName } from '../../fake-aws/api-calls.ts'

/** A way into the system: the heading of its column, but for the change of the parameter, which starts the scheduled sweep. */
export type Entry = 'batch' | 'one event' | 'scheduled-sweep' | 'parameter change' | 'backfill' | 'dashboard-widget'

/** One fault, at one call, in one function, and the word for what comes of it. */
export interface FaultCase {
  readonly call: CallName
  /** Which of the calls of that name is struck; empty where there is only one. */
  readonly place: string
  readonly fault: string
  readonly entry: Entry
  readonly word: string
}

/** What the documentation says that an operator sees. */
export interface Signs {
  /** Texts of which the log holds at least one. */
  readonly log: readonly string[]
  readonly alarms: readonly string[]
  /** Metrics that no alarm watches. */
  readonly metrics: readonly string[]
}

const RELIABILITY = readFileSync(new URL('../../docs/reliability.md', import.meta.url), 'utf8')

/** The cells below the heading that starts with these columns. */
function tableOf(...columns: readonly string[]): readonly (readonly string[])[] {
  const lines = RELIABILITY.split('\n')
  const cellsOf = (line: string) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim())
  const head = lines.findIndex((line) => columns.every((column, index) => cellsOf(line)[index] === column))
  if (head < 0) throw new Error(`docs/reliability.md has no table with the columns ${columns.join(', ')}`)
  const body = lines.slice(head + 2)
  return body
    .slice(
      0,
      body.findIndex((line) => !line.startsWith('|')),
    )
    .map(cellsOf)
}

const COLUMNS = ['batch', 'one event', 'scheduled-sweep', 'backfill', 'dashboard-widget'] as const

const listed = (text: string, separator: string) => text.split(separator).map((item) => item.trim())

export const COMMON_FAULTS = listed(/_common faults_: (.*)\./.exec(RELIABILITY)?.[1] ?? '', ',')

/** Every cell of the table, but for those where the call is not made. */
export const FAULT_CASES: readonly FaultCase[] = tableOf('call', 'fault', ...COLUMNS)
  .flatMap(([calls = '', faults = '', ...words]) => {
    const [, call = '', places = ''] = /^(\w+)(?: \((.*)\))?$/.exec(calls) ?? []
    return listed(places, ';').flatMap((place) =>
      listed(faults, ',')
        .flatMap((fault) => (fault === 'common faults' ? COMMON_FAULTS : [fault]))
        .flatMap((fault) =>
          COLUMNS.flatMap((column, index) =>
            entriesOf(column).map((entry) => ({
              call: call as CallName,
              place,
              fault,
              entry,
              word: words[index] ?? '',
            })),
          ),
        ),
    )
  })
  .filter(({ word }) => word !== '–')

/** What the operator sees, by word. */
export const SIGNS: ReadonlyMap<string, Signs> = new Map(
  tableOf('word', 'what becomes of the role').map(([word = '', , , log = '', alarm = '']) => [
    word,
    {
      log: codeIn(log),
      alarms: codeIn(alarm).filter(isAlarm),
      metrics: codeIn(alarm).filter((name) => !isAlarm(name)),
    },
  ]),
)

function entriesOf(column: (typeof COLUMNS)[number]): readonly Entry[] {
  return column === 'scheduled-sweep' ? [column, 'parameter change'] : [column]
}

/** Alarms are written in kebab-case, metrics begin with a capital. */
function isAlarm(name: string): boolean {
  return /^[a-z]/.test(name)
}

/** When what is given up. */
export const TIMES: ReadonlyMap<string, string> = new Map(
  tableOf('what', 'when').map(([what = '', when = '']) => [what, when]),
)

function codeIn(text: string): readonly string[] {
  return [...text.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code)
}
