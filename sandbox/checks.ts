import { isDeepStrictEqual } from 'node:util'
import type { Paint } from '../cli/session/paint.ts'
import { trustPolicyDiff } from '../cli/trust-policy-diff.ts'
import type { Progress } from './progress.ts'

/** Compares what is with what should be, one line each. */
export class Checks {
  /** How many were not as they should be. */
  unmet = 0
  readonly #progress: Progress
  readonly #paint: Paint

  constructor(progress: Progress, paint: Paint) {
    this.#progress = progress
    this.#paint = paint
  }

  same(subject: string, what: string, found: unknown, expected: unknown): void {
    const line = `${this.#paint('bold', subject.padEnd(18))} ${what}`
    if (isDeepStrictEqual(found, expected)) {
      this.#progress.print(`  ${this.#paint('green', '✔')} ${line}`)
      return
    }
    this.unmet += 1
    this.#progress.print(`  ${this.#paint('red', '✘')} ${line}`, '      expected (-) and found (+):')
    this.#progress.print(...trustPolicyDiff(plain(expected), plain(found), this.#paint))
  }
}

function plain(value: unknown): unknown {
  return value instanceof Map ? Object.fromEntries(value) : value
}
