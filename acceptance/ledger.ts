import type { Paint } from '../cli/session/paint.ts'
import type { Progress } from '../sandbox/progress.ts'

/** A line of the table in the end. */
export interface Row {
  readonly step: string
  readonly seen: string
  readonly expected: string
  /** How long it took; undefined where it was not done. */
  readonly seconds: number | undefined
  /** In words, such as `0`. */
  readonly cost: string
  readonly isMet: boolean
}

/** What a step gives for the table, and to the steps after it. */
export interface Seen<Value> {
  readonly seen: string
  /** By default: whether what was seen is, word for word, what was expected. */
  readonly isMet?: boolean
  readonly value: Value
}

/** The same without a value, or only what was seen. */
type Told = string | { readonly seen: string; readonly isMet?: boolean; readonly value?: unknown }

/** Does the steps of a run, one after the other, and keeps what came of each. */
export class Ledger {
  readonly rows: Row[] = []
  readonly #progress: Progress
  readonly #paint: Paint
  readonly #signal: AbortSignal

  /** @param signal after it no further step begins */
  constructor(progress: Progress, paint: Paint, signal: AbortSignal) {
    this.#progress = progress
    this.#paint = paint
    this.#signal = signal
  }

  get allMet(): boolean {
    return this.rows.every(({ isMet }) => isMet)
  }

  /**
   * @returns the value of what the step gives
   * @throws what the step throws, once it is in the table
   */
  async step<Value>(step: string, expected: string, work: () => Promise<Seen<Value>>, cost?: string): Promise<Value>
  async step(step: string, expected: string, work: () => Promise<Told>, cost?: string): Promise<void>
  async step(step: string, expected: string, work: () => Promise<Told>, cost = '0'): Promise<unknown> {
    this.#signal.throwIfAborted()
    const started = Date.now()
    const add = ({ seen, isMet = seen === expected }: Exclude<Told, string>) => {
      this.rows.push({ step, seen, expected, seconds: (Date.now() - started) / 1000, cost, isMet })
      const sign = isMet ? this.#paint('green', '✔') : this.#paint('red', '✘')
      this.#progress.print(`${sign} ${step}: ${seen}${isMet ? '' : `, expected: ${expected}`}`)
    }
    try {
      const told = await this.#progress.during(this.#paint('bold', `→ ${step}`), work)
      const found = typeof told === 'string' ? { seen: told } : told
      add(found)
      return found.value
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      add({ seen: `failed: ${message.split('\n')[0]}`, isMet: false })
      throw error
    }
  }

  /** A step that cannot be done here. */
  notHere(step: string, expected: string, because: string): void {
    const seen = `not seen here, because ${because}`
    this.rows.push({ step, seen, expected, seconds: undefined, cost: '0', isMet: true })
    this.#progress.print(`- ${step}: ${seen}`)
  }
}

/** The table, in Markdown. */
export function tableOf(rows: readonly Row[]): readonly string[] {
  const cells = rows.map(({ step, seen, expected, seconds, cost, isMet }) => [
    step,
    isMet ? seen : `✘ ${seen}`,
    expected,
    seconds?.toFixed(1) ?? '',
    cost,
  ])
  const all = [['step', 'seen', 'expected', 'seconds', 'cost'], ...cells].map((row) =>
    row.map((cell) => cell.replaceAll('|', '\\|')),
  )
  const widths = all[0]?.map((_, column) => Math.max(...all.map((row) => (row[column] ?? '').length))) ?? []
  const lines = all.map((row) => `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`)
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`
  return [...lines.slice(0, 1), rule, ...lines.slice(1)]
}
